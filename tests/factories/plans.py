"""Rules and histories for the plan of a ticket's clocks, and what it says in words easy to read."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from organisation import working_time
from organisation.working_time import Counting, Limit, Unit
from tickets import deadlines
from tickets.deadlines import ClockRule, EventFact, PlannedClock, Rung

ZONE = ZoneInfo("Asia/Shanghai")
WEEK = {
    day: [["08:30", "12:00"], ["13:30", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")
}
OFFICE = working_time.calendar_from_data("office", 1, ZONE.key, WEEK, {}, "2026-12-31")
ALWAYS = working_time.calendar_from_data(
    "always", 1, ZONE.key, {}, {}, None, is_round_the_clock=True
)
CALENDARS = {"office": OFFICE, "always": ALWAYS}

FOUR_DAYS = Limit(4, Unit.WORKING_DAYS, Counting.FROM_NEXT_DAY)
NEXT_DAY = Limit(1, Unit.WORKING_DAYS, Counting.FROM_NEXT_DAY)
TWO_HOURS = Limit(2, Unit.HOURS)
LADDER = (Rung(1, NEXT_DAY, "unit_leader"), Rung(2, Limit(5, Unit.WORKING_DAYS), "supervisor"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE).astimezone(UTC)


def happened(*pairs: str) -> list[EventFact]:
    """Events from texts such as "received 03-02T10:00"."""
    return [EventFact(code, at(moment)) for code, moment in (pair.split() for pair in pairs)]


def rule(**changes: object) -> ClockRule:
    values: dict[str, object] = {
        "clock": "resolve",
        "limit": FOUR_DAYS,
        "calendar": "office",
        "starts_on": "received",
        "stops_on": ("done",),
        "is_internal": True,
        "reminders": (Decimal(50), Decimal(80)),
        "rungs": LADDER,
    }
    return ClockRule(**(values | changes))  # type: ignore[arg-type]


def total(**changes: object) -> ClockRule:
    return rule(clock="total", stops_on=("closed",), is_internal=False, **changes)


def only(found: tuple[PlannedClock, ...]) -> PlannedClock:
    assert len(found) == 1
    return found[0]


def planned(one: ClockRule, *pairs: str) -> PlannedClock:
    return only(deadlines.plan([one], CALENDARS, happened(*pairs)))


def local(moment: datetime | None) -> str | None:
    return moment and moment.astimezone(ZONE).strftime("%m-%dT%H:%M")


def fires(clock: PlannedClock) -> dict[str, str | None]:
    return {stage.stage: local(stage.fires_at) for stage in clock.stages}
