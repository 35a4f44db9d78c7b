"""Callbacks brought to a state by the desk's own verbs."""

import re
from datetime import datetime, timedelta
from typing import Any

from notifications.models import Outbox
from surveys import answers, callbacks, invitations, presetting
from surveys.models import Invitation
from tests.cast import Cast
from tests.factories.tickets import a_ticket
from tickets import lifecycle
from tickets.kinds import Kind
from tickets.models import Ticket
from tickets.states import State

CONTENT = answers.Reply(solved="solved", satisfied="satisfied", independence="no")
ANGRY = answers.Reply(
    solved="not", satisfied="dissatisfied", reason="time", verbatim="还是没修好。"
)
AFTERNOON = timedelta(hours=5)


def draw(ticket: Ticket) -> Invitation:
    """The invitation of the ticket's present round, made by the standing task."""
    presetting.load(by=None, at=ticket.latest_event_at)
    invitations.draw_new(by=None, at=ticket.latest_event_at)
    return Invitation.objects.filter(ticket=ticket).order_by("-round").select_related("ticket")[0]


def a_callback(cast: Cast, **changes: Any) -> Invitation:
    """A complaint that waits for its call: everyone who complains is called."""
    return draw(a_ticket(cast, state=State.CALLBACK, **changes))


def a_taken_callback(cast: Cast, **changes: Any) -> tuple[Invitation, datetime]:
    """A callback the agent holds, and an instant a minute later."""
    invitation = a_callback(cast, **changes)
    at = invitation.created_at + timedelta(minutes=1)
    callbacks.take(invitation=invitation, by=cast.callback_agent, at=at)
    return invitation, at


def not_drawn(cast: Cast, **changes: Any) -> Invitation:
    """A ticket's invitation that the draw passed by, whatever the seed says."""
    invitation = a_callback(cast, kind=Kind.REQUEST, **changes)
    Invitation.objects.filter(pk=invitation.pk).update(
        is_drawn=False, why="", next_call_at=None, acts_at=invitation.window_ends_at
    )
    invitation.refresh_from_db()
    return invitation


def a_link(cast: Cast, **changes: Any) -> tuple[Invitation, str, datetime]:
    """A closed ticket's invitation, the token its customer was sent, and an hour after that."""
    invitation = not_drawn(cast, **changes)
    at = invitation.window_ends_at
    invitations.close_windows(by=None, at=at)
    invitation.refresh_from_db()
    return invitation, token_of(invitation), at + timedelta(hours=1)


def token_of(invitation: Invitation) -> str:
    """The token as it stands in the message to the customer."""
    message = Outbox.objects.get(key__startswith=f"survey:{invitation.pk}:")
    token = str(message.facts["token"])
    assert re.fullmatch(r"[\w-]{22}", token)
    return token


def unsatisfied_twice(cast: Cast) -> tuple[Ticket, datetime]:
    """A complaint whose customer was discontent, and was so again after the second handling."""
    invitation, at = a_taken_callback(cast)
    answers.record_by_phone(invitation=invitation, reply=ANGRY, by=cast.callback_agent, at=at)
    at += timedelta(hours=1)
    ticket = Ticket.objects.get(pk=invitation.ticket_id)
    lifecycle.report_done(
        ticket=ticket, result="再次上门处理。", is_customer_told=True, by=cast.handler, at=at
    )
    lifecycle.approve(ticket=ticket, by=cast.reviewer, at=at)
    ticket.refresh_from_db()
    again = draw(ticket)
    callbacks.take(invitation=again, by=cast.callback_agent, at=at)
    answers.record_by_phone(invitation=again, reply=ANGRY, by=cast.callback_agent, at=at)
    ticket.refresh_from_db()
    return ticket, at + timedelta(hours=1)
