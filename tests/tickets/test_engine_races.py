"""People and engines at the same moment, in connections of their own, over and over.

Each round lets two engines and one or two people loose on one ticket behind a barrier, and then asks
what must hold whoever was first: what waits is the plan, whatever fired did so once and before the
ticket ended, holdings abut. RACE_ROUNDS makes it longer.
"""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from organisation.models import Staff
from servicedesk.lib.errors import DeskError
from tests.cast import Cast
from tests.factories.tickets import a_ticket
from tests.tickets import invariants
from tickets import approvals, contact, dispatching, escalation, lifecycle, merging
from tickets.kinds import Means, SuspensionReason
from tickets.models import Approval, Deadline, Event, Holding, Ticket
from tickets.states import ENDED, Happening, State

ROUNDS = int(os.environ.get("RACE_ROUNDS", "12"))
SECOND = timedelta(seconds=1)
FIRED = {Happening.OVERDUE, Happening.REMINDED, Happening.ESCALATED, Happening.LIMIT_WARNED}

pytestmark = pytest.mark.django_db(transaction=True)

AtOnce = Callable[..., list[object]]


@pytest.fixture
def at_once() -> Iterator[AtOnce]:
    """Runs acts behind one barrier, each in a connection of its own that stays; gives what each
    gave, or the refusal. Anything else that goes wrong is raised."""
    with ThreadPoolExecutor(4) as pool:

        def run(*acts: Callable[[], object]) -> list[object]:
            gate = Barrier(len(acts))

            def one(act: Callable[[], object]) -> object:
                gate.wait(10)
                try:
                    return act()
                except DeskError as refusal:
                    return refusal

            return [asked.result(30) for asked in [pool.submit(one, act) for act in acts]]

        yield run
        run(*[lambda: connection.close()] * 4)


def fire(at: datetime) -> Callable[[], int]:
    return lambda: escalation.fire_due(by=None, at=at)


def drain(at: datetime) -> None:
    while escalation.fire_due(by=None, at=at):
        pass


def first_due(ticket: Ticket, **which: str) -> datetime:
    rows = Deadline.objects.filter(ticket=ticket, next_fire_at__isnull=False, **which)
    found = rows.order_by("fires_at").first()
    assert found is not None
    return found.fires_at


def check(cast: Cast, pk: int) -> None:
    """Whoever was first."""
    ticket = Ticket.objects.get(pk=pk)
    for each in invariants.ALL:
        each(cast, None, ticket)
    fired = Event.objects.filter(ticket=ticket, code__in=FIRED).order_by("id")
    told = [(event.facts["clock"], event.facts["stage"], event.facts["due_at"]) for event in fired]
    assert len(told) == len(set(told)), "something fired twice"
    assert len(told) == Deadline.objects.filter(ticket=ticket, fired_at__isnull=False).count()
    if ticket.state in ENDED:
        ended = Event.objects.filter(ticket=ticket).exclude(code__in=FIRED).latest("id")
        assert not fired.filter(id__gt=ended.pk).exists(), "something fired after the end"
        assert not Deadline.objects.filter(ticket=ticket, next_fire_at__isnull=False).exists()


def test_closing_against_firing(cast: Cast, at_once: AtOnce) -> None:
    who_was_first = set()
    for _ in range(ROUNDS):
        ticket = a_ticket(cast, state=State.CALLBACK)
        at = first_due(ticket)
        closed, *taken = at_once(
            lambda: lifecycle.close(
                ticket=ticket, reason="answered", by=cast.callback_agent, at=at  # noqa: B023
            ),
            fire(at), fire(at),
        )  # fmt: skip
        assert isinstance(closed, Ticket), closed
        who_was_first.add(sum(int(str(one)) for one in taken) > 0)
        drain(at + timedelta(days=400))
        check(cast, ticket.pk)
    assert len(who_was_first) == 2 or ROUNDS < 30, "the race was always won by the same side"


def test_resting_against_firing(cast: Cast, at_once: AtOnce) -> None:
    for _ in range(ROUNDS):
        ticket = a_ticket(cast, state=State.IN_PROGRESS)
        at = first_due(ticket)
        wanted = approvals.Wanted(
            matter=Approval.Matter.SUSPENSION, reason="客户要求", until=at + timedelta(days=5),
            reason_code=SuspensionReason.CUSTOMER_ASKED,
        )  # fmt: skip
        asked = approvals.ask(ticket=ticket, wanted=wanted, by=cast.handler, at=at - 2 * SECOND)
        # The supervisor's request took its instant a moment before the engines took theirs.
        granted, *_ = at_once(
            lambda: approvals.grant(approval=asked, by=cast.supervisor, at=at - SECOND),  # noqa: B023
            fire(at + SECOND), fire(at + SECOND),
        )  # fmt: skip
        assert isinstance(granted, Ticket), granted
        check(cast, ticket.pk)
        drain(at + timedelta(days=2))
        check(cast, ticket.pk)


def test_merging_against_firing(cast: Cast, at_once: AtOnce) -> None:
    for _ in range(ROUNDS):
        child, parent = (a_ticket(cast, state=State.DISPATCHED) for _ in range(2))
        at = first_due(child, clock="sign")
        merged, *_ = at_once(
            lambda: merging.merge(
                child=child, parent=parent, reason="同一事", by=cast.dispatcher, at=at - SECOND  # noqa: B023
            ),
            fire(at + SECOND), fire(at + SECOND),
        )  # fmt: skip
        assert isinstance(merged, Ticket), merged
        drain(at + timedelta(days=2))
        check(cast, child.pk)
        check(cast, parent.pk)


def test_two_merges_that_cross_each_other(cast: Cast, at_once: AtOnce) -> None:
    for _ in range(ROUNDS):
        one, other = (a_ticket(cast, state=State.DISPATCHED) for _ in range(2))
        at = one.latest_event_at + timedelta(minutes=1)
        act = {"reason": "同一事", "by": cast.dispatcher, "at": at}
        found = at_once(
            lambda: merging.merge(child=one, parent=other, **act),  # noqa: B023
            lambda: merging.merge(child=other, parent=one, **act),  # noqa: B023
        )
        assert sum(isinstance(result, Ticket) for result in found) == 1, found
        check(cast, one.pk)
        check(cast, other.pk)


def test_one_ticket_is_sent_to_one_unit(cast: Cast, at_once: AtOnce) -> None:
    for _ in range(ROUNDS):
        ticket = a_ticket(cast, state=State.NEW)
        at = ticket.latest_event_at + timedelta(minutes=1)
        act = {"ticket": ticket, "version": ticket.version, "at": at}
        found = at_once(
            lambda: dispatching.dispatch(to=cast.unit, by=cast.dispatcher, **act),  # noqa: B023
            lambda: dispatching.dispatch(to=cast.other_unit, by=cast.dispatcher, **act),  # noqa: B023
        )
        won = [one for one in found if isinstance(one, Ticket)]
        assert len(won) == 1, found
        assert Ticket.objects.get(pk=ticket.pk).lead_unit == won[0].lead_unit
        assert Holding.objects.filter(ticket=ticket, to_at=None).count() == 1
        check(cast, ticket.pk)


def test_one_ticket_is_signed_for_by_one_person(cast: Cast, at_once: AtOnce) -> None:
    for _ in range(ROUNDS):
        ticket = a_ticket(cast, state=State.DISPATCHED)
        at = ticket.latest_event_at + timedelta(minutes=1)
        found = at_once(
            lambda: dispatching.accept(ticket=ticket, by=cast.handler, at=at),  # noqa: B023
            lambda: dispatching.accept(ticket=ticket, by=cast.field_worker, at=at),  # noqa: B023
        )
        won = [one for one in found if isinstance(one, Ticket)]
        assert len(won) == 1, found
        assert Ticket.objects.get(pk=ticket.pk).lead_handler == won[0].lead_handler
        assert Event.objects.filter(ticket=ticket, code=Happening.SIGNED).count() == 1


def test_the_second_of_two_clerks_sees_that_somebody_was_faster(
    cast: Cast, at_once: AtOnce
) -> None:
    """Both looked at the same version; what the first saved is not overwritten."""
    clients = [signed_in(cast.reviewer), signed_in(cast.reviewer)]
    for _ in range(ROUNDS // 4 + 1):
        ticket = a_ticket(cast, state=State.DONE_PENDING_REVIEW)
        typed = [
            {"verdict": "approve", "version": ticket.version},
            {"verdict": "reject", "reason": "没有照片", "version": ticket.version},
        ]
        address = reverse("tickets:review", args=[ticket.number])
        answers = at_once(*[
            lambda n=n: clients[n].post(address, typed[n]) for n in range(2)  # noqa: B023
        ])  # fmt: skip
        codes = sorted(answer.status_code for answer in answers)  # type: ignore[attr-defined]
        assert codes == [302, 409], codes
        verdicts = {Happening.APPROVED, Happening.REJECTED}
        assert Event.objects.filter(ticket=ticket, code__in=verdicts).count() == 1
        assert Ticket.objects.get(pk=ticket.pk).version == ticket.version + 1


def signed_in(person: Staff) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_herd_holds_up_nobody_and_goes_oldest_first(cast: Cast, at_once: AtOnce) -> None:
    """Hundreds of limits fall due in one second while people go on working."""
    herd = [a_ticket(cast, state=State.IN_PROGRESS) for _ in range(30)]
    busy = a_ticket(cast, state=State.IN_PROGRESS)
    at = Deadline.objects.filter(next_fire_at__isnull=False).latest("fires_at").fires_at
    rows = Deadline.objects.filter(ticket__in=herd, next_fire_at__isnull=False)
    expected = rows.count()
    waits: list[float] = []

    def work() -> None:
        for minute in range(20):
            began = time.perf_counter()
            contact.record(
                ticket=busy, means=Means.PHONE, is_reached=True, note="在路上", by=cast.handler,
                at=busy.latest_event_at + timedelta(minutes=minute),
            )  # fmt: skip
            waits.append(time.perf_counter() - began)

    at_once(lambda: drain(at), lambda: drain(at), work)
    assert Deadline.objects.filter(ticket__in=herd, fired_at__isnull=False).count() == expected
    assert Event.objects.filter(ticket__in=herd, code__in=FIRED).count() == expected
    assert max(waits) < 2.0
    for one in herd:
        check(cast, one.pk)


def test_the_oldest_come_first(cast: Cast) -> None:
    for _ in range(3):
        a_ticket(cast, state=State.IN_PROGRESS)
    waiting = Deadline.objects.filter(next_fire_at__isnull=False).order_by("next_fire_at")
    instants = list(waiting.values_list("next_fire_at", flat=True))
    assert escalation.fire_due(by=None, at=instants[-1], limit=5) == 5
    left = waiting.values_list("next_fire_at", flat=True)
    assert min(left) >= instants[4]
