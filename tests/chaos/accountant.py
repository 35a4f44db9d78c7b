"""Judges the books of a storm (loss accountant): what was acknowledged is there once, what was due
fired once and not before its time, what was to leave has left. Plain: no desk is asked any more."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.chaos.books import EVENT_OF, Books, Due
from tests.chaos.journal import Entry

# A message that has left, or of which nobody can know; everything else has not arrived.
_GONE = {"sent", "unknown"}
# An answer 5xx is no surprise while the database is away, nor shortly after.
_SHADOW_SECONDS = 4.0
# What falls due this long before the end must have fired.
_GRACE_SECONDS = 5.0


@dataclass(frozen=True)
class Breach:
    """Something that must not be: its kind, what it is about, and what was seen."""

    kind: str
    about: str
    seen: str


def audit(books: Books) -> list[Breach]:
    """Everything that is wrong, nothing if the storm was weathered."""
    return [breach for check in _CHECKS for breach in check(books)]


def _tickets(books: Books) -> Iterator[Breach]:
    """(a) Every acknowledged ticket exists once under the number that was said; of an unknown one
    at the most one exists; none exists that nobody logged."""
    numbers: dict[str, list[str]] = defaultdict(list)
    for ticket in books.tickets:
        numbers[ticket.key].append(ticket.number)
    sent: dict[str, list[Entry]] = defaultdict(list)
    for entry in books.entries:
        if entry.act == "log":
            sent[entry.key].append(entry)
    for key, entries in sent.items():
        yield from _ticket(key, entries, numbers.pop(key, []))
    for key, found in numbers.items():
        yield Breach("ticket from nowhere", key, f"there as {found}, in no journal")


def _ticket(key: str, entries: list[Entry], found: list[str]) -> Iterator[Breach]:
    said = {one.number for one in entries if one.outcome == "ok"}
    if said and not found:
        yield Breach("lost ticket", key, f"acknowledged as {sorted(said)}, not there")
    elif len(found) > 1:
        yield Breach("doubled ticket", key, f"there as {found}")
    elif said and said != set(found):
        yield Breach("wrong number", key, f"acknowledged as {sorted(said)}, there as {found}")


def _acts(books: Books) -> Iterator[Breach]:
    """(a) Every acknowledged act stands in the history; no more stand there than were sent."""
    sent: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in books.entries:
        if entry.act in EVENT_OF:
            sent[entry.number, EVENT_OF[entry.act]].append(entry.outcome)
    for (number, code), outcomes in sent.items():
        least = outcomes.count("ok")
        most = least + outcomes.count("unknown")
        found = books.acts[number, code]
        if found < least:
            yield Breach("lost act", f"{number} {code}", f"{least} acknowledged, {found} there")
        elif found > most:
            yield Breach("doubled act", f"{number} {code}", f"{most} sent, {found} there")


def _folding(books: Books) -> Iterator[Breach]:
    """(b) The row follows from the events, the deadlines from the plan."""
    for line in books.unfolded:
        yield Breach("row is not its history", line.partition(":")[0], line)


def _deadlines(books: Books) -> Iterator[Breach]:
    """(c) Each fired once, or was cancelled with a reason; never early."""
    for due in books.dues:
        seen = f"due {due.fires:.3f}, fired {[round(one, 3) for one in due.fired]}"
        about = f"{due.ref}: {due.name}"
        if due.is_waiting and due.fires < books.ended - _GRACE_SECONDS:
            yield Breach("missed deadline", about, f"{seen}, still waiting")
        if not due.is_waiting and due.cancelled is None and not due.fired:
            yield Breach("missed deadline", about, f"{seen}, neither fired nor cancelled")
        if len(due.fired) > 1 or due.events > 1:
            yield Breach("doubled deadline", about, f"{seen}, {due.events} events")
        if due.fired and min(due.fired) < due.fires:
            yield Breach("early deadline", about, seen)
        yield from _effects(due, about, seen)


def _effects(due: Due, about: str, seen: str) -> Iterator[Breach]:
    if bool(due.fired) != due.is_marked or (due.is_marked and due.cancelled is not None):
        yield Breach("torn deadline", about, f"{seen}, mark {due.is_marked}")
    if due.fired and due.events == 0:
        yield Breach("lost event", about, f"{seen}, no event")
    if due.fired and due.notices != due.wanted:
        yield Breach("lost notice", about, f"{due.wanted} people to tell, {due.notices} told")
    if due.cancelled is not None and not due.has_reason:
        yield Breach("cancelled without reason", about, seen)


def _sends(books: Books) -> Iterator[Breach]:
    """(d) Every message has arrived, under its own key; nothing else has."""
    for key, state in books.messages.items():
        if state not in _GONE:
            yield Breach("unsent message", key, f"state {state}")
        elif key not in books.caught:
            yield Breach("lost message", key, f"state {state}, never caught")
    for key in books.caught:
        if key not in books.messages:
            yield Breach("message from nowhere", key, f"caught {books.caught[key]} times")
    for line in books.unmailed:
        yield Breach("message never queued", line, "told in the desk, no message anywhere")


def _claims(books: Books) -> Iterator[Breach]:
    """(e) Nobody was told twice, nor was it tried behind a unique key."""
    for key, times in books.claims.items():
        if times > 1:
            yield Breach("doubled claim", key, f"written {times} times")
    for ref, (kept, told) in books.repeats.items():
        if kept != told:
            yield Breach("doubled repeat", ref, f"{kept} counted, {told} in the history")


def _answers(books: Books) -> Iterator[Breach]:
    """(h) No answer 5xx but while the database was away."""
    for entry in books.entries:
        if entry.status < 500:
            continue
        if not books.windows.touching(entry.at, entry.until, after=_SHADOW_SECONDS):
            about = f"{entry.act} {entry.number or entry.key}"
            yield Breach("answer 5xx", about, f"{entry.status} at {entry.at:.3f}")


def _sessions(books: Books) -> Iterator[Breach]:
    """Nobody stays inside a transaction after losing the line."""
    for line in books.stuck:
        yield Breach("stuck session", line.partition(":")[0], line)


_CHECKS: tuple[Callable[[Books], Iterator[Breach]], ...] = (
    _tickets, _acts, _folding, _deadlines, _sends, _claims, _answers, _sessions,
)  # fmt: skip
