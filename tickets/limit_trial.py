"""What would be due when, and why, for a matter that somebody makes up or a ticket there is
(question). By the very functions that judge real tickets; nothing is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from organisation.models import Staff
from organisation.working_time import WorkingCalendar
from tickets import (
    clock_facts,
    clock_story,
    limit_keepers,
    limit_selection,
    policies,
    special_periods,
)
from tickets.clock_story import ClockStory
from tickets.deadlines import ClockRule, EventFact
from tickets.limit_selection import Matter
from tickets.models import Event, Policy, Ticket

# What a weight speaks of, in the order of its parts.
_WEIGHED = (
    "safety", "special_period", "level", "customer_class", "category_code", "area_class", "channel",
    "kind", "utility", "company",
)  # fmt: skip


@dataclass(frozen=True)
class Candidate:
    """One policy and what became of it: `misfits` are the selectors that do not fit; of those that
    fit, all but the winner lost by what the winner is more specific in (`code`: equal in all)."""

    policy: Policy
    misfits: tuple[str, ...] = ()
    lost_by: str = ""

    @property
    def is_winner(self) -> bool:
        return not self.misfits and not self.lost_by


@dataclass(frozen=True)
class Judgement:
    """What one version makes of the history: the clocks that have begun, in their order, and the
    rules of those that have not."""

    policy: Policy
    stories: tuple[ClockStory, ...]
    waiting: tuple[ClockRule, ...]

    def due(self, clock: str, measure: str) -> datetime | None:
        """When a clock is due by this version."""
        for story in self.stories:
            if (story.clock, story.kind) == (clock, measure):
                return story.latest.due_at
        return None


@dataclass(frozen=True)
class Line:
    """One clock beside itself in another version; None where a version has none or it has not
    begun."""

    clock: str
    measure: str
    story: ClockStory | None
    beside: ClockStory | None

    @property
    def shown(self) -> ClockStory | None:
        """The clock of the version that holds; where it has none, of the other."""
        return self.story or self.beside

    @property
    def moved(self) -> timedelta | None:
        """By how much the other version is due later; None where only one knows a due time."""
        ours = self.story.latest.due_at if self.story else None
        theirs = self.beside.latest.due_at if self.beside else None
        return theirs - ours if ours and theirs else None

    @property
    def is_later(self) -> bool:
        return self.moved is not None and self.moved > timedelta(0)

    @property
    def moved_by(self) -> timedelta | None:
        """How far apart the two due times are; None where they are the same."""
        return abs(self.moved) if self.moved else None


@dataclass(frozen=True)
class Trial:
    """Which policy holds, why the others do not, and what is due by it, and by another version."""

    fitting: tuple[Candidate, ...]
    others: tuple[Candidate, ...]
    judgement: Judgement | None
    beside: Judgement | None

    @property
    def lines(self) -> list[Line]:
        """The clocks that have begun in either version."""
        if self.judgement is None:
            return []
        ours = {(one.clock, str(one.kind)): one for one in self.judgement.stories}
        other = self.beside.stories if self.beside else ()
        theirs = {(one.clock, str(one.kind)): one for one in other}
        keys = [*ours, *(key for key in theirs if key not in ours)]
        return [Line(*key, ours.get(key), theirs.get(key)) for key in keys]

    @property
    def main_clock(self) -> str:
        """The clock to look at first: what is promised to the customer, where something is."""
        public = [one.clock for one in self.lines if one.shown and not one.shown.rule.is_internal]
        told = [*(name for name in ("reply", "restore") if name in public), *public]
        return told[0] if told else next((one.clock for one in self.lines), "")

    @property
    def waiting(self) -> list[ClockRule]:
        """The clocks that have not begun by the version that holds."""
        return list(self.judgement.waiting) if self.judgement else []


def of_matter(
    matter: Matter, *, events: Sequence[EventFact], user: Staff, at: datetime,
    beside: Policy | None = None,
) -> Trial:  # fmt: skip
    """What would become of the matter, received with the first of the events; told at `at`."""
    received_at = events[0].at
    fitting, others = candidates(matter, user, received_at)
    known = calendars(matter.company_path)
    winner = fitting[0].policy if fitting else None
    return Trial(
        fitting=fitting, others=others,
        judgement=judge(winner, known, events, at) if winner else None,
        beside=judge(beside, known, events, at) if beside and beside != winner else None,
    )  # fmt: skip


def of_ticket(ticket: Ticket, *, user: Staff, at: datetime, beside: Policy | None) -> Trial:
    """The same for what really happened to a ticket: by the version that it keeps, on the calendars
    it keeps."""
    happened = Event.objects.filter(ticket=ticket).order_by("id").values_list("code", "at", "facts")
    history = clock_facts.read(happened)
    matter = with_periods(policies.matter_of(ticket), ticket.received_at)
    fitting, others = candidates(matter, user, ticket.received_at)
    known = calendars(ticket.scope_path) | policies.calendars_of(ticket)
    kept = judge(ticket.policy, known, history, at) if ticket.policy else None
    is_another = beside is not None and beside != ticket.policy
    told = judge(beside, known, history, at) if beside and is_another else None
    return Trial(fitting=fitting, others=others, judgement=kept, beside=told)


def with_periods(matter: Matter, received_at: datetime) -> Matter:
    """The matter with the special periods that it came in."""
    periods = special_periods.covering(
        received_at, utility=matter.utility, company_path=matter.company_path
    )
    return replace(matter, periods=periods)


def within(matter: Matter, period: str) -> Matter:
    """The matter as if it had come in the special period."""
    return replace(matter, periods=matter.periods | {period})


def candidates(
    matter: Matter, user: Staff, at: datetime
) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...]]:
    """The policies in force at the instant that fit the matter, the winner first; and those of its
    service line that do not, as far as the person may see them."""
    standing = policies.in_force(at)
    ranked = limit_selection.ranked(standing, matter)
    fitting = tuple(Candidate(row, lost_by=_lost_by(row, ranked[0], matter)) for row in ranked)
    seen = set(limit_keepers.visible_policies(user).values_list("pk", flat=True))
    others = (
        Candidate(row, misfits)
        for row in standing
        if row.pk in seen and row.utility in ("", matter.utility)
        and (misfits := limit_selection.misfits(row, matter))
    )  # fmt: skip
    return fitting, tuple(sorted(others, key=lambda one: (len(one.misfits), one.policy.code)))


def judge(
    policy: Policy, known: dict[str, WorkingCalendar],
    events: Sequence[EventFact] | clock_facts.History, at: datetime,
) -> Judgement:  # fmt: skip
    """What the version makes of the history, told at the moment; ValueError where it counts on a
    calendar that is not there."""
    rules = policies.rules(policy.pk)
    stories = tuple(story for rule in rules for story in _story(rule, known, events, at))
    begun = {(story.clock, story.kind) for story in stories}
    waiting = tuple(rule for rule in rules if (rule.clock, rule.kind) not in begun)
    return Judgement(policy, stories, waiting)


def versions(policy: Policy, user: Staff) -> list[Policy]:
    """The versions of a policy that the person may see, the newest first, without those called
    off."""
    rows = limit_keepers.visible_policies(user).filter(code=policy.code, called_off_at=None)
    return list(rows.order_by("-version"))


def _story(
    rule: ClockRule, known: dict[str, WorkingCalendar],
    events: Sequence[EventFact] | clock_facts.History, at: datetime,
) -> Iterable[ClockStory]:  # fmt: skip
    facts = events.of(rule) if isinstance(events, clock_facts.History) else events
    return clock_story.tell([rule], known, facts, at)


def calendars(company_path: str) -> dict[str, WorkingCalendar]:
    """The newest version of each calendar for the company, as plain values."""
    versions = policies.newest_calendars(company_path)
    return {code: policies.calendar(code, version) for code, version in versions.items()}


def _lost_by(row: Policy, winner: Policy, matter: Matter) -> str:
    """What the winner is more specific in; empty for the winner itself."""
    if row is winner:
        return ""
    ours, best = limit_selection.weight(row, matter), limit_selection.weight(winner, matter)
    pairs = zip(_WEIGHED, ours, best, strict=True)
    return next((name for name, mine, its in pairs if mine != its), "code")
