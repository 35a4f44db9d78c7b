"""What ought to be: a diary of every ticket of the desk, and the calendars and limits it was logged
under. The machine that drives the real verbs (test_engine_model) writes it beside them."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from organisation.models import Calendar
from organisation.roles import Role
from organisation.working_time import WorkingCalendar
from tests.tickets.naive_clocks import NaiveClock, Rule, rule_of
from tickets import policies
from tickets.kinds import Kind
from tickets.models import Ladder, Limit, Policy, Rung, Ticket

ENDS = ["resolved_on_the_spot", "closed", "cancelled"]
OFFICE, ALWAYS = "model-office", "model-always"
DAYS = ("mon", "tue", "wed", "thu", "fri")
OPEN = {
    "new", "dispatched", "in_progress", "suspended", "done_pending_review", "callback", "merged"
}  # fmt: skip

# clock, measure, amount, unit, counting, ends, starts, stops, calendar, internal, percents, ladder
Row = tuple[str, str, str, str, str, str, str, str, str, bool, list[int], bool]
_INSTANT, _NEXT_DAY, _CLOSE, _MIDNIGHT = (
    Limit.Counting.FROM_INSTANT, Limit.Counting.FROM_NEXT_DAY, Limit.Ends.BUSINESS_CLOSE,
    Limit.Ends.MIDNIGHT,
)  # fmt: skip
SIGN: Row = (
    "sign", "max", "2", "hours", _INSTANT, _CLOSE, "dispatched", "signed", ALWAYS, True, [], True
)  # fmt: skip
LIMITS: dict[Kind, list[Row]] = {
    Kind.COMPLAINT: [
        ("dispatch", "max", "30", "minutes", _INSTANT, _CLOSE, "received", "dispatched", ALWAYS,
         True, [50], False),
        SIGN,
        ("first_contact", "avg", "3", "working_hours", _INSTANT, _CLOSE, "dispatched", "contacted",
         OFFICE, True, [], False),
        ("first_contact", "max", "8", "working_hours", _INSTANT, _CLOSE, "dispatched", "contacted",
         OFFICE, True, [80], True),
        ("restore", "max", "16", "working_hours", _INSTANT, _CLOSE, "received", "done", OFFICE,
         True, [50, 80], True),
        ("reply", "max", "4", "working_days", _NEXT_DAY, _MIDNIGHT, "received", "done", OFFICE,
         False, [50, 80], True),
        ("total", "max", "10", "calendar_days", _INSTANT, _CLOSE, "received", "closed", ALWAYS,
         False, [75], False),
    ],
    Kind.REQUEST: [
        SIGN,
        ("reply", "max", "6", "working_days", _NEXT_DAY, _MIDNIGHT, "received", "done", OFFICE,
         True, [50, 80], True),
        ("total", "max", "20", "calendar_days", _INSTANT, _CLOSE, "received", "closed", ALWAYS,
         False, [], True),
    ],
}  # fmt: skip


@dataclass
class House:
    """The calendars and limits in force, version by version."""

    at: datetime
    categories: dict[Kind, str]
    ladder: Ladder = field(init=False)
    versions: dict[Kind, list[tuple[datetime, Policy]]] = field(default_factory=dict)
    calendar_versions: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ladder = Ladder.objects.create(code="model", version=1)
        for order, (amount, unit, role) in enumerate(
            [("2", "hours", Role.UNIT_LEADER), ("1", "working_days", Role.SUPERVISOR)], start=1
        ):
            Rung.objects.create(
                ladder=self.ladder, order=order, after_amount=Decimal(amount), after_unit=unit,
                role=role,
            )  # fmt: skip
        self.write_calendar(OFFICE, time(8, 30), time(17, 30))
        self.write_calendar(ALWAYS, None, None)
        for kind in LIMITS:
            self.write_policy(kind, Decimal(1), self.at)

    def write_calendar(self, code: str, opens: time | None, shuts: time | None) -> None:
        """One more version; tickets that are logged already keep theirs."""
        version = self.calendar_versions.get(code, 0) + 1
        week = {day: [[f"{opens:%H:%M}", f"{shuts:%H:%M}"]] for day in DAYS} if opens else {}
        Calendar.objects.create(
            code=code, version=version, time_zone="Asia/Shanghai", week=week,
            is_round_the_clock=opens is None, created_at=self.at,
        )  # fmt: skip
        self.calendar_versions[code] = version
        policies.calendar.cache_clear()

    def write_policy(self, kind: Kind, times: Decimal, at: datetime) -> None:
        """One more version with every limit that many times as long."""
        versions = self.versions.setdefault(kind, [])
        policy = Policy.objects.create(
            code=f"zz-model-{kind}".lower(), version=len(versions) + 1, effective_at=at,
            created_at=at, utility="power", kind=kind, category_code=self.categories[kind],
            return_amount=Decimal(300), most_extensions=3,
        )  # fmt: skip
        for row in LIMITS[kind]:
            self._write_limit(policy, row, times)
        versions.append((at, policy))

    def _write_limit(self, policy: Policy, row: Row, times: Decimal) -> None:
        (
            clock,
            measure,
            amount,
            unit,
            counting,
            ends,
            starts,
            stops,
            calendar,
            inside,
            percents,
            up,
        ) = row
        Limit.objects.create(
            policy=policy, clock=clock, measure=measure, amount=Decimal(amount) * times, unit=unit,
            counting=counting, ends=ends, starts_on=starts, stops_on=[stops, *ENDS],
            calendar_code=calendar, is_internal=inside, reminder_percents=percents,
            ladder=self.ladder if up else None,
        )  # fmt: skip

    def policy(self, kind: Kind, at: datetime) -> Policy:
        """The newest version that had taken effect by then."""
        return [policy for since, policy in self.versions[kind] if since <= at][-1]

    def rules(self, policy: Policy, calendars: dict[str, WorkingCalendar]) -> list[Rule]:
        limits = Limit.objects.filter(policy=policy).select_related("ladder").order_by("pk")
        return [rule_of(one, calendars) for one in limits]


@dataclass
class Diary:
    """One ticket as it ought to be."""

    pk: int
    kind: Kind
    at: datetime
    rules: list[Rule]
    policy: Policy
    calendars: dict[str, WorkingCalendar]
    state: str = "new"
    unit: str = ""
    rests_until: datetime | None = None
    is_signed_by_desk: bool = False
    is_ruled: bool = False
    returns: int = 0
    parent: int | None = None
    before_merge: tuple[str, str] | None = None
    replanned_at: datetime | None = None
    history: list[dict[str, Any]] = field(default_factory=list)
    clocks: dict[tuple[str, str], NaiveClock] = field(default_factory=dict)
    judged: set[tuple[str, str]] = field(default_factory=set)
    fired: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.clocks = {rule.key: NaiveClock(rule) for rule in self.rules}
        self.happen("received", self.at)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def happen(self, code: str, at: datetime, state: str = "", **facts: Any) -> None:
        """One event, told to every clock."""
        event = {"code": code, "at": at, **facts}
        self.history.append(event)
        self.state = state or self.state
        for clock in self.clocks.values():
            _tell(clock, event)

    def reclassify(self, kind: Kind, rules: list[Rule], policy: Policy, at: datetime) -> None:
        """Other limits, from the receipt on as history tells; what was judged stays judged."""
        before, self.clocks = self.clocks, {}
        self.kind, self.rules, self.policy, self.replanned_at = kind, rules, policy, at
        for rule in rules:
            clock, known = NaiveClock(rule), before.get(rule.key)
            for event in self.history:
                _tell(clock, event)
            clock.is_missed = bool(known and known.is_missed)
            clock.fired = set(known.fired) if known else set()
            self.clocks[rule.key] = clock
        # Limits that hold only now judge nothing that had ended before.
        self.judged = {key for key, clock in self.clocks.items() if clock.stopped_at is not None}
        self.history.append({"code": "reclassified", "at": at})

    def waiting(self) -> dict[tuple[str, str, str], datetime]:
        """Everything that is still to fire."""
        return {
            (*key, stage): instant
            for key, clock in self.clocks.items()
            for stage, instant in clock.waiting().items()
            if not self._is_too_late(stage, instant)
        }

    def fire(self, at: datetime) -> bool:
        """Let fire what is due; whether the desk is to sign because nobody did."""
        if not self.is_open:
            return False
        for key, clock in self.clocks.items():
            for stage in clock.fire(at):
                instant = clock.stages[stage]
                assert instant is not None
                if not self._is_too_late(stage, instant):
                    self.fired[key[0], stage] += 1
                    if (key[0], stage) == ("sign", "due") and self.state == "dispatched":
                        return True
        return False

    def _is_too_late(self, stage: str, instant: datetime) -> bool:
        """A reminder of a limit that did not hold yet when it would have come."""
        is_warning = stage.startswith(("remind", "warn"))
        return is_warning and self.replanned_at is not None and instant < self.replanned_at


def _tell(clock: NaiveClock, event: dict[str, Any]) -> None:
    if event["code"] != "extended":
        clock.happen(event["code"], event["at"])
        return
    is_meant = clock.rule.clock == event["clock"] and clock.stopped_at is None
    if is_meant and clock.due_at is not None and event["at"] <= clock.due_at:
        clock.extend(event["until"], event["at"])


def opened(ticket: Ticket, house: House) -> Diary:
    """The diary of a ticket that was just logged."""
    kind = Kind(ticket.kind)
    policy = house.policy(kind, ticket.received_at)
    assert ticket.policy_id == policy.pk
    versions = house.calendar_versions
    assert {code: ticket.calendar_versions[code] for code in versions} == versions
    calendars = {code: policies.calendar(code, version) for code, version in versions.items()}
    return Diary(
        ticket.pk, kind, ticket.received_at, house.rules(policy, calendars), policy, calendars
    )
