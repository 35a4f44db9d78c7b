"""Take a matter from a customer: log it, then pass it on or settle it on the spot (verb)."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from customers import phone_numbers
from customers.models import Customer, Premises, SupplyAccount
from notifications import notices
from organisation import office_hours, roles
from organisation.models import Staff, Territory, Unit
from organisation.roles import Permission
from servicedesk.lib.errors import DeskError
from tickets import (
    bypassing,
    confidants,
    dispatching,
    executive_notes,
    indexing,
    informants,
    lifecycle,
    matters,
    numbering,
    office_days,
    policies,
    tasks,
    transition,
    weighing,
)
from tickets.kinds import ON_THE_SPOT, Channel, Kind
from tickets.models import Category, Idempotency, TaskKind, Ticket

# By when a petitioner is visited in person: working days.
VISIT_DAYS = 5


class NotOnTheSpot(DeskError):
    """A matter of this kind needs hands and an independent look."""

    message = _("A matter of this kind cannot be settled on the spot. Pass it on instead.")


class KeyReused(DeskError):
    """The form was already sent with other words."""

    message = _("This form was already sent with different words. Open a fresh form.")


class LeaderMissing(DeskError):
    """On a leaders' reception day (所长接待日) somebody by name received the customer."""

    message = _("Name the leader who received the customer.")
    field = "received_by_leader"


class OriginalMissing(DeskError):
    """A complaint to a higher level (越级投诉) went past another ticket."""

    message = _(
        "Give the number of the ticket it went past. If there is none, choose the channel it came by."
    )
    field = "bypassed"


@dataclass(frozen=True)
class Request:
    """What was asked, by whom, where, and over which channel."""

    kind: Kind
    category: Category
    channel: str
    text: str
    priority: str = "normal"
    customer: Customer | None = None
    account: SupplyAccount | None = None
    premises: Premises | None = None
    territory: Territory | None = None
    address: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    is_anonymous: bool = False
    language: str = "zh-hans"
    accused_unit: Unit | None = None
    wished_handler: Staff | None = None
    accused_staff: tuple[Staff, ...] = ()
    received_by_leader: Staff | None = None
    bypassed: Ticket | None = None
    is_petition: bool = False


def receive(
    *, request: Request, by: Staff, at: datetime, key: UUID | None = None
) -> Ticket:
    """A logged ticket with its number, its tracker (首问责任人) and running clocks. The same key
    again gives the same ticket; raises KeyReused when the words differ, LeaderMissing and
    OriginalMissing where the channel asks for them."""
    _check_channel(request)
    earlier = _earlier(request, key, by)
    if earlier is not None:
        return earlier
    try:
        with transaction.atomic():
            return _log(request, key, by, at)
    except IntegrityError:
        earlier = _earlier(request, key, by)
        if earlier is None:
            raise
        return earlier


def pass_on(*, request: Request, by: Staff, at: datetime, key: UUID | None = None) -> Ticket:
    """Log a matter and send it where the rules say, in one commit."""
    with transaction.atomic():
        ticket = receive(request=request, key=key, by=by, at=at)
        if ticket.state != "new":
            return ticket
        return dispatching.dispatch_by_rule(ticket=ticket, by=by, at=at)


def settle(
    *, request: Request, answer: str, by: Staff, at: datetime, key: UUID | None = None
) -> Ticket:
    """Log a matter and answer it while the customer waits (当场办结); raises NotOnTheSpot."""
    if request.kind not in ON_THE_SPOT:
        raise NotOnTheSpot
    with transaction.atomic():
        ticket = receive(request=request, key=key, by=by, at=at)
        if ticket.state != "new":
            return ticket
        return lifecycle.resolve_on_the_spot(ticket=ticket, answer=answer, by=by, at=at)


def _log(request: Request, key: UUID | None, by: Staff, at: datetime) -> Ticket:
    is_report = request.kind == Kind.REPORT
    draft = _draft(informants.kept_apart(request) if is_report else request, by, at)
    with transition.birth(draft, by=by, at=at) as step:
        step.facts |= {"channel": request.channel, "priority": request.priority}
        weighing.raise_by_rule(step=step, by=by, at=at)
        step.ticket.policy = policies.choose(ticket=step.ticket, at=at)
        step.ticket.calendar_versions = policies.newest_calendars(draft.scope_path)
        if is_report:
            _entrust(step, request)
    draft.accused_staff.add(*request.accused_staff)
    indexing.rewrite(ticket=draft, by=by, at=at)
    if key is not None:
        Idempotency.objects.create(
            actor=by, key=key, request_digest=_digest(request), ticket=draft, created_at=at
        )
    _follow_channel(draft, request, by, at)
    return draft


def _check_channel(request: Request) -> None:
    if request.channel == Channel.RECEPTION_DAY and request.received_by_leader is None:
        raise LeaderMissing
    is_report = request.kind == Kind.REPORT
    if request.channel == Channel.BYPASS and request.bypassed is None and not is_report:
        raise OriginalMissing


def _follow_channel(ticket: Ticket, request: Request, by: Staff, at: datetime) -> None:
    """What the way it came obliges to: a note of an executive, the link to the ticket it went
    past, a personal visit to who petitions (上访用户感情回访). A confidential report has its own
    people and nothing that points to it."""
    if ticket.is_confidential:
        return
    if request.bypassed is not None:
        bypassing.record(ticket=ticket, original=request.bypassed, by=by, at=at)
    if request.is_petition:
        tasks.open(
            ticket=ticket, kind=TaskKind.VISIT, text=ticket.subject, staff=by,
            due_at=office_days.after(at, VISIT_DAYS), by=by, at=at,
        )  # fmt: skip
    executive_notes.call_for(ticket=ticket, by=by, at=at)


def _draft(request: Request, by: Staff, at: datetime) -> Ticket:
    phone = phone_numbers.normalise(request.contact_phone) if request.contact_phone else ""
    hashed = phone_numbers.keyed_hash(phone, key=settings.PHONE_HASH_KEY) if phone else ""
    return Ticket(
        number=numbering.take(at=at)[0],
        kind=request.kind, original_kind=request.kind, category=request.category,
        utility=request.category.utility, channel=request.channel, priority=request.priority,
        subject=matters.headline(request.text), text=request.text, language=request.language,
        customer=request.customer, account=request.account, premises=request.premises,
        territory=_territory(request), address=_address(request), contact_name=_name(request),
        contact_phone=phone, contact_phone_hash=hashed, is_anonymous=request.is_anonymous,
        is_confidential=request.kind == Kind.REPORT, accused_unit=request.accused_unit,
        is_petition=request.is_petition, received_by_leader=request.received_by_leader,
        wished_handler=request.wished_handler,
        scope_path=by.unit.company_path, intake_unit=by.unit, tracker=by,
        received_at=at, latest_event_at=at, is_after_hours=not office_hours.is_open(at, by.unit.company_path),
    )  # fmt: skip


def _entrust(step: transition.Step, request: Request) -> None:
    """A report gets words that tell nothing for lists and messages, cannot be found by number, and
    is tracked by somebody whom it is not about: excluded means excluded, also at the counter that
    took it. Where nobody may read it, those who appoint people hear that much and no more."""
    ticket, by = step.ticket, step.by
    ticket.subject, ticket.contact_phone_hash = informants.subject(ticket.language), ""
    unit, named = request.accused_unit, {one.pk for one in request.accused_staff}
    if by is None or not confidants.excluded([by], unit, named):
        return
    tracker = confidants.nearest(
        scope_path=ticket.scope_path, near=by.unit, unit=unit, named=named
    )
    if tracker is None:
        _call_for_a_reader(ticket.number, step)
        return
    ticket.tracker = tracker
    step.facts |= {"from_id": by.pk, "to_id": tracker.pk}
    step.tell(tracker, "report_entrusted")


def _call_for_a_reader(number: str, step: transition.Step) -> None:
    appointing = sorted(roles.holding(Permission.CONFIGURE))
    for person in Staff.objects.filter(is_active=True, roles__overlap=appointing):
        notices.put(
            key=f"unread:{number}", staff=person, code="reader_wanted", subject="", facts={},
            by=step.by, at=step.at,
        )  # fmt: skip


def _territory(request: Request) -> Territory | None:
    """As typed, else that of the known place."""
    return request.territory or (request.premises.territory if request.premises else None)


def _name(request: Request) -> str:
    """As told, else that of the known customer, unless they want to stay unnamed."""
    known = request.customer.name if request.customer and not request.is_anonymous else ""
    return request.contact_name or known


def _address(request: Request) -> str:
    return request.address or (request.premises.address if request.premises else "")


def _earlier(request: Request, key: UUID | None, by: Staff) -> Ticket | None:
    if key is None:
        return None
    found = Idempotency.objects.filter(actor=by, key=key).select_related("ticket__category").first()
    if found is None:
        return None
    if found.request_digest != _digest(request):
        raise KeyReused
    return found.ticket


def _digest(request: Request) -> str:
    """A hash of everything that was asked, so that a re-used key with other words is noticed."""
    plain: dict[str, Any] = {
        name: getattr(value, "pk", value) for name, value in vars(request).items()
    }
    plain["accused_staff"] = [one.pk for one in request.accused_staff]
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()
