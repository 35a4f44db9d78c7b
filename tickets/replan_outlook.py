"""Which open tickets are judged by an older version of a policy, and what its newest would make of
them (question)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from organisation.models import Staff
from organisation.roles import Permission
from tickets import clock_facts, limit_trial, policies
from tickets.models import Clock, Event, Policy, Ticket
from tickets.models.ticket import TicketQuerySet

# How many tickets are counted through for a preview, and how many of them are listed.
SAMPLE = 200
LISTED = 20


@dataclass(frozen=True)
class Change:
    """One clock: when it is due so far and would be; None where it has no limit then, or rests."""

    clock: str
    measure: str
    before: datetime | None
    after: datetime | None

    @property
    def is_later(self) -> bool:
        return self.before is not None and self.after is not None and self.after > self.before

    @property
    def is_earlier(self) -> bool:
        return self.before is not None and self.after is not None and self.after < self.before

    def as_fact(self) -> dict[str, Any]:
        """What the event of a ticket keeps of it."""
        return {
            "clock": self.clock, "measure": self.measure,
            "before": self.before.isoformat() if self.before else None,
            "after": self.after.isoformat() if self.after else None,
        }  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One ticket that the person may see, and what would move."""

    ticket: Ticket
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Outlook:
    """How many tickets there are by the version they keep; what moves in those counted through, and
    how many of these would be late at once; those listed that the person may see."""

    newest: Policy
    by_version: tuple[tuple[int, int], ...]
    counted: int
    later: int
    earlier: int
    unmoved: int
    late_at_once: int
    rows: tuple[Row, ...]

    @property
    def total(self) -> int:
        return sum(number for _version, number in self.by_version)

    @property
    def is_sample(self) -> bool:
        """Whether not all were counted through."""
        return self.counted < self.total


def newest_in_force(code: str, at: datetime) -> Policy | None:
    """The version that new tickets are judged by; None where the policy is withdrawn."""
    return Policy.objects.in_force(at).filter(code=code).select_related("company").first()


def behind(newest: Policy, user: Staff, versions: Iterable[int] = ()) -> TicketQuerySet:
    """The open tickets of the company or branch the person configures that another version of the
    policy judges; those of the named versions alone, if any are named."""
    if Permission.CONFIGURE not in user.permissions:
        return Ticket.objects.none()
    found = Ticket.objects.open().filter(
        policy__code=newest.code, scope_path__startswith=user.scope_path
    )
    found = found.exclude(policy=newest)
    wanted = list(versions)
    return found.filter(policy__version__in=wanted) if wanted else found


def of(newest: Policy, user: Staff, at: datetime, versions: Iterable[int] = ()) -> Outlook:
    """What moving them would bring, counted through for the first of them."""
    found = behind(newest, user, versions)
    numbers = Counter(found.values_list("policy__version", flat=True))
    sample = list(found.select_related("policy").defer("words").order_by("pk")[:SAMPLE])
    moved = [(ticket, changes(ticket, newest, at)) for ticket in sample]
    seen = set(
        Ticket.objects.visible_to(user).filter(pk__in=[t.pk for t in sample]).values_list("pk", flat=True)
    )
    rows = [Row(ticket, told) for ticket, told in moved if ticket.pk in seen]
    return Outlook(
        newest=newest, by_version=tuple(sorted(numbers.items())), counted=len(sample),
        later=sum(any(one.is_later for one in told) for _ticket, told in moved),
        earlier=sum(any(one.is_earlier for one in told) for _ticket, told in moved),
        unmoved=sum(not told for _ticket, told in moved),
        late_at_once=sum(any(_is_late(one, at) for one in told) for _ticket, told in moved),
        rows=tuple(rows[:LISTED]),
    )  # fmt: skip


def changes(ticket: Ticket, newest: Policy, at: datetime) -> tuple[Change, ...]:
    """What of the ticket's running clocks would be due otherwise by the newest version. What has
    stopped stays judged as it was."""
    happened = Event.objects.filter(ticket=ticket).order_by("id").values_list("code", "at", "facts")
    history = clock_facts.read(happened)
    calendars = limit_trial.calendars(ticket.scope_path) | policies.calendars_of(ticket)
    stories = limit_trial.judge(newest, calendars, history, at).stories
    standing = {(one.name, one.measure): one for one in Clock.objects.filter(ticket=ticket)}
    planned = {(one.clock, str(one.kind)): one.latest for one in stories}
    found = []
    for key in dict.fromkeys([*standing, *planned]):
        clock, run = standing.get(key), planned.get(key)
        if (clock is not None and clock.stopped_at) or (clock is None and run and run.stopped_at):
            continue
        before, after = clock.due_at if clock else None, run.due_at if run else None
        if before != after:
            found.append(Change(*key, before, after))
    return tuple(found)


def _is_late(change: Change, at: datetime) -> bool:
    """Whether the change makes something late that was not."""
    was_late = change.before is not None and change.before < at
    is_maximum = change.measure == "max"
    return is_maximum and not was_late and change.after is not None and change.after < at
