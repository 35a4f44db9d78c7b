"""Make the clocks and waiting deadlines of a ticket equal to the pure plan (ledger)."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max

from tickets import clock_facts, deadlines, policies
from tickets.models import Clock, Deadline, Event, Policy, Ticket

# What can honestly be promised to a customer, in this order of preference.
_PROMISES = ("reply", "restore", "arrive", "first_contact")

# What of a clock changes while the ticket lives.
_MOVING = (
    "limit_id", "generation", "started_at", "due_at", "first_due_at", "stopped_at", "missed_at",
    "is_provisional",
)  # fmt: skip


def replan(*, ticket: Ticket, at: datetime, is_anew: bool = False) -> None:
    """Write what plan(limits, calendars, events) says; keeps rows that already say it. `is_anew`
    under another policy, whose limits judge nothing that has ended already.

    A clock whose instants move gets the next generation: its waiting rows are cancelled and new
    ones inserted, except for stages that fired at that very instant already.
    """
    if ticket.policy_id is None:
        _follow_file(ticket)
        return
    clocks = {(c.name, c.measure): c for c in Clock.objects.filter(ticket=ticket)}
    _write(ticket, plan(ticket), _Known(clocks, _rows_by_clock(ticket)), at, is_anew)


def begin(*, ticket: Ticket, first: Event) -> None:
    """The same for a ticket that was born this instant: its first event is all there is to read."""
    if ticket.policy_id is not None:
        history = clock_facts.read([(first.code, first.at, first.facts)])
        _write(ticket, _planned(ticket, history), _Known(), first.at)


@dataclass(frozen=True)
class _Known:
    """What the tables say of a ticket before it is planned anew."""

    clocks: dict[tuple[str, str], Clock] = field(default_factory=dict)
    rows: dict[tuple[str, str], list[Deadline]] = field(default_factory=dict)

    @property
    def since(self) -> datetime | None:
        """Since when the ticket is judged by other limits than at first."""
        since = (clock.replanned_at for clock in self.clocks.values() if clock.replanned_at)
        return max(since, default=None)


def _write(
    ticket: Ticket, planned: tuple[deadlines.PlannedClock, ...], known: _Known, at: datetime,
    is_anew: bool = False,
) -> None:
    changes = _Changes()
    since = at if is_anew else known.since
    for one in planned:
        clock = known.clocks.get((one.clock, one.kind))
        if clock is None and is_anew and one.stopped_at is not None:
            continue
        clock = clock or _clock(ticket, one, since)
        _compare(ticket, one, clock, known.rows.get((one.clock, one.kind), []), changes)
    changes.write(at)
    _summarise(ticket, planned)


def judge_by(*, ticket: Ticket, policy: Policy | None, at: datetime) -> None:
    """Give the ticket another policy; the caller's step plans it anew, from the receipt on.

    What was judged stays judged: a stopped clock keeps its due time, a missed one its miss. A clock
    that the new policy does not know ends; if it ran and was not late, as if it had never been.
    """
    known = policies.limit_ids(policy.pk) if policy else {}
    for clock in Clock.objects.filter(ticket=ticket):
        limit_id = known.get((clock.name, clock.measure))
        if limit_id is not None:
            clock.replanned_at = at
            clock.save(update_fields=["replanned_at"])
        elif clock.stopped_at is None:
            _end_unknown(clock, at)
    ticket.policy = policy
    if policy is None:
        _show(ticket, None)


def _end_unknown(clock: Clock, at: datetime) -> None:
    waiting = Deadline.objects.filter(
        ticket_id=clock.ticket_id, clock=clock.name, measure=clock.measure,
        next_fire_at__isnull=False,
    )  # fmt: skip
    waiting.update(cancelled_at=at, next_fire_at=None)
    is_late = clock.measure == "max" and clock.due_at is not None and clock.due_at < at
    if clock.missed_at is None and not is_late:
        clock.delete()
        return
    clock.missed_at, clock.stopped_at = clock.missed_at or clock.due_at, at
    clock.save(update_fields=["missed_at", "stopped_at"])


def _follow_file(ticket: Ticket) -> None:
    """A ticket loaded from a file is judged by no policy: its one clock keeps the due time the file
    gave, and stops when somebody here reports the work done."""
    clock = Clock.objects.filter(ticket=ticket).first() if ticket.source else None
    if clock is None or clock.due_at is None:
        return
    clock.stopped_at = ticket.done_at or ticket.closed_at
    is_late = clock.stopped_at is not None and clock.stopped_at > clock.due_at
    clock.missed_at = clock.missed_at or (clock.due_at if is_late else None)
    clock.save(update_fields=["stopped_at", "missed_at"])
    is_running = ticket.is_open and clock.stopped_at is None
    ticket.next_due_at = clock.due_at if is_running else None
    ticket.next_due_clock = clock.name if is_running else ""
    ticket.next_due_from = clock.started_at if is_running else None


@dataclass
class _Changes:
    """What the tables have to learn, written with one statement for each sort of change."""

    new_clocks: list[Clock] = field(default_factory=list)
    changed_clocks: list[Clock] = field(default_factory=list)
    cancelled: list[int] = field(default_factory=list)
    new_deadlines: list[Deadline] = field(default_factory=list)

    def write(self, at: datetime) -> None:
        Clock.objects.bulk_create(self.new_clocks)
        for clock in self.changed_clocks:
            clock.save(update_fields=_MOVING)
        if self.cancelled:
            waiting = Deadline.objects.filter(pk__in=self.cancelled)
            waiting.update(cancelled_at=at, next_fire_at=None)
        Deadline.objects.bulk_create(self.new_deadlines)


def plan(ticket: Ticket) -> tuple[deadlines.PlannedClock, ...]:
    """The pure plan of the ticket's limits over its events."""
    happened = Event.objects.filter(ticket=ticket).order_by("id")
    return _planned(ticket, clock_facts.read(happened.values_list("code", "at", "facts")))


def _planned(
    ticket: Ticket, history: clock_facts.History
) -> tuple[deadlines.PlannedClock, ...]:
    assert ticket.policy_id is not None
    rules, calendars = clock_facts.judging(ticket, history)
    if history.is_one:
        return deadlines.plan(rules, calendars, history.public)
    return tuple(
        clock for rule in rules for clock in deadlines.plan([rule], calendars, history.of(rule))
    )


def _rows_by_clock(ticket: Ticket) -> dict[tuple[str, str], list[Deadline]]:
    rows: dict[tuple[str, str], list[Deadline]] = {}
    for row in Deadline.objects.filter(ticket=ticket, cancelled_at=None):
        rows.setdefault((row.clock, row.measure), []).append(row)
    return rows


def _clock(ticket: Ticket, one: deadlines.PlannedClock, since: datetime | None) -> Clock:
    clock = Clock(ticket=ticket, name=one.clock, measure=one.kind, generation=0)
    if since is not None:
        # An earlier policy may have had such a clock: its cancelled rows keep their generations.
        earlier = Deadline.objects.filter(ticket=ticket, clock=one.clock, measure=one.kind)
        clock.generation = earlier.aggregate(latest=Max("generation"))["latest"] or 0
        clock.replanned_at = since
    return clock


def _compare(
    ticket: Ticket, one: deadlines.PlannedClock, clock: Clock, rows: list[Deadline],
    changes: _Changes,
) -> None:
    before = _instants(clock)
    wanted = {} if one.stopped_at else {s.stage: s for s in one.stages}
    waiting = {row.stage: row.fires_at for row in rows if row.next_fire_at}
    fired = {(row.stage, row.fires_at) for row in rows if row.fired_at}
    missing = {
        k: s
        for k, s in wanted.items()
        if (s.stage, s.fires_at) not in fired and not _is_too_late_to_warn(clock, s)
    }
    if {k: s.fires_at for k, s in missing.items()} != waiting:
        clock.generation += 1
        changes.cancelled += [row.pk for row in rows if row.next_fire_at]
        changes.new_deadlines += [
            _deadline(ticket, one, stage, clock) for stage in missing.values()
        ]
    _take_over(clock, one, ticket)
    if clock.pk is None:
        changes.new_clocks.append(clock)
    elif _instants(clock) != before:
        changes.changed_clocks.append(clock)


def _is_too_late_to_warn(clock: Clock, stage: deadlines.PlannedStage) -> bool:
    """A reminder of a limit that did not hold yet when it would have come; what is due is due."""
    is_warning = stage.stage != "due" and not stage.stage.startswith("rung-")
    return is_warning and clock.replanned_at is not None and stage.fires_at < clock.replanned_at


def _deadline(
    ticket: Ticket, one: deadlines.PlannedClock, stage: deadlines.PlannedStage, clock: Clock
) -> Deadline:
    # A reminder whose time had come when the rest began, and that no engine has fired yet, still
    # fires while the clock rests and is due at no time: it tells of the due time before the rest.
    return Deadline(
        ticket=ticket, clock=one.clock, measure=one.kind, stage=stage.stage,
        generation=clock.generation, due_at=one.due_at or clock.due_at or stage.fires_at,
        fires_at=stage.fires_at,
        next_fire_at=stage.fires_at, role=stage.role,
    )  # fmt: skip


def _take_over(clock: Clock, one: deadlines.PlannedClock, ticket: Ticket) -> None:
    was_judged = clock.replanned_at and one.stopped_at and one.stopped_at <= clock.replanned_at
    if was_judged and clock.stopped_at is not None:
        return
    assert ticket.policy_id is not None
    clock.limit_id = policies.limit_ids(ticket.policy_id)[one.clock, one.kind]
    clock.started_at, clock.due_at = one.started_at, one.due_at
    clock.stopped_at, clock.is_provisional = one.stopped_at, one.is_provisional
    clock.first_due_at = clock.first_due_at or one.due_at
    # What had ended before these limits held they judge no more.
    judged = clock.replanned_at
    late = [run for run in one.breaches if judged is None or run.stopped_at > judged]
    if late and clock.missed_at is None:
        clock.missed_at = late[0].due_at


def _instants(clock: Clock) -> tuple[object, ...]:
    return tuple(getattr(clock, name) for name in _MOVING)


def _summarise(ticket: Ticket, planned: tuple[deadlines.PlannedClock, ...]) -> None:
    """The earliest due time that still runs, and on the first plan the promise to the customer."""
    running = [one for one in planned if one.due_at and not one.stopped_at and one.kind == "max"]
    soonest = min(running, key=lambda one: one.due_at, default=None)  # type: ignore[arg-type,return-value]
    _show(ticket, soonest if ticket.is_open else None)
    if ticket.promised_at is None:
        due = {one.clock: one.due_at for one in planned if one.due_at}
        ticket.promised_at = next((due[name] for name in _PROMISES if name in due), None)


def _show(ticket: Ticket, soonest: deadlines.PlannedClock | None) -> None:
    """What lists show of the ticket's time: the clock that is due next, since when it runs, and
    whether its due time is certain."""
    ticket.next_due_at = soonest.due_at if soonest else None
    ticket.next_due_clock = soonest.clock if soonest else ""
    ticket.next_due_from = soonest.started_at if soonest else None
    ticket.is_next_due_provisional = soonest is not None and soonest.is_provisional
