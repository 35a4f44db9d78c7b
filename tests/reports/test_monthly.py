"""The month: every number equals its list, in every unit and kind; the rules of counting."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from django.conf import settings

from organisation.models import Staff
from reports import drilldown, figures, monthly, months, readers, statistics
from reports.figures import Part, counting
from reports.months import Month
from tests.cast import Cast
from tests.factories import months as made
from tests.factories.months import HOUR, Maker
from tickets.kinds import Kind
from tickets.models import Ticket
from tickets.states import State

OCTOBER = Month(2026, 10)
# Midnight of 1 October in Shanghai.
START = datetime(2026, 9, 30, 16, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 20, 4, tzinfo=UTC)

Build = Callable[..., monthly.Report]


@pytest.fixture
def maker(cast: Cast) -> Maker:
    return Maker(cast)


def build(user: Staff, at: datetime = NOVEMBER, month: Month = OCTOBER) -> monthly.Report:
    return monthly.build(reader=readers.of(user), month=month, unit=None, at=at)


def listed(user: Staff, query: str, at: datetime = NOVEMBER) -> int:
    """How long the list is that an address of the report leads to."""
    asked = {name: values[-1] for name, values in parse_qs(query).items()}
    month = months.read(asked["month"])
    assert month is not None
    reader = readers.of(user)
    return drilldown.rows(reader, drilldown.Chosen.of(reader, asked, month), at).count()


@pytest.mark.parametrize("who", ["executive", "leader", "reviewer"])
@pytest.mark.parametrize("at", [NOVEMBER, START + timedelta(days=12)])
def test_every_number_is_the_length_of_its_list(
    cast: Cast, maker: Maker, who: str, at: datetime
) -> None:
    made.fill(maker, start=START - timedelta(days=5), days=40, tickets=120)
    user = getattr(cast, who)
    report = build(user, at)
    compared = 0
    for row in (report.total, *report.units, *report.kinds):
        for cell in row.cells.values():
            if not cell.query:
                assert cell.n == 0 or cell.figure.is_secret
                continue
            assert listed(user, cell.query_all, at) == cell.n, (row.code, cell.figure.code)
            if cell.figure.is_rate:
                assert listed(user, cell.query_hit, at) == cell.hit, (row.code, cell.figure.code)
                assert listed(user, cell.query_miss, at) == cell.miss, (row.code, cell.figure.code)
            compared += 1
    assert compared > 40


def test_units_and_kinds_both_add_up_to_the_total(cast: Cast, maker: Maker) -> None:
    made.fill(maker, start=START, days=31, tickets=80)
    report = build(cast.executive)
    assert {row.code for row in report.units} == {"EAST-1", "WEST-1", "CALL"}
    for code, cell in report.total.cells.items():
        for rows in (report.units, report.kinds):
            assert sum(row.cells[code].n for row in rows) == cell.n
            assert sum(row.cells[code].hit for row in rows) == cell.hit


def test_the_same_month_narrowed_to_a_unit_is_that_units_row(cast: Cast, maker: Maker) -> None:
    made.fill(maker, start=START, days=31, tickets=80)
    whole = build(cast.executive)
    part = monthly.build(
        reader=readers.of(cast.executive), month=OCTOBER, unit=cast.unit, at=NOVEMBER
    )
    (row,) = [row for row in whole.units if row.code == cast.unit.code]
    assert {c: (x.n, x.hit) for c, x in row.cells.items()} == {
        c: (x.n, x.hit) for c, x in part.total.cells.items()
    }
    assert row.times == part.total.times
    cell = part.total.cells["received"]
    assert listed(cast.executive, cell.query_all) == cell.n > 0


def test_months_begin_and_end_at_local_midnight(cast: Cast, maker: Maker) -> None:
    assert settings.TIME_ZONE == "Asia/Shanghai"
    end = datetime(2026, 10, 31, 16, tzinfo=UTC)
    second = timedelta(seconds=1)
    for at in (START - second, START, end - second, end):
        maker.ticket(at=at)
    assert build(cast.executive).total.cells["received"].n == 2
    assert build(cast.executive, month=Month(2026, 9)).total.cells["received"].n == 1
    assert build(cast.executive, month=Month(2026, 11)).total.cells["received"].n == 1


def test_overdue_and_open_counts_as_missed(cast: Cast, maker: Maker) -> None:
    kept = maker.ticket(at=START + HOUR)
    maker.clock(kept, due=START + 9 * HOUR, stopped_at=START + 8 * HOUR)
    still_open = maker.ticket(at=START + HOUR)
    maker.clock(still_open, due=START + 9 * HOUR)
    cell = build(cast.executive).total.cells["on_time"]
    assert (cell.hit, cell.n) == (1, 2)


def test_what_is_not_yet_due_is_not_counted(cast: Cast, maker: Maker) -> None:
    done_early = maker.ticket(at=START + HOUR)
    maker.clock(done_early, due=START + 99 * HOUR, stopped_at=START + 2 * HOUR)
    maker.clock(maker.ticket(at=START + HOUR), due=START + 99 * HOUR)
    cell = build(cast.executive, at=START + 50 * HOUR).total.cells["on_time"]
    assert (cell.n, cell.rate, cell.interval) == (0, None, None)


def test_a_limit_missed_once_stays_missed_in_its_month(cast: Cast, maker: Maker) -> None:
    reopened = maker.ticket(at=START + HOUR)
    maker.clock(
        reopened, due=START + 60 * 24 * HOUR, stopped_at=START + 40 * 24 * HOUR,
        missed_at=START + 9 * HOUR,
    )  # fmt: skip
    taken_out = maker.ticket(
        at=START, state=State.CANCELLED, closed_at=START + 20 * HOUR
    )
    maker.clock(taken_out, due=START + 9 * HOUR, missed_at=START + 9 * HOUR)
    cell = build(cast.executive).total.cells["on_time"]
    assert (cell.hit, cell.n) == (0, 2)
    assert build(cast.executive, month=Month(2026, 11)).total.cells["on_time"].n == 0


def test_a_cancelled_ticket_that_was_not_late_promised_nothing(cast: Cast, maker: Maker) -> None:
    ticket = maker.ticket(at=START, state=State.CANCELLED, closed_at=START + HOUR)
    maker.clock(ticket, due=START + 9 * HOUR)
    report = build(cast.executive)
    assert report.total.cells["on_time"].n == 0
    assert report.total.cells["closed"].n == 0
    assert report.total.cells["received"].n == 1


def test_a_ticket_with_two_limits_counts_once_and_must_keep_both(
    cast: Cast, maker: Maker
) -> None:
    ticket = maker.ticket(at=START)
    maker.clock(ticket, due=START + 9 * HOUR, stopped_at=START + HOUR)
    maker.clock(ticket, name="restore", due=START + 9 * HOUR, stopped_at=START + 10 * HOUR)
    cell = build(cast.executive).total.cells["on_time"]
    assert (cell.hit, cell.n) == (0, 1)
    assert listed(cast.executive, cell.query_miss) == 1
    assert listed(cast.executive, cell.query_hit) == 0


def test_averages_and_internal_limits_are_no_promises(cast: Cast, maker: Maker) -> None:
    ticket = maker.ticket(at=START)
    maker.clock(ticket, due=START + HOUR, measure="avg")
    maker.clock(ticket, name="sign", due=START + HOUR)
    assert build(cast.executive).total.cells["on_time"].n == 0


def test_no_answer_and_no_opinion_are_never_good_answers(cast: Cast, maker: Maker) -> None:
    said = [("satisfied", "solved", ""), ("fairly", "partly", ""), ("dissatisfied", "not", ""),
            ("no_opinion", "unknown", ""), ("satisfied", "solved", "too_fast")]  # fmt: skip
    for satisfied, solved, doubt in said:
        asking = maker.asking(maker.ticket(at=START), at=START + HOUR)
        maker.answer(asking, at=START + HOUR, satisfied=satisfied, solved=solved, doubt=doubt)
    maker.asking(maker.ticket(at=START), at=START + HOUR)
    maker.asking(maker.ticket(at=START), at=START + HOUR, exclusion="staff")
    cells = build(cast.executive).total.cells
    found = {code: (cells[code].hit, cells[code].n) for code in cells}
    assert found["response"] == (4, 6)
    assert found["satisfied"] == (1, 3)
    assert found["content"] == (2, 3)
    assert found["solved"] == (1, 3)
    assert found["asked"] == (7, 7)
    assert found["excluded"] == (1, 1)


def test_an_answer_after_handling_again_does_not_wash_away_the_first(
    cast: Cast, maker: Maker
) -> None:
    ticket = maker.ticket(at=START, state=State.IN_PROGRESS)
    first = maker.asking(ticket, at=START + HOUR)
    maker.answer(first, at=START + HOUR, satisfied="dissatisfied", solved="not")
    second = maker.asking(ticket, at=START + 50 * HOUR, round=2)
    maker.answer(second, at=START + 51 * HOUR)
    cell = build(cast.executive).total.cells["satisfied"]
    assert (cell.hit, cell.n) == (1, 2)


def test_bounds_show_what_the_silent_could_change(cast: Cast, maker: Maker) -> None:
    for number in range(10):
        asking = maker.asking(maker.ticket(at=START), at=START)
        if number < 4:
            maker.answer(asking, at=START, satisfied="satisfied" if number else "dissatisfied")
    bounds = build(cast.executive).bounds
    assert bounds == statistics.worst_case_bounds(10, 4, 3)
    assert bounds is not None
    assert (bounds.lower, bounds.upper) == (0.3, 0.9)


def test_handling_times_are_the_medians_of_the_list(cast: Cast, maker: Maker) -> None:
    made.fill(maker, start=START, days=31, tickets=60)
    report = build(cast.executive)
    span = months.span(OCTOBER, settings.TIME_ZONE, NOVEMBER)
    everything = readers.tickets(readers.of(cast.executive))
    for row in (report.total, *report.units, *report.kinds):
        rows = counting.rows(figures.BY_CODE["handling"], Part.ALL, everything, span)
        if row.code in Kind.values:
            rows = rows.filter(kind=row.code)
        elif row.code:
            (unit,) = [u for u in readers.units(readers.of(cast.executive)) if u.code == row.code]
            rows = rows.filter(readers.of_unit(unit))
        seconds = [(t.done_at - t.received_at).total_seconds() for t in rows]
        if not seconds:
            assert row.times is None
            continue
        assert row.times is not None
        assert row.times[0].total_seconds() == pytest.approx(statistics.median(seconds), abs=1)
        assert row.times[1].total_seconds() == pytest.approx(statistics.p90(seconds), abs=1)


def test_an_empty_month_shows_nothing_rather_than_a_perfect_score(cast: Cast) -> None:
    report = build(cast.executive)
    assert report.units == report.kinds == []
    assert report.bounds is None
    assert report.total.times is None
    assert {cell.rate for cell in report.total.cells.values()} == {None}


def test_the_ranking_goes_by_the_lower_end_and_keeps_the_thin_ones_apart(
    cast: Cast, maker: Maker
) -> None:
    for unit, good, bad in ((cast.unit, 30, 10), (cast.other_unit, 3, 0), (cast.centre, 38, 2)):
        for number in range(good + bad):
            asking = maker.asking(maker.ticket(at=START, unit=unit), at=START)
            maker.answer(
                asking, at=START, satisfied="satisfied" if number < good else "dissatisfied"
            )
    ranking = build(cast.executive).ranking
    assert [row.code for row in ranking] == ["CALL", "EAST-1", "WEST-1"]
    assert [row.satisfied.is_thin for row in ranking] == [False, False, True]


def test_a_unit_leader_reads_the_own_unit_alone(cast: Cast, maker: Maker) -> None:
    maker.ticket(at=START)
    maker.ticket(at=START, unit=cast.other_unit)
    maker.ticket(at=START, unit=cast.other_unit, tracker=cast.leader)
    report = build(cast.leader)
    assert [row.code for row in report.units] == ["EAST-1"]
    assert report.total.cells["received"].n == 1


def test_confidential_reports_are_in_no_number_of_those_who_may_not_see_them(
    cast: Cast, maker: Maker
) -> None:
    maker.ticket(at=START, kind=Kind.REPORT, is_confidential=True, accused_unit=cast.other_unit)
    assert build(cast.executive).total.cells["received"].n == 0
    assert build(cast.reviewer).total.cells["received"].n == 1
    assert Ticket.objects.count() == 1
