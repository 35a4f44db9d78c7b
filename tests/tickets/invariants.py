"""What holds of every ticket whatever anybody did (domain §3d), each as one plain check."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.cast import Cast
from tickets import deadlines, schedule, timeline
from tickets.models import Clock, Deadline, Event, Holding, Ticket
from tickets.states import Happening, State

WITHOUT_A_UNIT = {State.NEW, State.CANCELLED, State.MERGED, State.DRAFT}


@dataclass(frozen=True)
class Seen:
    """A ticket and its history as they stood before somebody did something."""

    ticket: Ticket
    events: list[dict[str, Any]]


Check = Callable[[Cast, Seen | None, Ticket], None]


def look(pk: int) -> Seen:
    """The ticket as it stands."""
    return Seen(Ticket.objects.get(pk=pk), history(pk))


def history(pk: int) -> list[dict[str, Any]]:
    return list(Event.objects.filter(ticket=pk).order_by("id").values())


def owned(cast: Cast, before: Seen | None, ticket: Ticket) -> None:
    """1. Every ticket that is not closed has one lead unit, or waits for one with the dispatchers,
    and one named tracker."""
    assert ticket.tracker_id
    if ticket.is_open and ticket.state not in WITHOUT_A_UNIT:
        assert ticket.lead_unit_id


def held_without_gap(cast: Cast, before: Seen | None, ticket: Ticket) -> None:
    """2. The sum of all holdings is the ticket's elapsed life: no gaps, no overlaps."""
    holdings = list(Holding.objects.filter(ticket=ticket).order_by("from_at", "id"))
    assert holdings[0].from_at == ticket.received_at
    for earlier, later in zip(holdings, holdings[1:], strict=False):
        assert earlier.to_at == later.from_at or _was_reopened_between(ticket, earlier, later)
    assert (holdings[-1].to_at is None) == ticket.is_open
    if ticket.is_open:
        last = holdings[-1]
        assert (last.state, last.unit_id, last.staff_id) == (
            ticket.state, ticket.lead_unit_id, ticket.lead_handler_id
        )  # fmt: skip


def _was_reopened_between(ticket: Ticket, earlier: Holding, later: Holding) -> bool:
    """Nobody holds a closed ticket: between its closing and its reopening there is a rest."""
    events = Event.objects.filter(ticket=ticket)
    is_closed_then = events.filter(code=Happening.CLOSED, at=earlier.to_at).exists()
    return is_closed_then and events.filter(code=Happening.REOPENED, at=later.from_at).exists()


def history_only_grows(cast: Cast, before: Seen | None, ticket: Ticket) -> None:
    """3. History is append-only, in order of time."""
    now = history(ticket.pk)
    if before is not None:
        assert now[: len(before.events)] == before.events
    instants = [event["at"] for event in now]
    assert instants == sorted(instants)
    assert ticket.latest_event_at == instants[-1]


def due_as_planned(cast: Cast, before: Seen | None, ticket: Ticket) -> None:
    """4. Due times are a pure function of limits, calendars and events."""
    if ticket.policy_id is None:
        return
    planned = {(one.clock, str(one.kind)): one for one in schedule.plan(ticket)}
    clocks = {(one.name, one.measure): one for one in Clock.objects.filter(ticket=ticket)}
    assert planned.keys() <= clocks.keys()
    for key, one in planned.items():
        kept = clocks[key]
        assert (kept.started_at, kept.due_at, kept.stopped_at) == (
            one.started_at, one.due_at, one.stopped_at
        )  # fmt: skip
        _waits_for_what_is_planned(ticket, one)


def _waits_for_what_is_planned(ticket: Ticket, one: deadlines.PlannedClock) -> None:
    rows = Deadline.objects.filter(ticket=ticket, clock=one.clock, measure=one.kind)
    waiting = {(row.stage, row.fires_at) for row in rows if row.next_fire_at}
    fired = {(row.stage, row.fires_at) for row in rows if row.fired_at}
    wanted = set() if one.stopped_at else {(s.stage, s.fires_at) for s in one.stages}
    assert waiting == wanted - fired
    assert len([row for row in rows if row.next_fire_at]) == len(waiting)


def told_as_planned(cast: Cast, before: Seen | None, ticket: Ticket) -> None:
    """4b. What the page tells of a clock leads to the very due time that is kept, without a gap."""
    if ticket.policy_id is None:
        return
    events = list(Event.objects.filter(ticket=ticket).order_by("id"))
    clocks = {(one.name, one.measure): one for one in Clock.objects.filter(ticket=ticket)}
    for story in timeline.stories(ticket, events, ticket.latest_event_at):
        kept = clocks[story.clock, str(story.kind)]
        assert (kept.due_at, kept.stopped_at) == (story.latest.due_at, story.latest.stopped_at)
        for run in story.runs:
            ends = [run.started_at, *(span.end for span in run.spans)]
            assert [span.begin for span in run.spans] == ends[:-1]


def closed_with_an_answer(cast: Cast, before: Seen | None, ticket: Ticket) -> None:
    """5. Nothing closes without a reply or a recorded reason why none was possible."""
    if ticket.state == State.CLOSED:
        assert ticket.replied_at or ticket.no_reply_reason.strip()
        assert ticket.closed_at


def judged_by_others(cast: Cast, before: Seen | None, ticket: Ticket) -> None:
    """6. Nobody reviews, calls back or closes their own work."""
    since = 0 if before is None else len(before.events)
    judging = {Happening.APPROVED, Happening.REJECTED, Happening.SENT_BACK, Happening.CLOSED}
    for event in history(ticket.pk)[since:]:
        if event["code"] in judging and event["by_id"] is not None:
            assert event["by_id"] != ticket.lead_handler_id
            assert event["unit_id"] != ticket.lead_unit_id


def children_stay_on_their_own(cast: Cast, before: Seen | None, ticket: Ticket) -> None:
    """7. A merged child keeps its own clocks, reply and end."""
    if ticket.state == State.MERGED:
        assert ticket.merged_into_id not in (None, ticket.pk)
        assert ticket.is_open
        seen = set()
        parent: Ticket | None = ticket
        while parent is not None and parent.merged_into_id:
            assert parent.pk not in seen, "tickets merged in a circle"
            seen.add(parent.pk)
            parent = parent.merged_into if parent.state == State.MERGED else None


def reclassified_on_record(cast: Cast, before: Seen | None, ticket: Ticket) -> None:
    """8. The kind it came as stays; another kind now means a recorded reclassification."""
    first = Event.objects.filter(ticket=ticket).order_by("id").first()
    assert first is not None
    if before is not None:
        assert ticket.original_kind == before.ticket.original_kind
    if ticket.kind != ticket.original_kind:
        assert Event.objects.filter(ticket=ticket, code=Happening.RECLASSIFIED).exists()


def hidden_from_the_accused(cast: Cast, before: Seen | None, ticket: Ticket) -> None:
    """10. A confidential report never shows to the unit it is about, nor to its chain."""
    accused = ticket.accused_unit
    if not ticket.is_confidential or accused is None:
        return
    for person in cast.everyone().values():
        if person.unit.is_within(accused) or accused.is_within(person.unit):
            assert not Ticket.objects.visible_to(person).filter(pk=ticket.pk).exists()


def typed_times_stay_apart(cast: Cast, before: Seen | None, ticket: Ticket) -> None:
    """11. A time typed by hand is kept beside the desk's own, which never goes back."""
    for event in Event.objects.filter(ticket=ticket, code=Happening.ARRIVED):
        if "typed_at" in event.facts:
            assert event.facts["typed_at"] <= event.at.isoformat()
        assert event.at >= ticket.received_at


ALL: tuple[Check, ...] = (
    owned, held_without_gap, history_only_grows, due_as_planned, told_as_planned,
    closed_with_an_answer, judged_by_others, children_stay_on_their_own, reclassified_on_record,
    hidden_from_the_accused, typed_times_stay_apart,
)  # fmt: skip


def check(cast: Cast, before: Seen | None, pk: int) -> None:
    """Every invariant of one ticket."""
    ticket = Ticket.objects.get(pk=pk)
    for each in ALL:
        each(cast, before, ticket)
