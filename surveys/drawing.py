"""Decide for each ticket: left out and why, everybody of its sort, or by the draw (ledger)."""

import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.db.models.functions import Lower

from organisation.models import Staff
from organisation.roles import Role
from surveys import calling, permissions, plans, sampling
from surveys.models import Exclusion, Invitation, MonthSeed, SamplingPlan, Why
from tickets.kinds import Channel, Kind, Priority
from tickets.models import Ticket

# While a stratum is short of its minimum every second matter is drawn: taking the first few for
# certain would let a unit know beforehand who is rung.
_SHORT_RATE = 0.5


@dataclass
class Draw:
    """One sitting of the draw: the plan, the month's seed, and what was asked lately."""

    plan: SamplingPlan
    seed: MonthSeed
    at: datetime
    staff_emails: set[str]
    asked: set[tuple[str, object]]
    callers: list[Staff]
    drawn: Counter[str] = field(default_factory=Counter)

    def invitation(self, ticket: Ticket) -> Invitation:
        """The ticket's invitation of its present round, not saved yet."""
        row = self._blank(ticket)
        row.exclusion = self._exclusion(ticket, row)
        if not row.exclusion:
            row.why = self._why(ticket, row)
            row.is_drawn = bool(row.why)
            self.asked |= _identities(ticket, row.phone, row.email)
        if row.is_drawn:
            row.next_call_at = self._first_call(ticket)
            self.drawn[row.stratum] += row.why == Why.SAMPLE
        else:
            row.acts_at = row.window_ends_at
        return row

    def _blank(self, ticket: Ticket) -> Invitation:
        unit = ticket.lead_unit
        return Invitation(
            ticket=ticket, round=ticket.redo_count + ticket.reopen_count + 1, unit=unit,
            kind=ticket.kind, stratum=_stratum(ticket, self.seed.month), plan=self.plan,
            is_drawn=False, seed=self.seed.seed, phone=ticket.contact_phone,
            email=ticket.customer.email if ticket.customer else "", language=ticket.language,
            created_at=self.at, window_ends_at=self.at + timedelta(days=self.plan.window_days),
        )  # fmt: skip

    def _exclusion(self, ticket: Ticket, row: Invitation) -> str:
        """The code of the first reason not to ask at all, or nothing."""
        if ticket.source:
            return Exclusion.IMPORTED
        if ticket.is_anonymous:
            return Exclusion.ANONYMOUS
        if not (row.phone or row.email):
            return Exclusion.NO_NUMBER
        if ticket.customer and ticket.customer.wants_no_calls:
            return Exclusion.NO_CALLS
        if row.email.lower() in self.staff_emails:
            return Exclusion.STAFF
        is_known = bool(self.asked & _identities(ticket, row.phone, row.email))
        # Whoever complained is asked about it even if they were asked about another matter.
        return Exclusion.REPEATED if is_known and not _everybody(ticket) else ""

    def _why(self, ticket: Ticket, row: Invitation) -> str:
        """Why the customer is rung; nothing if the draw passes them by, no number is known, or
        nobody independent could ring: then the link goes out at the window's end."""
        if not row.phone or not self._somebody_may_ring(ticket):
            return ""
        everybody = _everybody(ticket)
        if everybody:
            return everybody
        is_short = self.drawn[row.stratum] < self.plan.min_n
        rate = max(float(self.plan.rate), _SHORT_RATE) if is_short else float(self.plan.rate)
        is_drawn = sampling.drawn(self.seed.seed, ticket.pk, rate)
        return Why.SAMPLE if is_drawn else ""

    def _somebody_may_ring(self, ticket: Ticket) -> bool:
        return any(permissions.may_call(caller, ticket) for caller in self.callers)

    def _first_call(self, ticket: Ticket) -> datetime:
        """Once the work has had time to prove itself, within calling hours."""
        settled = (ticket.done_at or self.at) + timedelta(hours=self.plan.call_after_hours)
        return calling.next_calling_time(max(self.at, settled), plans.hours(self.plan))


def prepare(tickets: list[Ticket], at: datetime) -> Draw:
    """What the draw of these tickets needs to know, in a handful of queries."""
    plan = plans.in_force()
    seed = _seed_of(at.astimezone(plans.zone()).strftime("%Y-%m"), at)
    emails = {one.customer.email.lower() for one in tickets if one.customer and one.customer.email}
    staff = Staff.objects.annotate(folded=Lower("email")).filter(folded__in=emails)
    draw = Draw(
        plan=plan, seed=seed, at=at, staff_emails=set(staff.values_list("folded", flat=True)),
        asked=_asked_lately(tickets, plan, at), callers=_callers(),
    )  # fmt: skip
    strata = {_stratum(ticket, seed.month) for ticket in tickets}
    sampled = Invitation.objects.filter(stratum__in=strata, why=Why.SAMPLE)
    counts = sampled.values_list("stratum").annotate(n=Count("pk"))
    draw.drawn.update(dict(counts))
    return draw


def _callers() -> list[Staff]:
    """Everybody who may ring somebody; there are few of them."""
    ringing = [Role.CALLBACK_AGENT, Role.SUPERVISOR]
    people = Staff.objects.filter(is_active=True, roles__overlap=ringing)
    return list(people.select_related("unit"))


def _seed_of(month: str, at: datetime) -> MonthSeed:
    fresh = MonthSeed(month=month, seed=secrets.token_hex(32), created_at=at)
    MonthSeed.objects.bulk_create([fresh], ignore_conflicts=True)
    return MonthSeed.objects.get(month=month)


def _asked_lately(
    tickets: list[Ticket], plan: SamplingPlan, at: datetime
) -> set[tuple[str, object]]:
    """Numbers, addresses and customers that were asked about another matter within the plan's
    days; a matter handled again is asked about again."""
    since = at - timedelta(days=plan.fatigue_days)
    phones = {one.contact_phone for one in tickets if one.contact_phone}
    people = {one.customer_id for one in tickets if one.customer_id}
    asked = Invitation.objects.filter(created_at__gt=since, exclusion="").exclude(
        ticket__in=tickets
    )
    rows = asked.filter(Q(phone__in=phones) | Q(ticket__customer__in=people)).select_related(
        "ticket"
    )
    found: set[tuple[str, object]] = set()
    for row in rows.defer("ticket__words"):
        found |= _identities(row.ticket, row.phone, row.email)
    return found


def _identities(ticket: Ticket, phone: str, email: str) -> set[tuple[str, object]]:
    known = {("phone", phone), ("email", email.lower()), ("customer", ticket.customer_id)}
    return {one for one in known if one[1]}


def _stratum(ticket: Ticket, month: str) -> str:
    return f"{ticket.lead_unit_id or 0}:{ticket.kind}:{month}"


def _everybody(ticket: Ticket) -> str:
    """The reason why all matters of this sort are called back, or nothing (domain §5c)."""
    # A complaint turned into something milder is still asked about as one.
    kinds = {ticket.kind, ticket.original_kind}
    reasons = (
        (Kind.COMPLAINT in kinds, Why.COMPLAINT),
        (Kind.REPORT in kinds, Why.REPORT),
        (ticket.redo_count + ticket.reopen_count > 0, Why.HANDLED_AGAIN),
        (ticket.was_supervised, Why.SUPERVISED),  # type: ignore[attr-defined]
        (ticket.priority == Priority.EMERGENCY, Why.EMERGENCY),
        (ticket.channel == Channel.EXECUTIVE, Why.EXECUTIVE),
    )
    return next((why for is_so, why in reasons if is_so), "")
