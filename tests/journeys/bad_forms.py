"""Every form of the desk, filled in rightly: the tests break one field at a time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from organisation.models import Staff
from tests.cast import Cast
from tests.factories import surveys as callbacks
from tests.factories.files import BOSTON, boston
from tests.factories.tickets import a_ticket
from tickets import lookup_codes
from tickets.models import Ticket
from tickets.states import State

WORDS = "打了很久的一段话，不能丢。"


@dataclass
class Filled:
    """A form somebody has filled in, just before it is sent."""

    path: str
    person: Staff | None
    fields: dict[str, Any]
    # Fields whose wrong value is not an error of the form but quietly something else.
    lenient: frozenset[str] = field(default_factory=frozenset)


def intake(cast: Cast) -> Filled:
    return Filled(
        reverse("tickets:intake"), cast.clerk,
        {
            "key": str(uuid4()), "customer": str(cast.customer.pk), "account": "",
            "kind": "COMPLAINT", "category": str(cast.category("power-complaint-staff").pk),
            "channel": "counter", "priority": "normal", "text": WORDS,
            "contact_phone": "13900000001", "contact_name": "李打字", "address": "滨河路88号",
            "territory": str(cast.territory.pk), "accused_unit": "", "answer": "",
        },
    )  # fmt: skip


def _move(name: str, person: str, state: State, **fields: str) -> Callable[[Cast], Filled]:
    lenient = frozenset({"is_customer_told"})

    def filled(cast: Cast) -> Filled:
        ticket = a_ticket(cast, state=state)
        known = {"version": str(ticket.version), "unit": str(cast.unit.pk)}
        known["to"] = str(cast.field_worker.pk)
        typed = {key: known.get(key, value) for key, value in fields.items()}
        path = reverse(f"tickets:{name}", kwargs={"number": ticket.number})
        return Filled(path, getattr(cast, person), typed, lenient)

    return filled


def call(cast: Cast) -> Filled:
    invitation, _ = callbacks.a_taken_callback(cast)
    path = reverse("surveys:call", kwargs={"invitation_id": invitation.pk})
    return Filled(
        path, cast.callback_agent,
        {"solved": "not", "satisfied": "dissatisfied", "reason": "time", "verbatim": WORDS},
    )  # fmt: skip


def attempt(cast: Cast) -> Filled:
    invitation, _ = callbacks.a_taken_callback(cast)
    path = reverse("surveys:attempt", kwargs={"invitation_id": invitation.pk})
    fields = {"result": "no_answer", "call_again_at": "", "note": WORDS}
    return Filled(path, cast.callback_agent, fields)


def decide(cast: Cast) -> Filled:
    ticket, _ = callbacks.unsatisfied_twice(cast)
    path = reverse("surveys:decide", kwargs={"number": ticket.number})
    return Filled(path, cast.supervisor, {"choice": "final_answer", "grounds": WORDS})


def status(cast: Cast) -> Filled:
    ticket: Ticket = a_ticket(cast)
    fields = {"number": ticket.number, "code": lookup_codes.of(ticket.number)}
    return Filled(reverse("tickets:public-status"), None, fields)


def sign_in(cast: Cast) -> Filled:
    fields = {"username": cast.clerk.staff_number, "password": "a-long-test-password", "next": ""}
    return Filled(reverse("login"), None, fields, frozenset({"next"}))


def load_file(cast: Cast) -> Filled:
    line = ",".join(boston().get(column, "") for column in BOSTON)
    file = SimpleUploadedFile("boston.csv", f"{','.join(BOSTON)}\n{line}\n".encode())
    fields = {"file": file, "mapping": "boston311", "unit": str(cast.company.pk)}
    return Filled(reverse("tickets:import"), cast.administrator, fields)


FORMS: dict[str, Callable[[Cast], Filled]] = {
    "intake": intake,
    "dispatch": _move("dispatch", "dispatcher", State.NEW, version="", unit=""),
    "reassign": _move("reassign", "leader", State.IN_PROGRESS, to="", reason=WORDS),
    "urge": _move("urge", "operator", State.IN_PROGRESS, reason=WORDS),
    "supervise": _move(
        "supervise", "supervisor", State.IN_PROGRESS, ground="decision", reason=WORDS,
        report_due_at="2099-03-12T17:00",
    ),
    "annotate": _move(
        "annotate", "executive", State.IN_PROGRESS, text=WORDS, unit="", due_at="2099-03-12T17:00"
    ),
    "meeting-decide": _move(
        "meeting-decide", "liaison", State.IN_PROGRESS, reason=WORDS, unit="",
        due_at="2099-03-12T17:00",
    ),
    "cancel": _move("cancel", "supervisor", State.NEW, reason=WORDS),
    "contact": _move(
        "contact", "handler", State.IN_PROGRESS, means="phone", is_reached="yes", note=WORDS
    ),
    "arrive": _move("arrive", "handler", State.IN_PROGRESS, arrived_at=""),
    "done": _move(
        "done", "handler", State.IN_PROGRESS, version="", result=WORDS, is_customer_told="on",
        no_reply_reason="",
    ),
    "review": _move(
        "review", "reviewer", State.DONE_PENDING_REVIEW, version="", verdict="reject", reason=WORDS
    ),
    "reopen": _move("reopen", "supervisor", State.CLOSED, reason=WORDS),
    "phone": _move("phone", "operator", State.IN_PROGRESS, reason=WORDS),
    "call": call,
    "attempt": attempt,
    "decide": decide,
    "status": status,
    "sign-in": sign_in,
    "import": load_file,
}  # fmt: skip
