"""The history of a ticket as its clocks read it (question)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from organisation.working_time import WorkingCalendar
from tickets import deadlines, policies
from tickets.deadlines import ClockRule, EventFact
from tickets.models import Ticket
from tickets.states import Happening


@dataclass(frozen=True)
class History:
    """What public clocks count from, and what those of the house do: the same, save for a ticket
    that was split off, which waits for the dispatchers since the split."""

    public: tuple[EventFact, ...]
    internal: tuple[EventFact, ...]

    @property
    def is_one(self) -> bool:
        """Whether all clocks read the same."""
        return self.public is self.internal

    def of(self, rule: ClockRule) -> tuple[EventFact, ...]:
        """What one clock counts from."""
        return self.internal if rule.is_internal else self.public


def judging(
    ticket: Ticket, history: History
) -> tuple[tuple[ClockRule, ...], dict[str, WorkingCalendar]]:
    """The ticket's clock rules and calendars. A run of a clock that was judged before the ticket
    took over a newer calendar stays on the older one (tickets.renewing)."""
    assert ticket.policy_id is not None
    rules, calendars = policies.rules(ticket.policy_id), policies.calendars_of(ticket)
    if not any("@" in name for name in calendars):
        return rules, calendars
    return tuple(_as_judged(rule, calendars, history) for rule in rules), calendars


def _as_judged(
    rule: ClockRule, calendars: dict[str, WorkingCalendar], history: History
) -> ClockRule:
    for planned in deadlines.plan([rule], calendars, history.of(rule)):
        name = policies.kept_as(rule.calendar, rule.clock, rule.kind, planned.run)
        if name in calendars:
            return replace(rule, calendar=name)
    return rule


def read(happened: Iterable[tuple[str, datetime, dict[str, Any]]]) -> History:
    """The history of (code, at, facts), oldest first."""
    happened = list(happened)
    facts = tuple(_fact(code, instant, said) for code, instant, said in happened)
    split_at = next((said["split_at"] for _, _, said in happened if "split_at" in said), None)
    if split_at is None:
        return History(facts, facts)
    # What was split off was received with the whole.
    first = replace(facts[0], at=datetime.fromisoformat(split_at))
    return History(facts, (first, *facts[1:]))


def _fact(code: str, at: datetime, said: dict[str, Any]) -> EventFact:
    """One event as the plan reads it: an extension names its clock and the new due time."""
    if code == Happening.UNMERGED:
        read_as = policies.UNMERGED_AS.get(said.get("to_state", ""), Happening.UNMERGED)
        return EventFact(code=read_as, at=at)
    if code == deadlines.EXTENDED:
        until = datetime.fromisoformat(said["until"])
        return EventFact(code=code, at=at, clock=said["clock"], until=until)
    reason = said.get("reason_code", "") if code == deadlines.SUSPENDED else ""
    return EventFact(code=policies.READ_AS.get(code, code), at=at, reason=reason)
