"""Every trace of shirking, planted at three strengths into data drawn anew: what the lists find,
and whom they accuse wrongly.

    pytest tests/reports/watch/test_planted.py -s          # prints the table
    SEED=4711 pytest tests/reports/watch/test_planted.py   # the same data again
"""

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from organisation.models import Staff
from reports import readers, thresholds, watch
from reports.months import Span
from reports.watch import rules_in_force
from reports.watch.definition import Look, Pattern
from tests.cast import assemble
from tests.factories import shirking, shirking_lives
from tests.factories.shirking import MEDIUM, STRONG, WEAK, Strength, World
from tests.fixtures import MONDAY
from tickets.models import Ticket

SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
STATIONS, CLEAN_STATIONS, EACH = 60, 120, 2
# Without a test that asks for it, no database would be made.
pytestmark = pytest.mark.django_db

CODES = [pattern.code for pattern in watch.ALL]
# A list that compares a unit with its own past looks at half of the time drawn.
DAYS = {"complaints-fell": 30}


@dataclass
class Found:
    """What the lists made of one drawn company."""

    planted: dict[str, int] = field(default_factory=dict)
    listed: dict[str, int] = field(default_factory=dict)
    named: dict[str, int] = field(default_factory=dict)
    wrongly_named: dict[str, int] = field(default_factory=dict)
    honest: dict[str, int] = field(default_factory=dict)
    shown: dict[str, int] = field(default_factory=dict)


def look(pattern: Pattern, reader: readers.Reader, at: datetime) -> Look:
    rules = rules_in_force.read()
    span = Span(at - timedelta(days=DAYS.get(pattern.code, shirking.DAYS)), at, at)
    return Look(
        reader_tickets=readers.tickets(reader), visible=Ticket.objects.visible_to(reader.user),
        span=span, measures=rules.measures(pattern), words=rules.words_of(pattern),
    )  # fmt: skip


def examine(world: World, supervisor: Staff) -> Found:
    reader, found = readers.of(supervisor), Found()
    planted_in = {
        code: {
            pk for one in world.stations if one.planted == code
            for pk in (one.unit.pk, one.hall.pk)
        } for code in CODES
    }  # fmt: skip
    for pattern in watch.ALL:
        code, at = pattern.code, look(pattern, reader, world.now)
        hits = set(pattern.hits(at).values_list("pk", flat=True))
        standings = pattern.standings(at)
        named = {unit for unit, one in standings.items() if one.stands_out}
        wanted = set(world.planted[code])
        found.planted[code], found.listed[code] = len(wanted), len(wanted & hits)
        found.named[code] = len(named & planted_in[code])
        found.wrongly_named[code] = len(named - planted_in[code])
        found.honest[code] = len(standings.keys() - planted_in[code])
        found.shown[code] = len(hits)
    return found


@pytest.fixture(scope="module")
def results(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[dict[str, Found]]:
    """The honest company, and one for each strength; drawn once for this file."""
    made: dict[str, Found] = {}
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        for number, strength in enumerate((None, WEAK, MEDIUM, STRONG)):
            made[strength.name if strength else "clean"] = draw(strength, SEED + number)
    print(table(made))  # noqa: T201
    yield made


def draw(strength: Strength | None, seed: int) -> Found:
    with transaction.atomic():
        cast = assemble(MONDAY)
        thresholds.seed(by=None, at=cast.at)
        stations = STATIONS if strength else CLEAN_STATIONS
        world = shirking.found(
            cast, seed=seed, stations=stations, now=cast.at, strength=strength, each=EACH
        )
        shirking_lives.fill(world)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        found = examine(world, cast.supervisor)
        transaction.set_rollback(True)
    return found


def table(made: dict[str, Found]) -> str:
    """One line per list: by strength the share of planted tickets listed and of planted units
    named, and for honest data the units named wrongly and the tickets listed."""
    lines = [f"\nseed {SEED}; {EACH} units planted for each list and strength", HEAD]
    for code in CODES:
        parts = [f"{code:26}"]
        for strength in (WEAK, MEDIUM, STRONG):
            one = made[strength.name]
            share = f"{one.listed[code] / one.planted[code]:.0%}" if one.planted[code] else "–"
            parts.append(f"{share:>6} {one.named[code]}/{EACH}")
        clean = made["clean"]
        parts.append(f"{clean.wrongly_named[code]:4}/{clean.honest[code]:<4} {clean.shown[code]:6}")
        lines.append(" ".join(parts))
    return "\n".join(lines)


HEAD = f"{'list':26} {'weak':>10} {'medium':>10} {'strong':>10} {'clean: units, tickets':>22}"


def named(found: Found) -> float:
    """The share of the planted units that stand out on their list."""
    return sum(found.named.values()) / (EACH * len(CODES))


def test_a_strong_plant_is_found(results: dict[str, Found]) -> None:
    """Half of what a unit could bend is bent: the list holds it, and the unit stands out."""
    strong = results["strong"]
    assert {c for c in CODES if strong.listed[c] < 0.9 * strong.planted[c]} == set()
    assert named(strong) >= 0.9
    assert sum(strong.named[code] == 0 for code in CODES) <= 1


def test_a_medium_plant_is_listed_and_often_named(results: dict[str, Found]) -> None:
    """A fifth is bent: nearly all of it is on the list; chance still covers some of the units."""
    medium = results["medium"]
    assert sum(medium.listed.values()) >= 0.9 * sum(medium.planted.values())
    assert named(medium) >= 0.4


def test_what_is_found_grows_with_what_is_planted(results: dict[str, Found]) -> None:
    assert named(results["weak"]) <= named(results["medium"]) <= named(results["strong"])


def test_honest_units_are_hardly_ever_named(results: dict[str, Found]) -> None:
    """At most 2 % of the units of a list, and one in five hundred over all lists; honest units
    differ, some are very small, and each trace happens to them now and then."""
    clean = results["clean"]
    assert {c for c in CODES if clean.wrongly_named[c] > 0.02 * clean.honest[c]} == set()
    assert sum(clean.wrongly_named.values()) <= 0.002 * sum(clean.honest.values())


def test_honest_units_beside_planted_ones_are_hardly_ever_named(
    results: dict[str, Found]
) -> None:
    """One trace can bring another with it (what ends at dispatch has no contact), so that a unit
    planted for one list may rightly be named on a second."""
    for strength in (WEAK, MEDIUM, STRONG):
        found = results[strength.name]
        assert sum(found.wrongly_named.values()) <= 0.02 * sum(found.honest.values())
