"""Friends first, and several voices (领导件优先, 多头答复: domain §6 rows 24, 28) (question)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Avg, Case, Count, Exists, F, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from reports.figures.timeliness import HANDLING_TIME, MedianAndP90
from reports.watch import story
from reports.watch.definition import Column, Look, Pattern, Shown
from reports.watch.story import PROMISED, Story
from tickets.kinds import Priority
from tickets.models import Clock, Event, Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.states import Happening as H


def _overridden(look: Look) -> TicketQuerySet:
    return look.with_event(H.PRIORITY_CHANGED)


def _tell_overridden(tickets: Sequence[Ticket], look: Look) -> dict[int, Any]:
    def values(told: Story, ticket: Ticket) -> tuple[Any, ...]:
        event = told.latest(ticket, H.PRIORITY_CHANGED)
        assert event is not None
        steps = [_priority(event.facts.get(name, "")) for name in ("from", "to")]
        return told.person(event), " → ".join(steps), event.at, str(event.facts.get("reason", ""))

    return story.each(tickets, values)


def _priority(code: str) -> str:
    return str(Priority(code).label) if code in Priority.values else "–"


@dataclass(frozen=True)
class Class:
    """How one sort of customers fares: how many, how long, how often their promise was kept."""

    code: str
    n: int
    median: timedelta | None
    p90: timedelta | None
    limit: timedelta | None
    overridden: int


# Whoever the customer is (七个一样): what differs must have its reason in a rule, not in a person.
_CLASSES = Case(
    When(customer__is_key_account=True, then=Value("key_account")),
    When(customer__needs_care=True, then=Value("needs_care")),
    When(customer=None, then=Value("unknown")),
    default=Value("ordinary"),
)


def fairness(look: Look) -> list[Class]:
    """Limits and times of the tickets done in the period, by the sort of customer."""
    changed = Event.objects.filter(ticket=OuterRef("pk"), code=H.PRIORITY_CHANGED)
    rows = (
        look.done().annotate(sort=_CLASSES).order_by().values("sort")
        .annotate(
            n=Count("pk"), times=MedianAndP90(HANDLING_TIME),
            overridden=Count("pk", filter=Q(Exists(changed))),
        )
    )  # fmt: skip
    granted = dict(
        Clock.objects.filter(
            ticket__in=look.done().values("pk"), name__in=PROMISED, measure="max",
            first_due_at__isnull=False,
        ).annotate(
            sort=Case(
                When(ticket__customer__is_key_account=True, then=Value("key_account")),
                When(ticket__customer__needs_care=True, then=Value("needs_care")),
                When(ticket__customer=None, then=Value("unknown")),
                default=Value("ordinary"),
            )
        ).order_by().values_list("sort").annotate(limit=Avg(F("first_due_at") - F("started_at")))
    )  # fmt: skip
    return [_class(row, granted) for row in sorted(rows, key=lambda row: -row["n"])]


def _class(row: Mapping[str, Any], granted: dict[str, timedelta]) -> Class:
    median, p90 = row["times"] or (None, None)
    limit = granted.get(row["sort"])
    return Class(row["sort"], row["n"], median, p90, limit, row["overridden"])


PRIORITY_OVERRIDES = Pattern(
    "priority-overrides", (24,), _("Priority changed by hand"),
    _("Tickets that were moved up or down by hand: by whom, from what to what, and why. Above the"
      " list stands how each sort of customer fares: the same limits for everybody."),
    _("Urgency can show itself late. A reason that names a danger is one; a reason that names a"
      " person is none."),
    hits=_overridden, base=Look.received,
    columns=(
        Column(_("Done by"), Shown.TEXT), Column(_("From and to"), Shown.TEXT),
        Column(_("When"), Shown.MOMENT), Column(_("Reason"), Shown.WORDS),
    ),
    evidence=_tell_overridden, panel=fairness, acts=("priority", "supervise"),
)  # fmt: skip


def _spoken_with(look: Look) -> TicketQuerySet:
    return look.with_event(H.CONTACTED)


def _several_voices(look: Look) -> TicketQuerySet:
    """Two handling units or more spoke with one customer about one ticket; whoever took the call
    in may always speak with them."""
    talks = look.happened(H.CONTACTED).filter(by_id__isnull=False).exclude(
        unit_id=F("ticket__intake_unit")
    )  # fmt: skip
    several = talks.order_by().values("ticket").annotate(n=Count("unit_id", distinct=True))
    return look.reader_tickets.filter(pk__in=several.filter(n__gte=2).values("ticket"))


def _tell_voices(tickets: Sequence[Ticket], look: Look) -> dict[int, Any]:
    def values(told: Story, ticket: Ticket) -> tuple[Any, ...]:
        talks = [
            event for event in told.events(ticket, H.CONTACTED)
            if event.by_id and event.unit_id != ticket.intake_unit_id
        ]  # fmt: skip
        units = told.units(talks)
        return len(units), units, talks[0].at, talks[-1].at

    return story.each(tickets, values)


SEVERAL_VOICES = Pattern(
    "several-voices", (28,), _("Several units answering"),
    _("Customers who heard from two or more handling units about one ticket. The lead unit alone"
      " answers; co-handlers tell the lead."),
    _("A ticket that rightly changed its unit also has two voices. Compare the dates."),
    hits=_several_voices, base=_spoken_with,
    columns=(
        Column(_("Number of units"), Shown.COUNT), Column(_("Units"), Shown.NAMES),
        Column(_("First talk"), Shown.MOMENT), Column(_("Latest talk"), Shown.MOMENT),
    ),
    evidence=_tell_voices,
)  # fmt: skip

PATTERNS = (PRIORITY_OVERRIDES, SEVERAL_VOICES)
