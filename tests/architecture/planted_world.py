"""One company at work, and what may be planted beside it: a ticket of another company, and reports
about a unit that most people must not know of. The permission matrix walks through it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers import registration
from customers.models import Customer
from notifications import notices
from servicedesk import rail
from surveys import presetting as questionnaires
from tests.cast import Cast, assemble
from tests.factories.surveys import draw
from tests.factories.tickets import a_request, a_ticket
from tickets import escalation, intake
from tickets.kinds import Kind
from tickets.models import Deadline, Ticket
from tickets.states import State

ROLES = (
    "clerk", "operator", "handler", "field_worker", "leader", "liaison", "dispatcher", "reviewer",
    "callback_agent", "supervisor", "executive", "auditor", "external_supervisor", "administrator",
    "outsider", "stranger",
)  # fmt: skip

# Words that stand nowhere else in the world.
WORD, PLACE, NAME, PHONE = "琥珀鲸", "瑶光巷", "闻人澹", "13911112222"
ABSENT = "20200101-0001-0"

# Who may know of what, said in full here so that a slip in visible_to() shows.
OF_THE_COMPANY = frozenset(ROLES) - {
    "external_supervisor", "administrator", "outsider", "stranger"
}  # fmt: skip
KNOWS: dict[str, frozenset[str]] = {
    "held": OF_THE_COMPANY,
    "foreign": frozenset({"stranger"}),
    # About nobody in particular: the tracker and those with eyes for reports.
    "report": frozenset({"operator", "reviewer", "supervisor"}),
    # About the unit that would have handled it; the supervisor's seat is above that unit.
    "accused": frozenset({"operator", "reviewer"}),
    # About the other unit, and done by this one.
    "handled": frozenset({"operator", "reviewer", "handler"}),
}


@dataclass(frozen=True)
class World:
    """The cast an hour after its morning, with a ticket of each sort and a stranger's customer."""

    cast: Cast
    now: datetime
    tickets: dict[str, Ticket]
    stranger: Customer

    def around(self, name: str) -> Cast:
        """The cast with the customer whom the ticket of that sort belongs to."""
        return replace(self.cast, customer=self.stranger) if name == "foreign" else self.cast


def build(at: datetime) -> World:
    """Everything there, and every limit up to now already fired."""
    cast = assemble(at)
    questionnaires.load(by=None, at=at)
    now = at + timedelta(hours=1)
    stranger = registration.register(
        name="外客", phone="13700000009", company=cast.other_company, by=None, at=at
    )
    tickets = {
        "held": a_ticket(cast, state=State.IN_PROGRESS),
        "foreign": _of_the_other_company(cast, "外地的事", customer=stranger),
        "report": _a_report(cast, "泛泛之事"),
        "accused": _a_report(cast, "所指之事", accused_unit=cast.unit),
    }
    _fire(now)
    return World(cast, now, tickets, stranger)


def plant_foreign(world: World) -> list[Ticket]:
    """A customer of the same number and a ticket of the other company, late and told about."""
    cast = world.cast
    customer = registration.register(
        name=NAME, phone=PHONE, company=cast.other_company, by=None, at=cast.at
    )
    ticket = _of_the_other_company(
        cast, WORD, customer=customer, contact_name=NAME, contact_phone=PHONE, address=PLACE
    )
    _fire(world.now, of=[ticket])
    return [ticket]


def plant_reports(world: World) -> list[Ticket]:
    """A fresh report about the handling unit and a handled one about the other unit, both late,
    one waiting for its callback; the informant is a known customer of the company."""
    cast = world.cast
    fresh = _a_report(
        cast, WORD, accused_unit=cast.unit, contact_phone=PHONE, contact_name=NAME, address=PLACE
    )
    handled = a_ticket(
        cast, kind=Kind.REPORT, state=State.CALLBACK, accused_unit=cast.other_unit, text=WORD,
        contact_phone=PHONE, contact_name=NAME, address=PLACE,
    )  # fmt: skip
    draw(handled)
    # The choice fell on the field worker first, who was rightly told before the handler took it on.
    notices.withdraw(
        subject=handled.number, staff_ids=[cast.field_worker.pk], by=None, at=world.now
    )
    _fire(world.now, of=[fresh, handled])
    return [fresh, handled]


def _a_report(cast: Cast, text: str, **changes: object) -> Ticket:
    request = a_request(cast, kind=Kind.REPORT, text=text, **changes)
    return intake.receive(request=request, by=cast.operator, at=cast.at)


def _of_the_other_company(cast: Cast, text: str, **changes: object) -> Ticket:
    request = a_request(
        cast, text=text, category=cast.category("telecom-complaint-billing"), account=None,
        premises=None, territory=None, **{"address": "", **changes},
    )  # fmt: skip
    return intake.receive(request=request, by=cast.stranger, at=cast.at)


def _fire(now: datetime, of: list[Ticket] | None = None) -> None:
    waiting = Deadline.objects.filter(next_fire_at__isnull=False)
    if of is not None:
        waiting.filter(ticket__in=of).update(next_fire_at=now - timedelta(minutes=1))
    while escalation.fire_due(by=None, at=now):
        pass


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside leaves no trace in the world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass(frozen=True)
class Answer:
    """What somebody could tell two answers apart by."""

    status: int
    body: str
    headers: tuple[tuple[str, str], ...]
    statements: int


_TOKENS = re.compile(r'(X-CSRFToken": "|csrfmiddlewaretoken" value=")[^"]+')
_KEYS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBERS = re.compile(r"\d{8}-\d{4}-\d")


def plain(text: str, *addresses: str) -> str:
    """The page without what differs in each answer: tokens, keys, and the address asked for."""
    for address in filter(None, addresses):
        text = text.replace(address, "…")
    return _KEYS.sub("", _TOKENS.sub("", text))


@contextmanager
def without_numbers_in_the_rail() -> Iterator[None]:
    """The numbers beside the items of the rail are the same whatever address is asked; counting
    them is two thirds of the work of a refusal. test_indirect_ways compares them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rail, "_n", lambda name, user: {})
        yield


def asked(client: Client, method: str, address: str, *, counted: bool = False) -> Answer:
    """The answer, told apart from another by anything but the address that was asked; where
    `counted`, also by its number of statements."""
    counting = CaptureQueriesContext(connection) if counted else nullcontext(())
    with undone(), counting as captured:
        response = client.generic(method, address)
        body = _body(response)
    told = sorted(
        (name, value)
        for name, value in response.headers.items()
        if name not in {"Content-Length", "Set-Cookie"}
    )
    shown = plain(body, address)
    if response.status_code == 404:
        shown = _NUMBERS.sub("", shown)
    return Answer(response.status_code, shown, tuple(told), len(captured))


def _body(response: HttpResponse) -> str:
    if getattr(response, "streaming", False):
        return ""
    return response.content.decode(errors="replace")
