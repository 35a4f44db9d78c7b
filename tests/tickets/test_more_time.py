"""More time: asked for before the due time, given from outside the unit."""

from datetime import timedelta

import pytest

from notifications.models import Notice
from tests.cast import Cast
from tests.factories.resting import ask_time
from tests.factories.tickets import STEP, a_ticket
from tickets import (
    approvals,
    extension,
    permissions,
)
from tickets.models import Clock, Event, Policy, Ticket
from tickets.states import Happening, State

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_more_time_moves_the_promise_and_the_tracker_tells_the_customer(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    was = ticket.promised_at
    asked = ask_time(cast, ticket)
    assert asked.until is not None
    given = approvals.grant(approval=asked, by=cast.supervisor, at=asked.asked_at + STEP)
    clock = Clock.objects.get(ticket=ticket, name="reply")
    assert (clock.due_at, clock.first_due_at) == (asked.until, was)
    assert given.promised_at == asked.until
    assert given.next_update_at == given.update_fires_at == asked.asked_at + STEP + DAY
    event = Event.objects.get(code=Happening.EXTENDED)
    assert event.facts["clock"] == "reply"
    assert event.facts["until"] == asked.until.isoformat()
    assert event.facts["was"] == was.isoformat()  # type: ignore[union-attr]
    assert Notice.objects.filter(code="extended", staff=cast.operator).count() == 1


def test_more_time_is_given_once_unless_the_policy_says_more(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    first = ask_time(cast, ticket)
    given = approvals.grant(approval=first, by=cast.supervisor, at=first.asked_at + STEP)
    with pytest.raises(extension.NoMoreExtensions):
        ask_time(cast, given)
    Policy.objects.filter(pk=ticket.policy_id).update(most_extensions=2)
    assert ask_time(cast, Ticket.objects.get(pk=ticket.pk)).is_open


def test_late_requests_undo_nothing(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    due = Clock.objects.get(ticket=ticket, name="reply").due_at
    assert due is not None
    with pytest.raises(extension.TooLateToExtend):
        ask_time(cast, ticket, at=due + timedelta(seconds=1))
    asked = ask_time(cast, ticket)
    with pytest.raises(extension.TooLateToExtend):
        approvals.grant(approval=asked, by=cast.supervisor, at=due + timedelta(seconds=1))
    assert Clock.objects.get(ticket=ticket, name="reply").due_at == due


def test_more_time_is_for_a_running_limit_of_the_matter_and_really_more(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.DISPATCHED)
    with pytest.raises(extension.NoSuchClock):
        ask_time(cast, ticket, clock="sign")
    with pytest.raises(extension.NotLater):
        ask_time(cast, ticket, more=timedelta(0))


def test_a_leader_asks_and_somebody_outside_decides(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    for person in (cast.handler, cast.outsider, cast.operator):
        with pytest.raises(permissions.NotYours):
            ask_time(cast, ticket, by=person)
    asked = ask_time(cast, ticket)
    for person in (cast.dispatcher, cast.leader, cast.handler):
        with pytest.raises(permissions.NotYours):
            approvals.grant(approval=asked, by=person, at=asked.asked_at + STEP)
    cast.supervisor.unit = cast.unit
    cast.supervisor.save()
    with pytest.raises(permissions.OwnUnit):
        approvals.grant(approval=asked, by=cast.supervisor, at=asked.asked_at + STEP)
