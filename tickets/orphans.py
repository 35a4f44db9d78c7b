"""Open tickets that nobody has: with no person, or with one who has left or is long absent
(domain §6 rows 22 and 23) (question).

The engine's alarm and the watch lists ask the same questions here.
"""

from datetime import datetime, timedelta

from django.db.models import Case, CharField, Q, QuerySet, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from organisation import roles
from organisation.models import Staff
from organisation.roles import Permission
from servicedesk.lib.among import among
from tickets.models.ticket import TicketQuerySet
from tickets.states import WITH_UNIT, State

# A free day is covered by the deputy or the next shift; longer needs a hand-over. No founding
# document gives a number.
LONG_ABSENT = timedelta(hours=24)


class Why(TextChoices):
    """Why nobody has it; the first that fits is said."""

    HANDLER_LEFT = "handler_left", _("Its lead handler has left")
    HANDLER_ABSENT = "handler_absent", _("Its lead handler is absent, and so is the deputy")
    NO_PERSON = "no_person", _("It is with a unit and no person")
    TRACKER_LEFT = "tracker_left", _("Its first-asked tracker has left")
    TRACKER_ABSENT = "tracker_absent", _("Its first-asked tracker is absent, and so is the deputy")
    NO_DISPATCHER = "no_dispatcher", _("No dispatcher is there to send it")


def found(tickets: TicketQuerySet, at: datetime) -> TicketQuerySet:
    """Those that nobody has at the instant, each with `why` as one of Why."""
    reasons = _reasons(at)
    whichever = Q(pk__in=[])
    for one in reasons.values():
        whichever |= one
    whys = [When(one, then=Value(code)) for code, one in reasons.items()]
    # What another system recorded is not lived here.
    return tickets.open().filter(whichever, source="").annotate(
        why=Case(*whys, default=Value(""), output_field=CharField())
    )  # fmt: skip


def with_nobody() -> Q:
    """With a unit, and in it with no person."""
    return Q(state__in=WITH_UNIT, lead_handler=None)


def _reasons(at: datetime) -> dict[Why, Q]:
    left = Staff.objects.filter(is_active=False)
    absent = _without_stand_in(at)
    return {
        Why.HANDLER_LEFT: Q(state__in=WITH_UNIT) & _is(left, "lead_handler_id"),
        Why.HANDLER_ABSENT: Q(state__in=WITH_UNIT) & _is(absent, "lead_handler_id"),
        Why.NO_PERSON: with_nobody(),
        Why.TRACKER_LEFT: _is(left, "tracker_id"),
        Why.TRACKER_ABSENT: _is(absent, "tracker_id"),
        Why.NO_DISPATCHER: Q(state=State.NEW) & ~_is_dispatched_for(),
    }


def _is(people: QuerySet[Staff], column: str) -> Q:
    return among(column, people.values("pk"))


def _without_stand_in(at: datetime) -> QuerySet[Staff]:
    """Long absent, with no deputy or one who is not there either."""
    since = Q(presence_since__lte=at - LONG_ABSENT) | Q(presence_since=None)
    away = Staff.objects.filter(since, is_active=True, presence=Staff.Presence.ABSENT)
    has_deputy = Q(deputy__is_active=True) & ~Q(deputy__presence=Staff.Presence.ABSENT)
    return away.exclude(has_deputy)


def _is_dispatched_for() -> Q:
    """Of a company where somebody who may dispatch is there."""
    holders = sorted(roles.holding(Permission.DISPATCH))
    there = Staff.objects.filter(is_active=True, roles__overlap=holders)
    there = there.exclude(presence=Staff.Presence.ABSENT).select_related("unit")
    served = Q(pk__in=[])
    for path in {one.scope_path for one in there}:
        served |= Q(scope_path__startswith=path)
    return served
