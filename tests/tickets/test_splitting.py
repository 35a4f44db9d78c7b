"""Several matters in one ticket, and tickets that belong together."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from notifications.models import Notice
from servicedesk.lib.errors import DeskError
from tests.cast import Cast
from tests.factories.tickets import CATEGORIES, STEP, a_ticket
from tickets import linking, permissions, splitting
from tickets.kinds import Kind
from tickets.models import Clock, Deadline, Event, Holding, Link, Ticket
from tickets.splitting import Part
from tickets.states import State
from tickets.transition import ChangedMeanwhile


def part(cast: Cast, kind: Kind = Kind.FAULT, text: str = "楼道灯也不亮") -> Part:
    return Part(kind=kind, category=cast.category(CATEGORIES[kind]), text=text)


def split(cast: Cast, ticket: Ticket, *parts: Part, **changes: object) -> list[Ticket]:
    asked: dict[str, object] = {"by": cast.dispatcher, "at": cast.at + timedelta(hours=3)}
    return splitting.split(ticket=ticket, parts=list(parts), **asked | changes)  # type: ignore[arg-type]


def test_each_matter_gets_a_number_and_keeps_the_customer_and_the_tracker(cast: Cast) -> None:
    whole = a_ticket(cast, state=State.IN_PROGRESS)
    children = split(cast, whole, part(cast), part(cast, Kind.ENQUIRY, "电价怎么算"))
    assert [child.kind for child in children] == ["FAULT", "ENQUIRY"]
    for child in children:
        child = Ticket.objects.get(pk=child.pk)
        assert child.number != whole.number
        assert (child.customer, child.tracker) == (cast.customer, cast.operator)
        assert child.contact_phone == whole.contact_phone
        link = Link.objects.get(later=child)
        assert (link.earlier, link.meaning) == (whole, "split")
    assert children[0].state == State.DISPATCHED
    kept = Ticket.objects.get(pk=whole.pk)
    assert (kept.state, kept.text, kept.lead_handler) == (
        State.IN_PROGRESS,
        whole.text,
        cast.handler,
    )
    told = set(Notice.objects.filter(code="split").values_list("staff", flat=True))
    assert told == {cast.operator.pk, cast.handler.pk}


def test_the_customer_s_clocks_run_from_the_first_receipt(cast: Cast) -> None:
    whole = a_ticket(cast, kind=Kind.FAULT, state=State.IN_PROGRESS)
    child = split(cast, whole, part(cast))[0]
    clocks = {c.name: c for c in Clock.objects.filter(ticket=child, measure="max")}
    expected = Clock.objects.get(ticket=whole, name="restore", measure="max")
    assert clocks["restore"].due_at == expected.due_at
    assert clocks["restore"].started_at == whole.received_at
    assert child.received_at == whole.received_at
    first = Event.objects.filter(ticket=child).earliest("id")
    assert (first.at, first.by_id) == (whole.received_at, cast.dispatcher.pk)
    assert first.recorded_at == cast.at + timedelta(hours=3)


def test_the_dispatchers_are_not_late_with_what_was_split_off_just_now(cast: Cast) -> None:
    whole = a_ticket(cast, kind=Kind.FAULT, state=State.IN_PROGRESS)
    child = split(cast, whole, part(cast))[0]
    clock = Clock.objects.get(ticket=child, name="dispatch", measure="max")
    assert clock.started_at == cast.at + timedelta(hours=3)
    assert clock.missed_at is None
    fired = Deadline.objects.filter(ticket=child, clock__in=["dispatch", "sign"])
    assert not fired.filter(fires_at__lt=cast.at + timedelta(hours=3)).exists()


def test_holdings_of_a_part_abut_from_the_receipt_on(cast: Cast) -> None:
    child = split(cast, a_ticket(cast, state=State.IN_PROGRESS), part(cast))[0]
    held = list(Holding.objects.filter(ticket=child).order_by("from_at", "id"))
    assert held[0].from_at == child.received_at
    assert all(a.to_at == b.from_at for a, b in zip(held, held[1:], strict=False))


def test_a_split_says_what_else_there_is(cast: Cast) -> None:
    whole = a_ticket(cast, state=State.IN_PROGRESS)
    for parts in ([], [part(cast, text=" ")], [part(cast)] * 6):
        with pytest.raises(splitting.NothingToSplit):
            split(cast, whole, *parts)
    for kind in (Kind.REPORT, Kind.INCIDENT):
        odd = Part(kind=kind, category=cast.category(CATEGORIES[Kind.FAULT]), text="x")
        with pytest.raises(splitting.NotASplitKind):
            split(cast, whole, odd)
    with pytest.raises(splitting.NotASplitKind):
        split(cast, a_ticket(cast, kind=Kind.REPORT), part(cast), by=cast.supervisor)
    assert not Link.objects.exists()


@pytest.mark.parametrize("who", ["operator", "handler", "leader", "outsider"])
def test_whose_office_it_is_not_may_not_split(cast: Cast, who: str) -> None:
    whole = a_ticket(cast, state=State.IN_PROGRESS)
    with pytest.raises(permissions.NotYours):
        split(cast, whole, part(cast), by=getattr(cast, who))
    assert Ticket.objects.count() == 1


def test_an_ended_ticket_is_not_split(cast: Cast) -> None:
    with pytest.raises(permissions.NotAllowedNow):
        split(cast, a_ticket(cast, state=State.CLOSED), part(cast))


def test_the_same_form_sent_twice_splits_once(cast: Cast) -> None:
    whole = a_ticket(cast, state=State.IN_PROGRESS)
    split(cast, whole, part(cast), version=whole.version)
    with pytest.raises(ChangedMeanwhile):
        split(cast, whole, part(cast), version=whole.version)
    assert Link.objects.count() == 1


def linked(cast: Cast, one: Ticket, other: Ticket, **changes: object) -> Link:
    asked: dict[str, object] = {
        "meaning": Link.Meaning.DERIVED,
        "by": cast.operator,
        "at": cast.at + 9 * STEP,
    }
    return linking.link(ticket=one, other=other, **asked | changes)  # type: ignore[arg-type]


def test_a_complaint_that_follows_from_a_fault_is_linked_and_counted_apart(cast: Cast) -> None:
    fault = a_ticket(cast, kind=Kind.FAULT, state=State.IN_PROGRESS)
    complaint = a_ticket(cast, at=cast.at + STEP)
    made = linked(cast, complaint, fault)
    assert (made.earlier, made.later) == (fault, complaint)
    for one, other in ((fault, complaint), (complaint, fault)):
        event = Event.objects.filter(ticket=one).latest("id")
        assert (event.code, event.facts) == (
            "linked",
            {"other": other.number, "meaning": "derived"},
        )
    kinds = Ticket.objects.values_list("kind", flat=True)
    assert sorted(kinds) == ["COMPLAINT", "FAULT"]


def test_two_tickets_are_linked_once(cast: Cast) -> None:
    one, other = a_ticket(cast), a_ticket(cast)
    linked(cast, one, other)
    with pytest.raises(linking.LinkedAlready):
        linked(cast, other, one)
    assert Event.objects.filter(code="linked").count() == 2
    with pytest.raises(linking.SameTicket):
        linked(cast, one, one)
    with pytest.raises(linking.NotByHand):
        linked(cast, one, other, meaning=Link.Meaning.SPLIT)


def test_a_report_is_linked_with_nothing(cast: Cast) -> None:
    report, other = a_ticket(cast, kind=Kind.REPORT), a_ticket(cast)
    for pair in ((report, other), (other, report)):
        with pytest.raises(linking.KeptApart):
            linked(cast, *pair, by=cast.supervisor)
    assert not Link.objects.exists()


def test_handlers_do_not_link(cast: Cast) -> None:
    with pytest.raises(permissions.NotYours):
        linked(cast, a_ticket(cast), a_ticket(cast), by=cast.outsider)


@pytest.mark.django_db(transaction=True)
def test_two_who_link_crosswise_link_once(cast: Cast) -> None:
    one, other = a_ticket(cast), a_ticket(cast)
    outcomes: list[str] = []
    start = Barrier(2)

    def act(ticket: Ticket, far: Ticket) -> None:
        start.wait(10)
        try:
            linked(cast, ticket, far)
            outcomes.append("linked")
        except DeskError as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [Thread(target=act, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["LinkedAlready", "linked"]
