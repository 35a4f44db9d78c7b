"""Merging and splitting change no number of customers: each ticket counts by itself."""

from datetime import timedelta

from customers import registration
from reports import monthly, months, readers
from reports.figures import BY_CODE, Part, counting
from reports.months import Month
from tests.cast import Cast
from tests.factories.tickets import CATEGORIES, STEP, a_ticket
from tickets import lifecycle, merging, splitting
from tickets.kinds import Kind
from tickets.models import Clock, Ticket
from tickets.splitting import Part as Matter
from tickets.states import State

MARCH = Month(2026, 3)


def report(cast: Cast) -> monthly.Report:
    at = cast.at + timedelta(days=40)
    return monthly.build(reader=readers.of(cast.executive), month=MARCH, unit=None, at=at)


def neighbours(cast: Cast, kind: Kind) -> list[Ticket]:
    """Three tickets of one kind in one place, each of another customer."""
    return [
        a_ticket(
            cast, kind=kind, state=State.IN_PROGRESS,
            customer=registration.register(
                name=f"邻居{n}", phone=f"1380000000{n}", email="", by=None, at=cast.at
            ),
        )
        for n in range(3)
    ]  # fmt: skip


def merge(cast: Cast, children: list[Ticket], parent: Ticket) -> None:
    for n, child in enumerate(children):
        merging.merge(
            child=child,
            parent=parent,
            reason="同一处",
            by=cast.dispatcher,
            at=cast.at + (8 + n) * STEP,
        )


def test_complaints_of_different_customers_are_handled_together_and_counted_each(
    cast: Cast,
) -> None:
    one, *others = neighbours(cast, Kind.COMPLAINT)
    before = report(cast)
    merge(cast, others, one)
    after = report(cast)
    for name in ("received", "closed", "urged"):
        assert after.total.cells[name].n == before.total.cells[name].n
    row = {kind.code: kind for kind in after.kinds}[Kind.COMPLAINT]
    assert row.cells["received"].n == 3
    assert (after.total.cells["merged"].n, after.total.cells["merged"].hit) == (3, 2)


def test_a_merged_ticket_that_misses_its_own_limit_is_missed(cast: Cast) -> None:
    one, *others = neighbours(cast, Kind.FAULT)
    merge(cast, others, one)
    lifecycle.report_done(
        ticket=one, result="已送电", is_customer_told=True, by=cast.handler, at=cast.at + 12 * STEP
    )
    due = Clock.objects.get(ticket=others[0], name="restore", measure="max").due_at
    merging.answer(
        child=others[0], result="已送电", is_customer_told=True, by=cast.handler,
        at=due + timedelta(hours=1),
    )  # fmt: skip
    cell = report(cast).total.cells["on_time"]
    # One kept; one answered too late; one never answered.
    assert (cell.n, cell.hit) == (3, 1)


def test_a_merged_ticket_counts_as_closed_only_once_its_own_customer_was_answered(
    cast: Cast,
) -> None:
    one, *others = neighbours(cast, Kind.FAULT)
    merge(cast, others, one)
    assert report(cast).total.cells["closed"].n == 0


def test_the_count_before_splitting_is_always_there(cast: Cast) -> None:
    whole = a_ticket(cast, state=State.IN_PROGRESS)
    matter = Matter(Kind.FAULT, cast.category(CATEGORIES[Kind.FAULT]), "灯也不亮")
    splitting.split(ticket=whole, parts=[matter, matter], by=cast.dispatcher, at=cast.at + 9 * STEP)
    cells = report(cast).total.cells
    assert (cells["split_off"].n, cells["split_off"].hit) == (3, 2)
    assert cells["received"].n - cells["split_off"].hit == 1


def test_the_list_behind_each_number_is_as_long_as_the_number(cast: Cast) -> None:
    one, *others = neighbours(cast, Kind.FAULT)
    merge(cast, others, one)
    span = months.span(MARCH, "Asia/Shanghai", cast.at + timedelta(days=40))
    tickets = readers.tickets(readers.of(cast.executive), None)
    found = counting.rows(BY_CODE["merged"], Part.HIT, tickets, span)
    assert set(found) == set(others)
