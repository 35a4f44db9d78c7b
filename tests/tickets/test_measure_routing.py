"""The busiest of equals, on made-up matters and on the real files where they are at hand."""

import json
import random
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from tickets import routing_replay
from tickets.management.commands.measure_routing import MOST_SHARE
from tickets.routing_replay import Arrival

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 3, 9, 0, 0, tzinfo=UTC)

# The small ones: the big ones are played by the command, in half a minute each.
FILES = [
    ("baltimore311_sample.csv.gz", "baltimore311"),
    ("nyc311_full-schema_1000.csv.gz", "nyc311"),
    ("tipdm2020c_annex4_replies.xlsx", "tipdm_replies"),
    ("tipdm2020c_annex2_sample_labelled.xlsx", "tipdm_replies"),
]


def some(n: int, seed: int) -> list[Arrival]:
    """Matters of two units over eight weeks; one in ten stays open for months."""
    drawn = random.Random(seed)
    found = []
    for _ in range(n):
        at = AT + timedelta(minutes=drawn.randrange(8 * 7 * 24 * 60))
        days = drawn.choice([0.1] * 9 + [90])
        unit = drawn.choice(["lines", "meters"])
        found.append(
            Arrival(unit, f"{unit}-{drawn.randrange(3)}", unit, "FAULT", "power", at,
                    at + timedelta(days=days))
        )  # fmt: skip
    return found


@pytest.mark.parametrize("has_leave", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_of_equals_nobody_is_given_much_more_however_long_their_matters_take(
    seed: int, has_leave: bool
) -> None:
    played = routing_replay.play(some(3000, seed), ZONE, has_leave=has_leave)
    assert len(played.outcomes) == 4
    assert sum(one.matters for one in played.outcomes) == 3000
    assert played.as_in_the_file == 1
    assert 1 <= played.worst <= MOST_SHARE


def test_the_order_of_the_rows_does_not_matter() -> None:
    rows = some(400, 1)
    assert routing_replay.play(rows, ZONE) == routing_replay.play(rows[::-1], ZONE)


def test_a_category_goes_where_most_of_it_went() -> None:
    strays = [Arrival("meters", "lines-0", "lines", "FAULT", "power", AT, None)] * 3
    rows = [one for one in some(600, 2) if one.unit == "lines"] + strays
    played = routing_replay.play(rows, ZONE)
    assert played.as_in_the_file == pytest.approx(1 - 3 / len(rows))
    assert {one.unit for one in played.outcomes} == {"lines"}


@pytest.mark.django_db
@pytest.mark.skipif(
    not Path(settings.REAL_DATA).is_dir(),
    reason="The folder of real complaint data is not here; REAL_DATA names it.",
)
@pytest.mark.parametrize(("name", "mapping"), FILES)
def test_on_real_files_the_busiest_of_equals_has_at_most_a_fifth_more(
    name: str, mapping: str
) -> None:
    path = Path(settings.REAL_DATA) / name
    if not path.is_file():
        pytest.skip(f"{name} is not in the folder of real data.")
    said = StringIO()
    call_command("measure_routing", str(path), mapping=mapping, json=True, stdout=said)
    told = json.loads(said.getvalue())
    assert told["outcomes"]
    assert told["worst"] <= MOST_SHARE, max(told["outcomes"], key=lambda one: one["share"])


@pytest.mark.django_db
def test_a_file_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"x\.csv"):
        call_command("measure_routing", str(tmp_path / "x.csv"), mapping="boston311")
