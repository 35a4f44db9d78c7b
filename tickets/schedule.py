"""Make the clocks and waiting deadlines of a ticket equal to the pure plan (ledger)."""

from datetime import datetime

from tickets import deadlines, policies
from tickets.models import Clock, Deadline, Event, Limit, Ticket

# What can honestly be promised to a customer, in this order of preference.
_PROMISES = ("reply", "restore", "arrive", "first_contact")


def replan(*, ticket: Ticket, at: datetime) -> None:
    """Write what plan(limits, calendars, events) says; keeps rows that already say it.

    A clock whose instants move gets the next generation: its waiting rows are cancelled and new
    ones inserted, except for stages that fired at that very instant already.
    """
    if ticket.policy_id is None:
        return
    planned = plan(ticket)
    standing = {(c.name, c.measure): c for c in Clock.objects.filter(ticket=ticket)}
    rows = _rows_by_clock(ticket)
    for one in planned:
        clock = standing.get((one.clock, one.kind))
        _write(ticket, one, clock, rows.get((one.clock, one.kind), []), at)
    _summarise(ticket, planned)


def plan(ticket: Ticket) -> tuple[deadlines.PlannedClock, ...]:
    """The pure plan of the ticket's limits over its events."""
    assert ticket.policy_id is not None
    happened = Event.objects.filter(ticket=ticket).order_by("id").values_list("code", "at")
    facts = tuple(deadlines.EventFact(code=code, at=instant) for code, instant in happened)
    return deadlines.plan(policies.rules(ticket.policy_id), policies.calendars_of(ticket), facts)


def _rows_by_clock(ticket: Ticket) -> dict[tuple[str, str], list[Deadline]]:
    rows: dict[tuple[str, str], list[Deadline]] = {}
    for row in Deadline.objects.filter(ticket=ticket, cancelled_at=None):
        rows.setdefault((row.clock, row.measure), []).append(row)
    return rows


def _write(
    ticket: Ticket, one: deadlines.PlannedClock, clock: Clock | None, rows: list[Deadline],
    at: datetime,
) -> None:
    if clock is None:
        clock = Clock(ticket=ticket, name=one.clock, measure=one.kind, generation=0)
        clock.limit = _limit(ticket, one)
    wanted = {} if one.stopped_at else {s.stage: s for s in one.stages}
    waiting = {row.stage: row.fires_at for row in rows if row.next_fire_at}
    fired = {(row.stage, row.fires_at) for row in rows if row.fired_at}
    missing = {k: s for k, s in wanted.items() if (s.stage, s.fires_at) not in fired}
    if {k: s.fires_at for k, s in missing.items()} != waiting:
        clock.generation += 1
        Deadline.objects.filter(pk__in=[row.pk for row in rows if row.next_fire_at]).update(
            cancelled_at=at, next_fire_at=None
        )
        Deadline.objects.bulk_create(
            _deadline(ticket, one, stage, clock.generation) for stage in missing.values()
        )
    _save(clock, one)


def _limit(ticket: Ticket, one: deadlines.PlannedClock) -> Limit:
    return Limit.objects.get(policy_id=ticket.policy_id, clock=one.clock, measure=one.kind)


def _deadline(
    ticket: Ticket, one: deadlines.PlannedClock, stage: deadlines.PlannedStage, generation: int
) -> Deadline:
    return Deadline(
        ticket=ticket, clock=one.clock, measure=one.kind, stage=stage.stage,
        generation=generation, due_at=one.due_at, fires_at=stage.fires_at,
        next_fire_at=stage.fires_at, role=stage.role,
    )  # fmt: skip


def _save(clock: Clock, one: deadlines.PlannedClock) -> None:
    before = (clock.started_at, clock.due_at, clock.stopped_at, clock.generation, clock.pk)
    clock.started_at, clock.due_at = one.started_at, one.due_at
    clock.stopped_at, clock.is_provisional = one.stopped_at, one.is_provisional
    clock.first_due_at = clock.first_due_at or one.due_at
    if one.breached and clock.missed_at is None:
        clock.missed_at = one.due_at
    if (clock.started_at, clock.due_at, clock.stopped_at, clock.generation, clock.pk) != before:
        clock.save()


def _summarise(ticket: Ticket, planned: tuple[deadlines.PlannedClock, ...]) -> None:
    """The earliest due time that still runs, and on the first plan the promise to the customer."""
    running = [one for one in planned if one.due_at and not one.stopped_at and one.kind == "max"]
    soonest = min(running, key=lambda one: one.due_at, default=None)  # type: ignore[arg-type,return-value]
    ticket.next_due_at = soonest.due_at if soonest and ticket.is_open else None
    ticket.next_due_clock = soonest.clock if soonest and ticket.is_open else ""
    if ticket.promised_at is None:
        due = {one.clock: one.due_at for one in planned if one.due_at}
        ticket.promised_at = next((due[name] for name in _PROMISES if name in due), None)
