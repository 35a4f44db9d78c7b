"""Tickets brought to a state by the desk's own verbs, ten minutes apart."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.cast import Cast
from tickets import contact, dispatching, intake, lifecycle, telling
from tickets.kinds import Channel, Kind, Means
from tickets.models import Ticket
from tickets.states import State

STEP = timedelta(minutes=10)

CATEGORIES = {
    Kind.FAULT: "power-fault-one",
    Kind.COMPLAINT: "power-complaint-staff",
    Kind.REPORT: "power-report-staff",
    Kind.OPINION: "power-opinion-policy",
    Kind.SUGGEST: "power-suggest-service",
    Kind.PRAISE: "power-praise-crew",
    Kind.REQUEST: "power-request-meter-test",
    Kind.ENQUIRY: "power-enquiry-tariff",
    Kind.LOOKUP: "power-lookup-bill",
}
_PATH = (
    State.NEW, State.DISPATCHED, State.IN_PROGRESS, State.DONE_PENDING_REVIEW, State.CALLBACK,
    State.CLOSED,
)  # fmt: skip


def a_request(cast: Cast, *, kind: Kind = Kind.COMPLAINT, **changes: Any) -> intake.Request:
    """What the cast's customer asks for; any field of the request may be given."""
    asked: dict[str, Any] = {
        "kind": kind, "category": cast.category(CATEGORIES[kind]), "channel": Channel.HOTLINE,
        "text": "昨晚抢修师傅态度不好，停电两小时没人解释。", "customer": cast.customer,
        "account": cast.account, "premises": cast.premises, "territory": cast.territory,
        "address": cast.premises.address, "contact_name": cast.customer.name,
        "contact_phone": "13900000001",
    }  # fmt: skip
    return intake.Request(**asked | changes)


def a_ticket(
    cast: Cast, *, kind: Kind = Kind.COMPLAINT, state: State = State.NEW,
    at: datetime | None = None, step: timedelta = STEP, is_told: bool = True, **changes: Any,
) -> Ticket:
    """A ticket of the operator's, led to the state along the straight path; `at` is the receipt.
    The operator confirms after the review that the customer was told, unless said otherwise."""
    at = at or cast.at
    request = a_request(cast, kind=kind, **changes)
    ticket = intake.receive(request=request, by=cast.operator, at=at)
    if state == State.CANCELLED:
        return lifecycle.cancel(
            ticket=ticket, reason="Entered twice.", by=cast.supervisor, at=at + step
        )
    for reached in _PATH[1 : _PATH.index(state) + 1]:
        at += step
        ticket = _MOVES[reached](cast, ticket, at)
        if reached == State.CALLBACK and is_told:
            ticket = telling.confirm(ticket=ticket, means=Means.PHONE, by=cast.operator, at=at)
    return Ticket.objects.get(pk=ticket.pk)


def settled_on_the_spot(
    cast: Cast, *, kind: Kind = Kind.ENQUIRY, at: datetime | None = None
) -> Ticket:
    """A ticket the operator answered while the customer waited."""
    return intake.settle(
        request=a_request(cast, kind=kind), answer="已当场答复。", by=cast.operator, at=at or cast.at
    )


def _dispatch(cast: Cast, ticket: Ticket, at: datetime) -> Ticket:
    return dispatching.dispatch(ticket=ticket, to=cast.unit, by=cast.dispatcher, at=at)


def _accept(cast: Cast, ticket: Ticket, at: datetime) -> Ticket:
    return dispatching.accept(ticket=ticket, by=cast.handler, at=at)


def _report_done(cast: Cast, ticket: Ticket, at: datetime) -> Ticket:
    contact.record(
        ticket=ticket, means=Means.PHONE, is_reached=True, note="已联系客户。", by=cast.handler, at=at
    )
    return lifecycle.report_done(
        ticket=ticket, result="已处理并致歉。", is_customer_told=True, by=cast.handler, at=at
    )


def _approve(cast: Cast, ticket: Ticket, at: datetime) -> Ticket:
    return lifecycle.approve(ticket=ticket, by=cast.reviewer, at=at)


def _close(cast: Cast, ticket: Ticket, at: datetime) -> Ticket:
    return lifecycle.close(ticket=ticket, reason="answered", by=cast.callback_agent, at=at)


_MOVES: dict[State, Callable[[Cast, Ticket, datetime], Ticket]] = {
    State.DISPATCHED: _dispatch,
    State.IN_PROGRESS: _accept,
    State.DONE_PENDING_REVIEW: _report_done,
    State.CALLBACK: _approve,
    State.CLOSED: _close,
}
