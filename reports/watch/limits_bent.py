"""Limits kept on paper: stopped on the due day, typed in later, finished in the last minutes, lost
in a holiday (挂起停表, 回填时间, 卡点回单, 节假日黑洞: domain §6 rows 13, 14, 15, 26) (question)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import (
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Extract, Floor
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organisation import working_time
from reports import chance, heaps
from reports.chance import Standing
from reports.heaps import Heap
from reports.watch import story, traces
from reports.watch.definition import (
    Column,
    Look,
    Measured,
    Pattern,
    Shown,
    Threshold,
    compared,
)
from reports.watch.story import PROMISED, Story
from tickets import policies
from tickets.kinds import ClockName
from tickets.models import Clock, Ticket
from tickets.models.policy import LimitUnit
from tickets.models.ticket import TicketQuerySet
from tickets.states import WITH_UNIT, State
from tickets.states import Happening as H

_STOPPED = (H.SUSPENDED, H.EXTENDED)
_WORKING = (LimitUnit.WORKING_DAYS, LimitUnit.WORKING_HOURS)


def _due_in_period(look: Look) -> TicketQuerySet:
    due = Clock.objects.filter(
        ticket=OuterRef("pk"), name__in=PROMISED, measure="max", **look.within("first_due_at")
    )
    return look.reader_tickets.filter(Exists(due), source="")


def _stopped_late(look: Look) -> TicketQuerySet:
    """Suspended or extended in the last hours before the promise first fell due, or after it."""
    due_soon = Clock.objects.filter(
        ticket=OuterRef("ticket"), name__in=PROMISED, measure="max",
        first_due_at__lte=OuterRef("at") + look.hours("before_due"),
    )  # fmt: skip
    stopped = look.happened(*_STOPPED).filter(Exists(due_soon))
    return look.reader_tickets.filter(pk__in=stopped.values("ticket_id"))


def _tell_stopped(tickets: Sequence[Ticket], look: Look) -> dict[int, Any]:
    def values(told: Story, ticket: Ticket) -> tuple[Any, ...]:
        event = told.latest(ticket, *_STOPPED)
        clock = told.promised(ticket)
        assert event is not None
        due_at = clock.first_due_at if clock else None
        left = due_at - event.at if due_at else None
        end = ticket.done_at or look.now
        life = (end - ticket.received_at) or timedelta(seconds=1)
        paused = told.dwell(ticket, State.SUSPENDED, look.now) / life
        reason = str(event.facts.get("reason", ""))
        return event.get_code_display(), event.at, due_at, left, min(paused, 1.0), reason

    return story.each(tickets, values)


STOPPED_WHEN_DUE = Pattern(
    "stopped-when-due", (13,), _("Clock stopped on the due day"),
    _("Suspended or given more time in the last hours before the promise fell due, or after it; and"
      " how much of its life the ticket spent suspended. The total clock never stops."),
    _("A part that did not come is known only on the day it does not come. Who approved it stands"
      " on the ticket."),
    hits=_stopped_late, base=_due_in_period,
    columns=(
        Column(_("Event"), Shown.TEXT), Column(_("When"), Shown.MOMENT),
        Column(_("First due"), Shown.MOMENT), Column(_("Left then"), Shown.LENGTH),
        Column(_("Suspended share"), Shown.PERCENT), Column(_("Reason"), Shown.WORDS),
    ),
    evidence=_tell_stopped,
    thresholds=(
        Threshold(
            "before_due", _("Stopped less than this before due"), Decimal(8), Measured.HOURS,
            _("Whoever needs more time usually knows it before the last working day."),
        ),
    ),
    acts=("resume", "supervise"),
)  # fmt: skip


def _typed_at() -> Cast:
    return Cast(KeyTextTransform("typed_at", "facts"), DateTimeField())


def _arrivals(look: Look) -> TicketQuerySet:
    return look.with_event(H.ARRIVED)


def _typed_later(look: Look) -> TicketQuerySet:
    typed = look.happened(H.ARRIVED).filter(facts__has_key="typed_at").alias(typed=_typed_at())
    late = typed.filter(at__gte=F("typed") + look.minutes("typed"))
    return look.reader_tickets.filter(pk__in=late.values("ticket_id"))


def _tell_typed(tickets: Sequence[Ticket], look: Look) -> dict[int, Any]:
    def values(told: Story, ticket: Ticket) -> tuple[Any, ...]:
        event = [one for one in told.events(ticket, H.ARRIVED) if "typed_at" in one.facts][-1]
        typed = datetime.fromisoformat(event.facts["typed_at"]).astimezone(UTC)
        clock = told.clock(ticket, ClockName.ARRIVE)
        due_at = clock.first_due_at if clock else None
        return told.person(event), typed, event.at, event.at - typed, due_at, _verdict(
            typed, event.at, due_at
        )

    return story.each(tickets, values)


def _verdict(typed: datetime, at: datetime, due_at: datetime | None) -> Any:
    if due_at is None:
        return "–"
    if typed <= due_at < at:
        return _("In time only as typed")
    return _("In time") if at <= due_at else _("Late either way")


def arrival_stretches(look: Look) -> dict[int, dict[int, int]]:
    """By unit, how many arrivals lie in each tenth of the limit around it; a time typed by hand
    counts as typed."""
    clock = Clock.objects.filter(
        name=ClockName.ARRIVE, measure="max", due_at__isnull=False,
        ticket__events__code=H.ARRIVED, ticket__in=_arrivals(look).values("pk"),
        **{f"ticket__events__{name}": at for name, at in look.within("at").items()},
    )  # fmt: skip
    typed = Cast(KeyTextTransform("typed_at", "ticket__events__facts"), DateTimeField())
    arrived = Coalesce(typed, F("ticket__events__at"))
    return _stretches(
        clock, arrived, _seconds(F("due_at") - F("started_at")) / 10.0, "ticket__lead_unit"
    )


def _stretches(
    clocks: QuerySet[Clock], ended: Any, width: Any, unit: str
) -> dict[int, dict[int, int]]:
    past = _seconds(ended - F("due_at"))
    stretch = Floor(past / width, output_field=IntegerField())
    near = clocks.annotate(stretch=stretch).filter(
        stretch__gte=-heaps.BEFORE, stretch__lt=heaps.AFTER
    )
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for pk, place, n in near.order_by().values_list(unit, "stretch").annotate(n=Count("pk")):
        if pk is not None:
            found[pk][int(place)] = n
    return found


def _seconds(length: Any) -> Extract:
    wrapped = ExpressionWrapper(length, output_field=DurationField())
    return Extract(wrapped, "epoch", output_field=FloatField())


def arrival_heaps(look: Look) -> dict[int, Heap]:
    """The heap before the arrival limit, unit by unit."""
    times = float(look.measures["heap"])
    return {unit: heaps.heap(bins, times=times) for unit, bins in arrival_stretches(look).items()}


def _judge_arrivals(look: Look, pattern: Pattern) -> dict[int | None, Standing]:
    """A unit stands out by typing in later more than the others, or by a heap just in time."""
    found = compared(look, pattern.cases(look), pattern.chances(look))
    by_unit = arrival_heaps(look)
    rare = chance.holm({unit: one.probability for unit, one in by_unit.items()})
    for unit in rare & found.keys():
        if by_unit[unit].below >= look.number("least"):
            one = found[unit]
            found[unit] = Standing(one.hits, one.n, one.others, by_unit[unit].probability, True)
    return found


HEAP = Threshold(
    "heap", _("Heap just before the limit, of its neighbours"), Decimal(2), Measured.FOLD,
    _("Honest people hurry towards a limit as well; twice the stretches beside it is beyond"
      " hurrying."),
)  # fmt: skip

TYPED_IN_LATER = Pattern(
    "typed-in-later", (14,), _("Arrivals typed in later"),
    _("Arrivals whose time was typed by hand, well after it was said to be. The desk keeps its own"
      " time beside the typed one. A unit also stands out whose arrivals heap just before the limit:"
      " 44 minutes of 45."),
    _("In a cellar without signal a crew types later, and hurrying crews do come just in time. A"
      " heap speaks of many arrivals, not of this one."),
    hits=_typed_later, base=_arrivals,
    columns=(
        Column(_("Done by"), Shown.TEXT), Column(_("Arrived, as typed"), Shown.MOMENT),
        Column(_("Typed at"), Shown.MOMENT), Column(_("Later by"), Shown.LENGTH),
        Column(_("Limit"), Shown.MOMENT), Column(_("Judged"), Shown.TEXT),
    ),
    evidence=_tell_typed, judge=_judge_arrivals, heaps=arrival_heaps,
    thresholds=(
        Threshold(
            "typed", _("Typed later by at least"), Decimal(15), Measured.MINUTES,
            _("Washing one's hands and finding the phone takes less."),
        ),
        HEAP,
    ),
)  # fmt: skip


def _promised_and_done(look: Look) -> QuerySet[Clock]:
    """Limits long enough to have last minutes: half an hour of an hour would say nothing."""
    length = ExpressionWrapper(F("due_at") - F("started_at"), output_field=DurationField())
    return Clock.objects.filter(
        name__in=PROMISED, measure="max", due_at__isnull=False, ticket__in=_done(look).values("pk")
    ).alias(length=length).filter(length__gte=timedelta(hours=8))  # fmt: skip


def _done(look: Look) -> TicketQuerySet:
    return look.done()


def _last_minutes(look: Look) -> TicketQuerySet:
    clock = Clock.objects.filter(
        ticket=OuterRef("pk"), name__in=PROMISED, measure="max",
        due_at__gte=OuterRef("done_at"), due_at__lt=OuterRef("done_at") + look.minutes("last"),
        started_at__lte=F("due_at") - timedelta(hours=8),
    )  # fmt: skip
    return _done(look).filter(Exists(clock))


def _tell_last(tickets: Sequence[Ticket], look: Look) -> dict[int, Any]:
    def values(told: Story, ticket: Ticket) -> tuple[Any, ...]:
        clock, done = told.promised(ticket), told.latest(ticket, H.DONE)
        due_at = clock.due_at if clock else None
        left = due_at - ticket.done_at if due_at and ticket.done_at else None
        met = len(told.events(ticket, *traces.MET))
        return told.person(done), ticket.done_at, due_at, left, met

    return story.each(tickets, values)


def done_heaps(look: Look) -> dict[int, Heap]:
    """The heap of reports before the promise falls due, unit by unit, in steps of the last
    minutes."""
    width = float(look.measures["last"]) * 60
    by_unit = _stretches(_promised_and_done(look), F("ticket__done_at"), width, "ticket__lead_unit")
    times = float(look.measures["fold"])
    return {unit: heaps.heap(bins, times=times) for unit, bins in by_unit.items()}


LAST_MINUTES = Pattern(
    "last-minutes", (15,), _("Finished in the last minutes"),
    _("Reported done in the last minutes before the promise fell due. Many finish work before going"
      " home, so a unit is held against the others and not against the clock."),
    _("Just in time is in time. Ask whether the matter was really finished then, or written off."),
    hits=_last_minutes, base=_done,
    columns=(
        Column(_("Reported by"), Shown.TEXT), Column(_("Done"), Shown.MOMENT),
        Column(_("Due"), Shown.MOMENT), Column(_("Left then"), Shown.LENGTH),
        Column(_("Talks and visits"), Shown.COUNT),
    ),
    evidence=_tell_last, heaps=done_heaps,
    thresholds=(
        Threshold(
            "last", _("Done less than this before due"), Decimal(30), Measured.MINUTES,
            _("Of a limit of days, the last half hour is a sliver: few end there by themselves."),
        ),
    ),
    acts=("review", "supervise"),
)  # fmt: skip


def _on_working_time(look: Look) -> TicketQuerySet:
    """Open with a unit for that long, in time, judged by a clock that rests on days off."""
    resting = Clock.objects.filter(
        ticket=OuterRef("pk"), measure="max", stopped_at=None, due_at__gt=look.now,
        name__in=PROMISED, limit__unit__in=_WORKING,
    )  # fmt: skip
    long_ago = Q(received_at__lte=look.now - look.days("silent"))
    return look.reader_tickets.filter(Exists(resting), long_ago, state__in=WITH_UNIT)


def _in_the_hole(look: Look) -> TicketQuerySet:
    seen = traces.has(*traces.SEEN, at__gt=look.now - look.days("silent"))
    return _on_working_time(look).filter(~seen)


def _tell_hole(tickets: Sequence[Ticket], look: Look) -> dict[int, Any]:
    def values(told: Story, ticket: Ticket) -> tuple[Any, ...]:
        clock = told.promised(ticket)
        seen_at = told.time(ticket, *traces.SEEN) or ticket.received_at
        calendar = (_day(look.now) - _day(ticket.received_at)).days
        working = _working_days(ticket, clock, look.now)
        return calendar, working, seen_at, look.now - seen_at, clock.due_at if clock else None

    return story.each(tickets, values)


def _working_days(ticket: Ticket, clock: Clock | None, now: datetime) -> int | None:
    """Working days gone since receipt by the ticket's own calendar."""
    if clock is None or clock.limit is None:
        return None
    code = clock.limit.calendar_code
    version = ticket.calendar_versions.get(code)
    if version is None:
        return None
    calendar = policies.calendar(code, version)
    return working_time.working_days_between(calendar, _day(ticket.received_at), _day(now))


def _day(moment: datetime) -> date:
    return timezone.localtime(moment, ZoneInfo(settings.TIME_ZONE)).date()


HOLIDAY_HOLE = Pattern(
    "holiday-hole", (26,), _("Lost in a holiday"),
    _("Open tickets that are in time only because days off do not count, while the customer has"
      " heard nothing for days. Both counts stand side by side: days as the customer lives them, and"
      " working days."),
    _("The limit is kept. But a call before the holiday would have cost a minute."),
    hits=_in_the_hole, base=_on_working_time,
    columns=(
        Column(_("Days gone"), Shown.COUNT), Column(_("Working days gone"), Shown.COUNT),
        Column(_("Customer last noticed"), Shown.MOMENT), Column(_("Silent for"), Shown.LENGTH),
        Column(_("Due"), Shown.MOMENT),
    ),
    evidence=_tell_hole,
    thresholds=(
        Threshold(
            "silent", _("Days without a word"), Decimal(5), Measured.DAYS,
            _("A weekend is two days; five without a word is a holiday or forgetting."),
        ),
    ),
    acts=("urge", "supervise"), is_present=True,
)  # fmt: skip

PATTERNS = (STOPPED_WHEN_DUE, TYPED_IN_LATER, LAST_MINUTES, HOLIDAY_HOLE)
