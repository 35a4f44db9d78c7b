"""Withdrawals and reclassifications that wait for a decision, and those that were decided
(question)."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from organisation.models import Staff
from servicedesk.lib.errors import NotVisible
from tickets.models import Approval, Event, Ticket
from tickets.models.approval import ApprovalQuerySet
from tickets.states import Happening

Matter = Approval.Matter


def visible_to(user: Staff, matter: str) -> ApprovalQuerySet:
    """Requests of the matter on tickets the person may see."""
    seen = Ticket.objects.visible_to(user).values("pk")
    return Approval.objects.filter(matter=matter, ticket__in=seen)


def waiting(user: Staff, matter: str) -> list[Approval]:
    """Those nobody has decided, the oldest first."""
    found = visible_to(user, matter).open().order_by("asked_at", "pk")
    return list(_for_list(found)[:200])


def of(ticket: Ticket, matter: str) -> Approval:
    """The open request of the matter on the ticket; raises NotVisible where there is none."""
    found = _for_list(Approval.objects.open().filter(ticket=ticket, matter=matter)).first()
    if found is None:
        raise NotVisible
    found.ticket = ticket
    return found


def reclassified(user: Staff, *, kind: str, only_downgrades: bool) -> Any:
    """Every change of kind on tickets the person may see, as history tells it; `kind` is the kind
    it had before, empty for all."""
    seen = Ticket.objects.visible_to(user).values("pk")
    found = Event.objects.filter(code=Happening.RECLASSIFIED, ticket__in=seen)
    if kind:
        found = found.filter(facts__from_kind=kind)
    if only_downgrades:
        found = found.filter(facts__is_downgrade=True)
    return found.select_related("ticket__lead_unit", "ticket__category")


def counted(user: Staff, since: datetime) -> dict[str, int]:
    """How many changes there were since then, and how many of them to a lighter kind."""
    found = reclassified(user, kind="", only_downgrades=False).filter(at__gte=since)
    lighter = Q(facts__is_downgrade=True)
    return {"all": found.count(), "lighter": found.filter(lighter).count()}


def _for_list(found: ApprovalQuerySet) -> ApprovalQuerySet:
    return found.select_related(
        "ticket__lead_unit", "ticket__category", "ticket__customer", "asked_by__unit",
        "new_category__parent", "asked_of",
    )  # fmt: skip
