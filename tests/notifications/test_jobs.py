"""Long work: asked for once, done once, its failure kept in words."""

from datetime import timedelta

import pytest
from django.test import override_settings

from notifications import jobs
from notifications.models import Job, JobState
from tests.cast import Cast

done: list[int] = []


def work(*, job: Job, by: object, at: object) -> dict[str, int]:
    done.append(job.pk)
    return {"rows": 3}


def fail(*, job: Job, by: object, at: object) -> None:
    raise ValueError("the file is broken")


@pytest.fixture(autouse=True)
def kinds() -> object:
    done.clear()
    names = {"work": f"{__name__}.work", "fail": f"{__name__}.fail"}
    with override_settings(JOBS=names):
        yield


def ask(cast: Cast, kind: str) -> Job:
    return jobs.ask_for(kind=kind, params={}, by=cast.administrator, at=cast.at)


def test_a_job_is_done_once_however_often_it_is_handed_on(cast: Cast) -> None:
    job = ask(cast, "work")
    for _ in range(2):
        jobs.run(job_id=job.pk, by=None, at=cast.at)
    job.refresh_from_db()
    assert (done, job.state, job.result) == ([job.pk], JobState.DONE, {"rows": 3})


def test_a_failure_is_kept_in_words(cast: Cast) -> None:
    job = ask(cast, "fail")
    jobs.run(job_id=job.pk, by=None, at=cast.at)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "the file is broken" in job.failure


def test_an_unknown_kind_is_refused(cast: Cast) -> None:
    with pytest.raises(KeyError):
        ask(cast, "nonsense")


def test_a_job_whose_worker_dies_again_and_again_fails_in_sight(cast: Cast) -> None:
    job = ask(cast, "work")
    Job.objects.filter(pk=job.pk).update(attempts=jobs.MOST_TRIES, claimed_until=cast.at)
    jobs.run(job_id=job.pk, by=None, at=cast.at + timedelta(seconds=1))
    job.refresh_from_db()
    assert (job.state, done) == (JobState.FAILED, [])
