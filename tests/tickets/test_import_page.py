"""Upload, watch and fetch: the import for people who have no command line."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from notifications import jobs
from notifications.models import Job
from tests.cast import Cast
from tests.factories import files
from tickets import import_runs
from tickets.models import Ticket


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> Path:
    settings.VAR = tmp_path
    return tmp_path


@pytest.fixture
def client(cast: Cast) -> Client:
    signed_in = Client()
    signed_in.force_login(cast.administrator)
    return signed_in


def upload(tmp_path: Path, *rows: dict[str, str]) -> SimpleUploadedFile:
    path = files.csv_file(tmp_path / "upload.csv.gz", files.NYC, rows)
    return SimpleUploadedFile("requests of March.csv.gz", path.read_bytes())


def form(cast: Cast, file: Any, **changes: Any) -> dict[str, Any]:
    return {"file": file, "mapping": "nyc311", "unit": cast.company.pk, **changes}


def sent(client: Client, cast: Cast, file: Any, **changes: Any) -> Job:
    answer = client.post(reverse("tickets:import"), form(cast, file, **changes))
    assert answer.status_code == 302, answer.content.decode()
    job = Job.objects.latest("pk")
    assert answer["Location"] == reverse("tickets:import-run", args=[job.pk])
    return job


def test_a_file_goes_from_the_page_to_the_tickets(
    client: Client, cast: Cast, tmp_path: Path
) -> None:
    job = sent(client, cast, upload(tmp_path, files.nyc("1"), files.nyc("")))
    page = reverse("tickets:import-run", args=[job.pk])
    assert 'hx-trigger="every 2s"' in client.get(page).content.decode()
    assert not Ticket.objects.exists()
    jobs.run(job_id=job.pk, by=None, at=cast.at)
    job.refresh_from_db()
    assert job.result == {"rows": 2, "created": 1, "updated": 0, "unchanged": 0, "refused": 1}
    assert (job.progress, job.total) == (2, 2)
    part = client.get(page, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and "every 2s" not in part
    assert Ticket.objects.get().tracker == cast.administrator
    assert not import_runs.upload_of(job).exists()
    listed = client.get(reverse("tickets:import-errors", args=[job.pk]))
    assert "attachment" in listed["Content-Disposition"]
    assert b"no_number" in b"".join(listed)  # type: ignore[arg-type]


def test_a_check_writes_no_ticket(client: Client, cast: Cast, tmp_path: Path) -> None:
    job = sent(client, cast, upload(tmp_path, files.nyc("1")), is_dry_run="on")
    jobs.run(job_id=job.pk, by=None, at=cast.at)
    job.refresh_from_db()
    assert job.result["created"] == 1
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    ("data", "changes", "told"),
    [
        (b"", {}, "empty"),
        (b"a,b\n1,2\n", {}, "no column"),
        (b"PK\x03\x04nonsense", {}, "damaged"),
        (b"unique_key,created_date\n", {"mapping": "atlantis"}, "atlantis"),
        (b"unique_key,created_date\n", {"unit": "999999"}, "choice"),
    ],
)
def test_a_wrong_upload_is_refused_at_the_field(
    client: Client, cast: Cast, data: bytes, changes: dict[str, Any], told: str, tmp_path: Path
) -> None:
    client.cookies["django_language"] = "en"
    cast.administrator.language = "en"
    cast.administrator.save(update_fields=["language"])
    file = SimpleUploadedFile("x.csv", data)
    answer = client.post(reverse("tickets:import"), form(cast, file, **changes))
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Job.objects.exists()
    assert not list((tmp_path / "imports").glob("*")) if (tmp_path / "imports").exists() else True


def test_nobody_else_sees_an_import(client: Client, cast: Cast, tmp_path: Path) -> None:
    job = sent(client, cast, upload(tmp_path, files.nyc("1")))
    for person, status in ((cast.supervisor, 403), (cast.outsider, 403)):
        other = Client()
        other.force_login(person)
        for name in ("tickets:import-run", "tickets:import-errors"):
            assert other.get(reverse(name, args=[job.pk])).status_code == status
    cast.supervisor.roles = ["administrator"]
    cast.supervisor.save(update_fields=["roles"])
    other = Client()
    other.force_login(cast.supervisor)
    for name in ("tickets:import-run", "tickets:import-errors"):
        assert other.get(reverse(name, args=[job.pk])).status_code == 404
        assert other.get(reverse(name, args=[job.pk + 1])).status_code == 404


def test_a_unit_outside_ones_scope_cannot_be_chosen(
    client: Client, cast: Cast, tmp_path: Path
) -> None:
    file = upload(tmp_path, files.nyc("1"))
    answer = client.post(reverse("tickets:import"), form(cast, file, unit=cast.other_company.pk))
    assert answer.status_code == 422
    assert not Job.objects.exists()
