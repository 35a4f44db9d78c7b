"""Small questions that ticket templates ask: {% load ticket_words %}."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tickets import allowances, identity, kinds
from tickets.kinds import ClockName, Means, ReturnReason, SuspensionReason, Untold
from tickets.models import Appointment, Approval, HandOverItem, Policy, TaskKind, Ticket
from tickets.states import Happening

register = template.Library()

# What a customer reads of the history: no words of the house.
_TO_CUSTOMERS: dict[str, Promise] = {
    Happening.RECEIVED: _("We logged your case"),
    Happening.RESOLVED_ON_THE_SPOT: _("We answered you at once"),
    Happening.DISPATCHED: _("We passed it to the unit that handles it"),
    Happening.SIGNED: _("The unit took it on"),
    Happening.CONTACTED: _("We spoke with you"),
    Happening.ARRIVED: _("Our engineer arrived"),
    Happening.DONE: _("The unit reported the work done"),
    Happening.CLOSED: _("We closed your case"),
    Happening.REOPENED: _("We took your case up again"),
    Happening.REFERRED: _("We passed it to the body that answers for it, and stay on"),
    Happening.REFUSED: _("We could not grant it and told you why"),
    Happening.WITHDRAWN: _("You withdrew your case"),
    Happening.BOOKED: _("We agreed on an appointment"),
    Happening.DISCLOSED: _("We told you what is still missing"),
}


# Why the rules raised a level.
_GROUNDS: dict[str, Promise] = {
    "safety": _("safety"),
    "media": _("media"),
    "key_account": _("key account"),
    "referred": _("referred to us"),
    "third_contact": _("third contact"),
    "reopened_twice": _("reopened twice"),
}

# Pages in the access log.
_PAGES: dict[str, Promise] = {
    "tickets:ticket": _("Ticket page"),
    "tickets:clocks": _("Clocks"),
    "tickets:slip": _("Slip"),
    "tickets:phone": _("Name, number and address"),
    "tickets:access": _("Who may read it, who did"),
    "tickets:accused": _("Name who it is about"),
    "surveys:of-ticket": _("The customer’s word"),
    "surveys:call": _("Callback"),
    "surveys:decide": _("Decide"),
}


@register.filter(name="of")
def of(grouped: Mapping[Any, Any], key: Any) -> Any:
    """What the mapping holds for the key, or nothing."""
    return grouped.get(key)


@register.simple_tag(takes_context=True)
def asked_by(context: template.Context, ticket: Ticket) -> identity.Asked:
    """Who asked, as far as a list may show it to whoever reads the page."""
    return identity.in_list(ticket, context["request"].user)


@register.simple_tag
def page_label(name: str) -> str:
    """What the page was called that showed a confidential report; another page by its own name."""
    return str(_PAGES.get(name, name))


@register.simple_tag
def clock_label(code: str) -> str:
    """The name of a clock in the reader's language; an unknown code as it is."""
    return str(ClockName(code).label) if code in ClockName.values else code


@register.simple_tag
def task_kind_label(code: str) -> str:
    """The name of a kind of task in the reader's language; an unknown code as it is."""
    return str(TaskKind(code).label) if code in TaskKind.values else code


@register.simple_tag
def return_reason(code: str) -> str:
    """Why a ticket was returned, in the reader's language; an unknown code as it is."""
    return str(ReturnReason(code).label) if code in ReturnReason.values else code


@register.simple_tag
def suspension_reason(code: str) -> str:
    """Why a ticket rests, in the reader's language; an unknown code as it is."""
    return str(SuspensionReason(code).label) if code in SuspensionReason.values else code


@register.simple_tag
def matter_label(code: str) -> str:
    """What was asked for, in the reader's language; an unknown code as it is."""
    return str(Approval.Matter(code).label) if code in Approval.Matter.values else code


@register.filter
def instant(written: str) -> datetime | None:
    """The instant that a fact keeps as text; nothing where it keeps none."""
    return parse_datetime(written) if isinstance(written, str) else None


@register.filter
def rest_days(policy: Policy) -> list[tuple[str, int]]:
    """How many calendar days a ticket of the policy may rest, by reason in the reader's language."""
    found = allowances.rest_days(policy)
    return [(str(reason.label), days) for reason, days in found.items()]


@register.simple_tag
def means_label(code: str) -> str:
    """By what means somebody was reached; an unknown code as it is."""
    if code == "callback":
        return gettext("in the callback")
    return str(Means(code).label) if code in Means.values else code


@register.simple_tag
def untold(reason: str) -> str:
    """Why the customer was not told: the words of a fact the desk found, else as written."""
    return str(Untold(reason).label) if reason in Untold.values else reason


@register.simple_tag
def duty_label(code: str) -> str:
    """As what somebody takes a ticket over; an unknown code as it is."""
    return str(HandOverItem.Duty(code).label) if code in HandOverItem.Duty.values else code


@register.simple_tag
def told_to_customer(code: str) -> str:
    """What happened, as a customer is told it; an unknown code as it is."""
    return str(_TO_CUSTOMERS.get(code, code))


@register.simple_tag
def name_of(name_en: str, name_zh: str) -> str:
    """The one of the two names that the reader reads."""
    return name_zh if (translation.get_language() or "").startswith("zh") else name_en


@register.filter
def is_downgrade_of(asked: Approval, ticket: Ticket) -> bool:
    """Whether the proposed kind is a lighter one than the ticket's."""
    return kinds.is_downgrade(ticket.kind, asked.new_kind)


@register.simple_tag
def kind_label(code: str) -> str:
    """The name of a kind in the reader's language; an unknown code as it is."""
    return str(kinds.Kind(code).label) if code in kinds.Kind.values else code


@register.simple_tag
def priority_label(code: str) -> str:
    """The name of a priority in the reader's language; an unknown code as it is."""
    return str(kinds.Priority(code).label) if code in kinds.Priority.values else code


@register.simple_tag
def level_label(number: int) -> str:
    """The name of a level in the reader's language; an unknown one as it is."""
    return str(kinds.Level(number).label) if number in kinds.Level.values else str(number)


@register.simple_tag
def level_grounds(codes: list[str]) -> str:
    """Why the rules raised a level, in the reader's language."""
    return ", ".join(str(_GROUNDS.get(code, code)) for code in codes)


@register.simple_tag
def ending_label(code: str) -> str:
    """How an appointment went, in the reader's language; an unknown code as it is."""
    endings = Appointment.Ending
    return str(endings(code).label) if code in endings.values else code
