"""Which version of which limits a ticket is judged by, and its rules as plain values (question)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from customers.models import Customer
from organisation import working_time
from organisation.models import Calendar
from tickets import deadlines, limit_selection, special_periods, stay_limits
from tickets.kinds import ClockName, CustomerClass, Level
from tickets.models import Category, Limit, Policy, Rung, Ticket
from tickets.states import Happening, State

# A result that is sent back was none: the clock it stopped runs on to the same due time.
_UNDOING = (Happening.REJECTED, Happening.SENT_BACK)

# Whatever a limit says of dispatching and signing holds for the other ways there: a ruling and a
# transfer are dispatches, the desk's own signature is a signature. A returned ticket waits for the
# dispatchers anew, and the next unit has its own time to sign. A merged ticket is sent nowhere by
# itself: whoever has the other one has it.
_ALSO_STOPS: dict[str, tuple[Happening, ...]] = {
    Happening.DISPATCHED: (Happening.ADJUDICATED, Happening.MERGED),
    Happening.SIGNED: (
        Happening.AUTO_SIGNED, Happening.RETURNED, Happening.TRANSFERRED, Happening.MERGED,
    ),
}
_ALSO_STARTS: dict[str, tuple[Happening, ...]] = {
    Happening.DISPATCHED: (Happening.RETURNED,),
    Happening.SIGNED: (Happening.ADJUDICATED, Happening.TRANSFERRED),
}

# Ends of a matter that the limits, written as data, know by another name.
READ_AS: dict[str, Happening] = {
    Happening.REFERRED: Happening.DONE, Happening.REFUSED: Happening.DONE,
    Happening.WITHDRAWN: Happening.CANCELLED,
}  # fmt: skip

# A merge undone leads back to where the ticket was before: there it waits anew.
UNMERGED_AS: dict[str, Happening] = {
    State.NEW: Happening.RETURNED, State.DISPATCHED: Happening.TRANSFERRED,
}  # fmt: skip


def choose(*, ticket: Ticket, at: datetime) -> Policy | None:
    """The policy in force at the instant that holds for the ticket, or None where no limit is set;
    how it is chosen stands in tickets.limit_selection."""
    found = in_force(at)
    matter = matter_of(ticket)
    if any(policy.special_period for policy in found):
        periods = special_periods.covering(
            ticket.received_at or at, utility=ticket.utility, company_path=ticket.scope_path
        )
        matter = replace(matter, periods=periods)
    return next(iter(limit_selection.ranked(found, matter)), None)


def matter_of(ticket: Ticket) -> limit_selection.Matter:
    """What the choice looks at in a ticket, which may be unsaved; without the special periods."""
    return limit_selection.Matter(
        utility=ticket.utility, kind=ticket.kind,
        category_codes=tuple(one.code for one in _lineage(ticket.category)),
        area_class=ticket.territory.area_class if ticket.territory else "",
        channel=ticket.channel, level=ticket.level or Level.GENERAL,
        customer_classes=customer_classes(ticket.customer), company_path=ticket.scope_path,
        is_safety=ticket.category.is_safety,
    )  # fmt: skip


def customer_classes(customer: Customer | None) -> frozenset[str]:
    """The sorts of customers (tickets.kinds.CustomerClass) that somebody is of."""
    if customer is None:
        return frozenset({CustomerClass.ORDINARY})
    is_firm = customer.kind == Customer.Kind.FIRM
    found = {CustomerClass.FIRM if is_firm else CustomerClass.PERSON}
    found.add(CustomerClass.KEY_ACCOUNT if customer.is_key_account else CustomerClass.ORDINARY)
    if customer.needs_care:
        found.add(CustomerClass.VULNERABLE)
    return frozenset(found)


def _lineage(category: Category | None) -> Iterator[Category]:
    """The category and the groups above it."""
    while category is not None:
        yield category
        category = category.parent


def in_force(at: datetime) -> list[Policy]:
    """The version of every policy that is in force at the instant."""
    return list(Policy.objects.in_force(at).select_related("company"))


@lru_cache(maxsize=2048)
def rules(policy_id: int) -> tuple[deadlines.ClockRule, ...]:
    """The clock rules of one policy version; a version never changes, so this may be kept."""
    limits = Limit.objects.filter(policy_id=policy_id).order_by("id")
    return tuple(_rule(limit) for limit in limits.prefetch_related("ladder__rungs"))


@lru_cache(maxsize=2048)
def heard(policy_id: int) -> frozenset[str]:
    """The codes of events that can start, stop or move a clock of one policy version."""
    codes = {
        deadlines.SUSPENDED, deadlines.RESUMED, deadlines.EXTENDED, Happening.RECLASSIFIED,
        Happening.UNMERGED, Happening.CALENDAR_TAKEN,
    }  # fmt: skip
    for rule in rules(policy_id):
        codes |= {rule.starts_on, *rule.starts_again_on, *rule.stops_on, *rule.continues_on}
        codes |= {*rule.also_starts_on, *rule.begins_on, *rule.renews_on}
    return frozenset(codes | {code for code, name in READ_AS.items() if name in codes})


@lru_cache(maxsize=2048)
def limit_ids(policy_id: int) -> dict[tuple[str, str], int]:
    """The limit behind each clock and measure of one policy version."""
    limits = Limit.objects.filter(policy_id=policy_id)
    return {(clock, measure): pk for clock, measure, pk in limits.values_list("clock", "measure", "pk")}


def _rule(limit: Limit) -> deadlines.ClockRule:
    is_stay = limit.clock == ClockName.DWELL
    rungs = sorted(limit.ladder.rungs.all(), key=lambda r: r.order) if limit.ladder else []
    return deadlines.ClockRule(
        clock=limit.clock,
        calendar=limit.calendar_code,
        limit=working_time.Limit(
            amount=limit.amount, unit=working_time.Unit(limit.unit),
            counting=working_time.Counting(limit.counting), ends=working_time.Ending(limit.ends),
            cut_off=limit.cut_off, next_opening=limit.next_opening,
        ),
        starts_on=limit.starts_on,
        stops_on=_stops(limit, is_stay),
        is_internal=limit.is_internal,
        kind=deadlines.ClockKind(limit.measure),
        reminders=_reminders(limit),
        rungs=tuple(_rung(rung) for rung in rungs),
        continues_on=_UNDOING if Happening.DONE in limit.stops_on and not is_stay else (),
        also_starts_on=() if is_stay else _also(_ALSO_STARTS, limit),
        begins_on=_begins(limit, is_stay),
        renews_on=stay_limits.renews_on(limit.starts_on, _stops(limit, True)) if is_stay else (),
    )  # fmt: skip


def _stops(limit: Limit, is_stay: bool) -> tuple[str, ...]:
    written = (*limit.stops_on, *_also(_ALSO_STOPS, limit))
    return stay_limits.ends_on(limit.starts_on, written) if is_stay else written


def _begins(limit: Limit, is_stay: bool) -> tuple[str, ...]:
    """Other names of the starting event, unless the limit says that they stop it."""
    also = (Happening.AUTO_SIGNED,) if limit.starts_on == Happening.SIGNED else ()
    found = stay_limits.begins_on(limit.starts_on) if is_stay else also
    stops = _stops(limit, is_stay)
    return tuple(code for code in found if code not in stops)


def _reminders(limit: Limit) -> tuple[Decimal | timedelta, ...]:
    """Shares of the limit and times before the due time, each once."""
    shares = (Decimal(percent) for percent in dict.fromkeys(limit.reminder_percents))
    times = (timedelta(minutes=minutes) for minutes in dict.fromkeys(limit.reminder_minutes))
    return (*shares, *times)


def _also(table: Mapping[str, tuple[Happening, ...]], limit: Limit) -> tuple[Happening, ...]:
    """What the table adds to the events that stop the limit."""
    return tuple(code for stop in limit.stops_on for code in table.get(stop, ()))


def _rung(rung: Rung) -> deadlines.Rung:
    after = working_time.Limit(amount=rung.after_amount, unit=working_time.Unit(rung.after_unit))
    return deadlines.Rung(order=rung.order, after=after, role=rung.role)


@lru_cache(maxsize=256)
def calendar(code: str, version: int) -> working_time.WorkingCalendar:
    """One calendar version as a plain value."""
    return Calendar.objects.get(code=code, version=version).plain()


def newest_calendars(company_path: str = "") -> dict[str, int]:
    """The newest version of each calendar, by code: that with the company's own days, where it has
    some."""
    return dict(Calendar.objects.newest_for(company_path).values_list("code", "version"))


def calendars_of(ticket: Ticket) -> dict[str, working_time.WorkingCalendar]:
    """The calendars the ticket was judged by; beside them those by which single runs of a clock
    stay judged, each under its `kept_as`."""
    return {
        name: calendar(name.partition("@")[0], version)
        for name, version in ticket.calendar_versions.items()
    }


def kept_as(code: str, clock: str, kind: str, run: int) -> str:
    """The name under which a ticket keeps the calendar version by which one run of a clock was
    judged, when it took over a newer one."""
    return f"{code}@{clock}/{kind}/{run}"
