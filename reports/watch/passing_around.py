"""Thrown to and fro, moved without work, with nobody, with somebody who is not there
(推诿退单, 工单空转, 丢单, 人走单留: domain §6 rows 1, 2, 22, 23) (question)."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Count, F, IntegerField, OuterRef, Q, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from reports.watch import story, traces
from reports.watch.definition import Column, Counts, Look, Measured, Pattern, Shown, Threshold
from reports.watch.story import Story
from tickets import orphans
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.states import WITH_UNIT, State
from tickets.states import Happening as H

_NO_ONE = (orphans.Why.NO_PERSON, orphans.Why.NO_DISPATCHER)


def _ping_pong(look: Look) -> TicketQuerySet:
    return look.with_event(H.RETURNED).filter(return_count__gte=look.number("returns"))


def _returners(look: Look, tickets: TicketQuerySet) -> Counts:
    """By the unit that sent the ticket back, not by the one that was left with it."""
    returned = look.happened(H.RETURNED).filter(ticket__in=tickets.values("pk"))
    unit = Cast(KeyTextTransform("unit_id", "facts"), BigIntegerField())
    counted = returned.annotate(unit=unit).order_by().values_list("unit")
    return dict(counted.annotate(n=Count("ticket", distinct=True)))


def _tell_ping_pong(tickets: Sequence[Ticket], look: Look) -> dict[int, Any]:
    def values(told: Story, ticket: Ticket) -> tuple[Any, ...]:
        returned = told.events(ticket, H.RETURNED)
        sent = told.events(ticket, H.DISPATCHED, H.TRANSFERRED, H.ADJUDICATED)
        dwell = told.dwell(ticket, State.DISPATCHED, look.now)
        return len(returned), len(sent), told.units(returned), dwell, returned[-1].at

    return story.each(tickets, values)


PING_PONG = Pattern(
    "ping-pong", (1,), _("Returns to and fro"),
    _("Tickets that units sent back again and again: how often, by whom, and how long they lay"
      " dispatched meanwhile. Laid to the units that returned them."),
    _("A return can be right: the address or the trade may really be another unit's. Read the"
      " reasons before you judge; the ruling on the second return says who was right."),
    hits=_ping_pong, base=Look.received, count=_returners,
    columns=(
        Column(_("Returns"), Shown.COUNT), Column(_("Times sent"), Shown.COUNT),
        Column(_("Returned by"), Shown.NAMES), Column(_("Lay dispatched"), Shown.LENGTH),
        Column(_("Latest return"), Shown.MOMENT),
    ),
    evidence=_tell_ping_pong,
    thresholds=(
        Threshold(
            "returns", _("Returns from which a ticket is listed"), Decimal(2), Measured.TIMES,
            _("One return may set a wrong address right; the second forces a ruling."),
        ),
    ),
    acts=("adjudicate", "supervise"),
)  # fmt: skip


def _stuck(look: Look) -> TicketQuerySet:
    """Open with a unit or with the dispatchers, much moved, and nothing the customer saw since."""
    waiting = look.reader_tickets.filter(state__in=[State.NEW, *WITH_UNIT], source="")
    seen_at = Coalesce(traces.latest(*traces.SEEN), F("received_at"))
    moves = (
        traces.of_ticket(*traces.MOVED, at__gt=OuterRef("seen_at")).order_by().values("ticket")
        .annotate(n=Count("pk")).values("n")
    )  # fmt: skip
    return waiting.annotate(seen_at=seen_at).filter(
        seen_at__lte=look.now - look.hours("silence")
    ).alias(moves=Coalesce(Subquery(moves, output_field=IntegerField()), 0)).filter(
        moves__gte=look.number("moves")
    )  # fmt: skip


def _tell_stuck(tickets: Sequence[Ticket], look: Look) -> dict[int, Any]:
    def values(told: Story, ticket: Ticket) -> tuple[Any, ...]:
        seen_at = told.time(ticket, *traces.SEEN) or ticket.received_at
        moves = [one for one in told.events(ticket, *traces.MOVED) if one.at > seen_at]
        return len(moves), [one.get_code_display() for one in moves], seen_at, look.now - seen_at

    return story.each(tickets, values)


def _with_units(look: Look) -> TicketQuerySet:
    return look.reader_tickets.filter(state__in=[State.NEW, *WITH_UNIT], source="")


MOVES_WITHOUT_PROGRESS = Pattern(
    "moves-without-progress", (2,), _("Much moved, nothing seen"),
    _("Open tickets on which much was written and nothing happened that the customer could notice:"
      " no talk, no visit, no answer."),
    _("Work behind the scenes (a part on order, a dig permit) leaves no trace here. If there is a"
      " reason, the customer should have heard of it."),
    hits=_stuck, base=_with_units,
    columns=(
        Column(_("Moves since"), Shown.COUNT), Column(_("Which"), Shown.NAMES),
        Column(_("Customer last noticed"), Shown.MOMENT), Column(_("Silent for"), Shown.LENGTH),
    ),
    evidence=_tell_stuck,
    thresholds=(
        Threshold(
            "moves", _("Moves without anything seen"), Decimal(4), Measured.TIMES,
            _("Sent, signed, given on and paused once is ordinary; more is going in circles."),
        ),
        Threshold(
            "silence", _("Silence from which it counts"), Decimal(24), Measured.HOURS,
            _("A day and a night without a word is long for whoever waits."),
        ),
    ),
    acts=("urge", "supervise"), is_present=True,
)  # fmt: skip


def _orphans(look: Look) -> TicketQuerySet:
    """Not sent anywhere, or sent and signed for by nobody, for long; or with no person at all, as
    the engine's own alarm sees it."""
    waiting = _with_units(look)
    unsent = Q(state=State.NEW, latest_event_at__lte=look.now - look.minutes("unsent"))
    unsigned = Q(
        state=State.DISPATCHED, latest_event_at__lte=look.now - look.minutes("unsigned")
    )
    alarming = orphans.found(waiting, look.now).filter(
        why__in=_NO_ONE  # type: ignore[misc]
    )
    return waiting.filter(unsent | unsigned | Q(pk__in=alarming.values("pk")))


def _tell_orphans(tickets: Sequence[Ticket], look: Look) -> dict[int, Any]:
    def values(told: Story, ticket: Ticket) -> tuple[Any, ...]:
        stays = told.holdings(ticket)
        since = stays[-1].from_at if stays else ticket.received_at
        return ticket.get_state_display(), since, look.now - since, ticket.tracker.name

    return story.each(tickets, values)


NOBODY_HAS_IT = Pattern(
    "nobody-has-it", (22,), _("Nobody has it"),
    _("Open tickets that are with no person: not sent anywhere, or sent and signed for by nobody."),
    _("A dispatcher may be asking around. The first asked person still answers to the customer."),
    hits=_orphans, base=_with_units,
    columns=(
        Column(_("State"), Shown.TEXT), Column(_("Since"), Shown.MOMENT),
        Column(_("Waiting for"), Shown.LENGTH), Column(_("First asked"), Shown.TEXT),
    ),
    evidence=_tell_orphans,
    thresholds=(
        Threshold(
            "unsent", _("Logged and not sent"), Decimal(60), Measured.MINUTES,
            _("The rules send at once; what they leave, a dispatcher sees within the hour."),
        ),
        Threshold(
            "unsigned", _("Sent and not signed for"), Decimal(240), Measured.MINUTES,
            _("A lost slip left a paid customer without a telephone for seven days (founding"
              " documents)."),
        ),
    ),
    acts=("dispatch", "reassign"), is_present=True,
)  # fmt: skip


def _unattended(look: Look) -> TicketQuerySet:
    """Held, or tracked, by somebody who has left or is long absent with nobody standing in."""
    return orphans.found(_with_units(look), look.now).exclude(
        why__in=_NO_ONE  # type: ignore[misc]
    )


def _tell_unattended(tickets: Sequence[Ticket], look: Look) -> dict[int, Any]:
    return {ticket.pk: _whereabouts(ticket, look) for ticket in tickets}


def _whereabouts(ticket: Ticket, look: Look) -> tuple[Any, ...]:
    holder = ticket.lead_handler
    is_holder = holder is not None and (
        not holder.is_active or holder.presence == Staff.Presence.ABSENT
    )
    person = holder if is_holder and holder is not None else ticket.tracker
    role = _("Lead handler") if is_holder else _("First asked")
    state = person.get_presence_display() if person.is_active else _("Has left")
    since = person.presence_since
    return person.name, role, state, since, look.now - since if since else timedelta()


ABSENT_HOLDER = Pattern(
    "absent-holder", (23,), _("With somebody who is not there"),
    _("Open tickets whose handler or first asked person has left, or has been absent for long,"
      " without handing over."),
    _("Somebody may be standing in without it being written down; then write it down."),
    hits=_unattended, base=_with_units,
    columns=(
        Column(_("Person"), Shown.TEXT), Column(_("Role"), Shown.TEXT),
        Column(_("Presence"), Shown.TEXT), Column(_("Since"), Shown.MOMENT),
        Column(_("Absent for"), Shown.LENGTH),
    ),
    evidence=_tell_unattended,
    acts=("reassign", "supervise"), is_present=True,
)  # fmt: skip

PATTERNS = (PING_PONG, MOVES_WITHOUT_PROGRESS, NOBODY_HAS_IT, ABSENT_HOLDER)
