"""Several matters in one ticket: each of the others gets a number of its own (拆分) (verb)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from servicedesk.lib.errors import DeskError
from tickets import dispatching, indexing, matters, numbering, policies, transition
from tickets.kinds import FROM_CUSTOMERS, Kind
from tickets.models import Category, Link, Ticket
from tickets.states import Move

MOST_PARTS = 5


class NothingToSplit(DeskError):
    """A split says which other matters there are, a few at a time."""

    message = _("Say which other matters the ticket holds: at least one, at most five.")


class NotASplitKind(DeskError):
    """Customers' matters are split; a confidential report is logged by itself, never split."""

    message = _(
        "This matter cannot be split off. Log it as a ticket of its own if it came from a customer."
    )


@dataclass(frozen=True)
class Part:
    """One of the other matters: what it is and what the customer said of it."""

    kind: Kind
    category: Category
    text: str


def split(
    *, ticket: Ticket, parts: list[Part], by: Staff, at: datetime, version: int | None = None
) -> list[Ticket]:
    """The new tickets, with the customer, the place and the tracker of the whole and its receipt:
    the company has known of each matter since then. The whole stays. Each goes where the rules
    send it. Raises NothingToSplit, NotASplitKind."""
    if not 1 <= len(parts) <= MOST_PARTS or not all(part.text.strip() for part in parts):
        raise NothingToSplit
    allowed = set(FROM_CUSTOMERS) - {Kind.REPORT}
    if ticket.is_confidential or any(part.kind not in allowed for part in parts):
        raise NotASplitKind
    with transaction.atomic():
        with transition.step(ticket, Move.SPLIT, by=by, at=at, version=version) as step:
            children = [_split_off(step.ticket, part, by, step.at) for part in parts]
            step.facts |= {"children": [child.number for child in children]}
            step.tell(step.ticket.tracker, "split")
            step.tell(step.ticket.lead_handler, "split")
        Link.objects.bulk_create(
            Link(earlier=ticket, later=child, meaning=Link.Meaning.SPLIT, at=step.at)
            for child in children
        )
        indexing.index(ticket_ids=[child.pk for child in children], by=by, at=at)
        return [
            dispatching.dispatch_by_rule(ticket=child, by=by, at=step.at) for child in children
        ]


def _split_off(whole: Ticket, part: Part, by: Staff, at: datetime) -> Ticket:
    draft = _draft(whole, part, numbering.take(at=at)[0])
    # Who may split may do so without the right to log: the step on the whole has judged that.
    with transition.birth(draft, by=None, at=whole.received_at) as step:
        step.by, step.recorded_at = by, at
        step.ticket.policy = policies.choose(ticket=step.ticket, at=whole.received_at)
        step.ticket.calendar_versions = policies.newest_calendars(draft.scope_path)
        step.facts |= {
            "channel": whole.channel, "split_from": whole.number, "split_at": at.isoformat()
        }  # fmt: skip
    with transition.step(draft, Move.LINK, by=by, at=at) as linked:
        linked.facts |= {"other": whole.number, "meaning": Link.Meaning.SPLIT}
    return linked.ticket


def _draft(whole: Ticket, part: Part, number: str) -> Ticket:
    return Ticket(
        number=number, kind=part.kind, original_kind=part.kind, category=part.category,
        utility=part.category.utility, channel=whole.channel, priority=whole.priority,
        subject=matters.headline(part.text), text=part.text.strip(), language=whole.language,
        customer=whole.customer, account=whole.account, premises=whole.premises,
        territory=whole.territory, address=whole.address, contact_name=whole.contact_name,
        contact_phone=whole.contact_phone, contact_phone_hash=whole.contact_phone_hash,
        is_anonymous=whole.is_anonymous, scope_path=whole.scope_path,
        intake_unit=whole.intake_unit, tracker=whole.tracker,
        received_at=whole.received_at, latest_event_at=whole.received_at,
    )  # fmt: skip
