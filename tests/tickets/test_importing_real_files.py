"""The real files of the four mappings, where they are at hand: every row accounted for."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from notifications.models import Notice, Outbox
from servicedesk.lib import clock
from tests.cast import Cast
from tickets import escalation, importing
from tickets.importing import Counts
from tickets.models import Deadline, Ticket

pytestmark = pytest.mark.skipif(
    not Path(settings.REAL_DATA).is_dir(),
    reason="The folder of real complaint data is not here; REAL_DATA names it.",
)

PULLS = [f"nyc311_pull_2026-08-0{day}.csv.gz" for day in (3, 4, 5)]
FILES = [
    ("boston311_2011_jul-oct.csv.gz", "boston311"),
    ("baltimore311_sample.csv.gz", "baltimore311"),
    ("nyc311_full-schema_1000.csv.gz", "nyc311"),
    ("tipdm2020c_annex4_replies.xlsx", "tipdm_replies"),
    ("tipdm2020c_annex2_sample_labelled.xlsx", "tipdm_replies"),
]


def loaded(name: str, mapping: str) -> Counts:
    path = Path(settings.REAL_DATA) / name
    if not path.is_file():
        pytest.skip(f"{name} is not in the folder of real data.")
    return importing.load(path=path, mapping=mapping, by=None, at=clock.now())


@pytest.fixture(autouse=True)
def silence(cast: Cast) -> Iterator[None]:
    """Whatever is loaded, the engine has nothing to fire and nobody hears of it."""
    yield
    assert escalation.fire_due(by=None, at=clock.now() + timedelta(days=1)) == 0
    assert not Deadline.objects.exists()
    assert not Notice.objects.exists() and not Outbox.objects.exists()


@pytest.mark.parametrize(("name", "mapping"), FILES)
def test_a_real_file_comes_in_once(name: str, mapping: str) -> None:
    first = loaded(name, mapping)
    told_twice = first.updated + first.unchanged
    assert first.created == first.rows - first.refused - told_twice == Ticket.objects.count()
    assert told_twice <= 1
    assert first.refused <= first.rows // 100
    again = loaded(name, mapping)
    assert again == Counts(
        rows=first.rows, refused=first.refused, unchanged=first.rows - first.refused
    )


def test_three_pulls_of_one_feed_follow_each_other() -> None:
    standing = 0
    for pull in PULLS:
        counts = loaded(pull, "nyc311")
        standing += counts.created
        assert counts.rows == (
            counts.created + counts.updated + counts.unchanged + counts.refused
        )
        assert Ticket.objects.count() == standing
    again = loaded(PULLS[-1], "nyc311")
    assert (again.created, again.updated) == (0, 0)
