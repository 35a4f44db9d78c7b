"""What the ticket page shows of chasing, supervision, executive notes, disputes and levels passed
over (question)."""

from collections.abc import Collection
from typing import Any

from organisation.models import Staff
from tickets.models import Annotation, Dispute, Link, Supervision, Task, TaskKind, Ticket
from tickets.states import Happening

H = Happening
_SUPERVISED = {H.SUPERVISED, H.SENT_BACK, H.REOPENED, H.HANDED_OVER, H.SUPERVISION_ENDED}
_DISPUTED = {H.DISPUTED}


def of(ticket: Ticket, user: Staff, happened: Collection[str], is_all: bool) -> dict[str, Any]:
    """Each part only where the history speaks of it, so that an ordinary ticket costs nothing;
    `is_all` says whether the codes given are of its whole history."""

    def may_have(codes: set[Happening]) -> bool:
        return not is_all or bool(codes & set(happened))

    return {
        "supervisions": _supervisions(ticket) if may_have(_SUPERVISED) else [],
        "reports": _reports(ticket) if may_have(_SUPERVISED) else [],
        "annotations": _annotations(ticket) if may_have({H.ANNOTATED}) else [],
        "disputes": _disputes(ticket) if may_have(_DISPUTED) else [],
        "past_levels": _past_levels(ticket, user) if may_have({H.LINKED}) else [],
        "led_to": _led_to(ticket, user) if ticket.is_open or may_have({H.URGED}) else [],
    }


def _supervisions(ticket: Ticket) -> list[Supervision]:
    found = Supervision.objects.filter(ticket=ticket).select_related("supervisor", "ended_by")
    return list(found.order_by("-pk"))


def _reports(ticket: Ticket) -> list[Task]:
    found = Task.objects.filter(ticket=ticket, kind=TaskKind.REPORT_BACK)
    return list(found.select_related("unit", "done_by").order_by("pk"))


def _annotations(ticket: Ticket) -> list[Annotation]:
    found = Annotation.objects.filter(ticket=ticket).select_related("by")
    return list(found.order_by("pk"))


def _disputes(ticket: Ticket) -> list[Dispute]:
    found = Dispute.objects.filter(ticket=ticket).select_related(
        "unit", "against", "opened_by", "answered_by", "decided_by", "decided_for"
    )
    return list(found.order_by("pk"))


def _past_levels(ticket: Ticket, user: Staff) -> list[Ticket]:
    """The tickets this one went past, as far as the person may see them."""
    links = Link.objects.filter(later=ticket, meaning=Link.Meaning.BYPASS)
    found = Ticket.objects.visible_to(user).filter(pk__in=links.values("earlier"))
    return list(found.only("number", "subject"))


def _led_to(ticket: Ticket, user: Staff) -> list[Ticket]:
    """Complaints to a higher level about this one, as far as the person may see them."""
    links = Link.objects.filter(earlier=ticket, meaning=Link.Meaning.BYPASS)
    found = Ticket.objects.visible_to(user).filter(pk__in=links.values("later"))
    return list(found.only("number", "subject"))
