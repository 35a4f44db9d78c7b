"""Who may read one confidential report, and whom it is about (verb)."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from notifications import notices
from organisation.models import Staff, Unit
from servicedesk.lib.errors import DeskError
from tickets import confidants, transition
from tickets.models import NamedReader, Ticket
from tickets.states import Move


class NotConfidential(DeskError):
    """Only confidential reports have readers of their own."""

    message = _("This is no confidential report. Nothing was changed.")


class ReportIsAboutThem(DeskError):
    """Nobody whom a report is about may be named to read it, whatever their post (design §4.7)."""

    message = _("The report is about this person or their chain: they may not be named.")
    field = "staff"


class AlreadyNamed(DeskError):
    """The person has been named before and may still read it."""

    message = _("This person is named already.")
    field = "staff"


class NotNamed(DeskError):
    """There is no open access of this person to end."""

    message = _("This person is not named. Nothing was changed.")


class HandledInTheChain(DeskError):
    """First the work goes elsewhere, then the report is kept from its present unit."""

    message = _("The unit that handles it belongs to this chain. Send it to another unit first.")
    field = "unit"


class YourOwnChain(DeskError):
    """Whoever says whom a report is about would not see it any more."""

    message = _("This is your own chain. Let somebody outside it record this.")
    field = "unit"


def name_reader(
    *, ticket: Ticket, staff: Staff, reason: str, by: Staff, at: datetime
) -> Ticket:
    """Let a person read the report and see who brought it, on record (知情人); raises
    NotConfidential, ReportIsAboutThem, AlreadyNamed."""
    with transition.step(ticket, Move.NAME_READER, by=by, at=at) as step:
        _only_reports(step.ticket)
        if confidants.is_excluded(staff, step.ticket):
            raise ReportIsAboutThem
        if NamedReader.objects.filter(ticket=step.ticket, staff=staff, ended_at=None).exists():
            raise AlreadyNamed
        NamedReader.objects.create(
            ticket=step.ticket, staff=staff, reason=reason, named_at=step.at, named_by=by
        )
        step.facts |= {"from_id": by.pk, "to_id": staff.pk, "reason": reason}
        step.tell(staff, "named_reader")
    return step.ticket


def dismiss_reader(*, ticket: Ticket, staff: Staff, by: Staff, at: datetime) -> Ticket:
    """End the access of a named reader; what they read stays in the log; raises NotNamed."""
    with transition.step(ticket, Move.DISMISS_READER, by=by, at=at) as step:
        named = NamedReader.objects.filter(ticket=step.ticket, staff=staff, ended_at=None)
        if not named.update(ended_at=step.at, ended_by=by):
            raise NotNamed
        step.facts |= {"from_id": by.pk, "to_id": staff.pk}
    return step.ticket


def name_accused(
    *, ticket: Ticket, unit: Unit | None, staff: Collection[Staff], reason: str, by: Staff,
    at: datetime,
) -> Ticket:
    """Say whom the report is about, as far as it is known now: from that commit on it is kept from
    them and from the whole chain of the unit. A unit once named stays barred only through this
    field; people are added, never taken off. Raises NotConfidential, HandledInTheChain,
    YourOwnChain."""
    with transition.step(ticket, Move.NAME_ACCUSED, by=by, at=at) as step:
        _only_reports(step.ticket)
        named = confidants.accused(step.ticket) | {one.pk for one in staff}
        if confidants.excluded([by], unit, named):
            raise YourOwnChain
        step.ticket.accused_unit = unit
        if step.ticket.lead_unit and confidants.keeps_out(step.ticket.lead_unit, step.ticket):
            raise HandledInTheChain
        step.ticket.accused_staff.add(*staff)
        step.facts |= {
            "unit": unit.code if unit else "", "staff_ids": sorted(named), "reason": reason,
        }  # fmt: skip
        _take_from_the_accused(step, named)
    return step.ticket


def _take_from_the_accused(step: transition.Step, named: Collection[int]) -> None:
    """Posts of the ticket pass from those it is about to whoever may read it; notices they had of
    it go, and so do their names as readers."""
    ticket, by = step.ticket, step.by
    posts = [ticket.tracker, ticket.lead_handler, ticket.reviewer, ticket.supervisor]
    readers = NamedReader.objects.filter(ticket=ticket, ended_at=None).select_related("staff__unit")
    told = Staff.objects.filter(notices__subject=ticket.number).select_related("unit").distinct()
    people = {one.pk: one for one in [*posts, *(row.staff for row in readers), *told] if one}
    barred = confidants.excluded(people.values(), ticket.accused_unit, named)
    substitute = confidants.answering(ticket) or by
    if ticket.tracker_id in barred:
        step.facts |= {"from_id": ticket.tracker_id, "to_id": substitute.pk if substitute else None}
        ticket.tracker = substitute or ticket.tracker
    for post in ("lead_handler", "reviewer", "supervisor"):
        if getattr(ticket, f"{post}_id") in barred:
            setattr(ticket, post, None)
            step.tell(substitute, "report_entrusted")
    readers.filter(staff__in=barred).update(ended_at=step.at, ended_by=by)
    notices.withdraw(subject=ticket.number, staff_ids=barred, by=by, at=step.at)


def _only_reports(ticket: Ticket) -> None:
    if not ticket.is_confidential:
        raise NotConfidential
