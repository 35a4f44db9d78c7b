"""What the factories write as rows is what the verbs would have written, column by column, as far
as the watch lists read."""

from datetime import timedelta
from typing import Any

from tests.cast import Cast
from tests.factories.lives import Book, Life
from tests.factories.tickets import a_request, a_ticket
from tickets import contact, dispatching, intake, lifecycle, returning
from tickets.kinds import Kind, Means, ReturnReason
from tickets.models import Event, Holding, Ticket
from tickets.states import Happening as H
from tickets.states import State

STEP = timedelta(minutes=10)

# Columns that the lists go by.
COLUMNS = (
    "state", "kind", "original_kind", "lead_unit_id", "lead_handler_id", "tracker_id",
    "intake_unit_id", "received_at", "done_at", "replied_at", "outcome", "no_reply_reason",
    "return_count", "latest_event_at", "scope_path", "contact_phone_hash", "reviewer_id",
)  # fmt: skip

# What the lists read of an event's facts.
FACTS = ("unit_id", "reason_code", "count", "typed_at", "means", "reached", "told")


def told(ticket: Ticket) -> dict[str, Any]:
    """The ticket, its history and its stays, without names and numbers of rows."""
    ticket = Ticket.objects.get(pk=ticket.pk)
    return {
        "columns": {name: getattr(ticket, name) for name in COLUMNS},
        "events": [
            (one.code, one.at, one.by_id, one.unit_id, one.from_state, one.to_state,
             {name: one.facts[name] for name in FACTS if name in one.facts})
            for one in Event.objects.filter(ticket=ticket).order_by("id")
        ],
        "stays": list(
            Holding.objects.filter(ticket=ticket).order_by("from_at", "id")
            .values_list("state", "unit_id", "staff_id", "from_at", "to_at")
        ),
    }  # fmt: skip


def made(cast: Cast, real: Ticket) -> tuple[Book, Life]:
    """A life that begins as the real ticket did."""
    book = Book()
    life = Life(
        book, at=real.received_at, by=cast.operator, kind=real.kind, original_kind=real.kind,
        category_id=real.category_id, subject=real.subject, text=real.text,
        contact_phone_hash=real.contact_phone_hash,
    )  # fmt: skip
    return book, life


def test_a_ticket_returned_once_reads_alike(cast: Cast) -> None:
    at, reason = cast.at, ReturnReason.values[0]
    real = intake.receive(request=a_request(cast), by=cast.operator, at=at)
    real = dispatching.dispatch(ticket=real, to=cast.unit, by=cast.dispatcher, at=at + STEP)
    handler = real.lead_handler
    real = returning.give_back(
        ticket=real, reason_code=reason, reason="不属本所。", proposed=cast.other_unit,
        by=cast.leader, at=at + 2 * STEP,
    )  # fmt: skip
    book, life = made(cast, real)
    life.step(
        H.DISPATCHED, at + STEP, cast.dispatcher, State.DISPATCHED, unit=cast.unit, handler=handler
    )
    life.ticket["return_count"] = 1
    life.step(
        H.RETURNED, at + 2 * STEP, cast.leader, State.NEW, unit=None, handler=None,
        unit_id=cast.unit.pk, reason_code=reason, count=1,
    )  # fmt: skip
    book.write()
    assert told(Ticket(pk=life.pk)) == told(real)


def test_a_ticket_walked_to_review_reads_alike(cast: Cast) -> None:
    at = cast.at
    real = a_ticket(cast, kind=Kind.FAULT, state=State.IN_PROGRESS)
    handler, sent_to = real.lead_handler, Event.objects.get(ticket=real, code=H.DISPATCHED)
    first = cast.everyone()
    chosen = next((p for p in first.values() if p.pk == sent_to.facts["handler_id"]), None)
    contact.record(
        ticket=real, means=Means.PHONE, is_reached=True, note="", by=cast.handler, at=at + 3 * STEP
    )
    contact.arrive(ticket=real, arrived_at=at + 3 * STEP, by=cast.handler, at=at + 5 * STEP)
    lifecycle.report_done(
        ticket=real, result="已处理。", is_customer_told=True, by=cast.handler, at=at + 6 * STEP
    )
    real = lifecycle.approve(ticket=real, by=cast.reviewer, at=at + 7 * STEP)
    book, life = made(cast, real)
    life.step(
        H.DISPATCHED, at + STEP, cast.dispatcher, State.DISPATCHED, unit=cast.unit, handler=chosen
    )
    life.step(H.SIGNED, at + 2 * STEP, cast.handler, State.IN_PROGRESS, handler=handler)
    life.step(H.CONTACTED, at + 3 * STEP, cast.handler, means="phone", reached=True)
    life.step(
        H.ARRIVED, at + 5 * STEP, cast.handler, typed_at=(at + 3 * STEP).isoformat()
    )
    life.done(at + 6 * STEP, cast.handler)
    life.approve(at + 7 * STEP, cast.reviewer)
    book.write()
    assert told(Ticket(pk=life.pk)) == told(real)
