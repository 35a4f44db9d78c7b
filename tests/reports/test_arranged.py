"""Withdrawn, downgraded, after hours, appointments kept, asked again: each its own line."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest

from reports import drilldown, monthly, months, readers
from reports.months import Month
from tests.cast import Cast
from tests.factories.months import HOUR, Maker
from tickets.models import Appointment, FullList
from tickets.states import State

START = datetime(2026, 9, 30, 16, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 20, 4, tzinfo=UTC)


@pytest.fixture
def maker(cast: Cast) -> Maker:
    return Maker(cast)


def cells(cast: Cast):  # type: ignore[no-untyped-def]
    reader = readers.of(cast.executive)
    report = monthly.build(reader=reader, month=Month(2026, 10), unit=None, at=NOVEMBER)
    return report.total.cells


def listed(cast: Cast, query: str) -> set[str]:
    """Numbers of the tickets in the list that a figure leads to."""
    asked = {name: values[-1] for name, values in parse_qs(query).items()}
    reader, month = readers.of(cast.executive), months.read(asked["month"])
    assert month is not None
    rows = drilldown.rows(reader, drilldown.Chosen.of(reader, asked, month), NOVEMBER)
    return {row.number for row in rows}


def test_a_withdrawn_ticket_is_received_not_closed_and_its_own_line(
    cast: Cast, maker: Maker
) -> None:
    gone = maker.ticket(at=START + HOUR, outcome="withdrawn")
    gone.state, gone.closed_at = State.CANCELLED, START + 2 * HOUR
    gone.save()
    maker.ticket(at=START + HOUR, closed_at=START + 5 * HOUR)
    found = cells(cast)
    assert (found["received"].n, found["closed"].n, found["withdrawn"].n) == (2, 1, 1)
    assert listed(cast, found["withdrawn"].query_all) == {gone.number}


def test_a_downgrade_shows_beside_the_other_changes_of_kind(cast: Cast, maker: Maker) -> None:
    lighter = maker.ticket(at=START + HOUR, original_kind="COMPLAINT", kind="ENQUIRY")
    heavier = maker.ticket(at=START + HOUR, original_kind="ENQUIRY", kind="COMPLAINT")
    maker.ticket(at=START + HOUR)
    found = cells(cast)
    assert (found["reclassified"].hit, found["reclassified"].n) == (2, 3)
    assert listed(cast, found["reclassified"].query_hit) == {lighter.number, heavier.number}
    assert listed(cast, found["downgraded"].query_hit) == {lighter.number}


def test_after_hours_is_counted(cast: Cast, maker: Maker) -> None:
    late = maker.ticket(at=START + HOUR, is_after_hours=True)
    maker.ticket(at=START + HOUR)
    assert listed(cast, cells(cast)["after_hours"].query_hit) == {late.number}


@pytest.mark.parametrize(
    ("endings", "kept"),
    [
        (["kept"], True), (["absent"], True), (["late"], False), (["missed"], False), ([""], False),
        (["kept", "late"], False), (["moved", "kept"], True), (["called_off"], None),
    ],
)  # fmt: skip
def test_an_appointment_is_kept_only_if_somebody_came_in_time(
    endings: list[str], kept: bool | None, cast: Cast, maker: Maker
) -> None:
    ticket = maker.ticket(at=START + HOUR)
    for n, ending in enumerate(endings):
        begin = START + timedelta(days=n + 1)
        Appointment.objects.create(
            ticket=ticket, from_at=begin, to_at=begin + HOUR, booked_by=cast.operator,
            booked_at=START, ending=ending, settled_at=begin + HOUR if ending else None,
        )  # fmt: skip
    cell = cells(cast)["appointments"]
    expected = (0, 0) if kept is None else (1, int(kept))
    assert (cell.n, cell.hit) == expected


def test_a_second_list_is_counted_as_an_exception(cast: Cast, maker: Maker) -> None:
    twice, once = maker.ticket(at=START + HOUR), maker.ticket(at=START + HOUR)
    for ticket, reason in ((twice, ""), (twice, "New rule"), (once, "")):
        FullList.objects.create(
            ticket=ticket, missing=["x"], means="print", exception_reason=reason,
            by=cast.handler, at=START + 2 * HOUR,
        )  # fmt: skip
    cell = cells(cast)["asked_again"]
    assert (cell.n, cell.miss) == (2, 1)
    assert listed(cast, cell.query_miss) == {twice.number}
