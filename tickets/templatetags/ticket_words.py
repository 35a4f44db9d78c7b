"""Small questions that ticket templates ask: {% load ticket_words %}."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tickets import identity
from tickets.kinds import ClockName
from tickets.models import TaskKind, Ticket
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
}


# Pages in the access log.
_PAGES: dict[str, Promise] = {
    "tickets:ticket": _("Ticket page"),
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
def told_to_customer(code: str) -> str:
    """What happened, as a customer is told it; an unknown code as it is."""
    return str(_TO_CUSTOMERS.get(code, code))


@register.simple_tag
def name_of(name_en: str, name_zh: str) -> str:
    """The one of the two names that the reader reads."""
    return name_zh if (translation.get_language() or "").startswith("zh") else name_en
