"""What a storm left behind, as plain values: the clients' journal, the rows, the log without a key,
and what the sinks caught. Gathered here, judged by the accountant."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from servicedesk.lib import lasting_log
from tests.chaos import journal
from tests.chaos.desk import Desk
from tests.chaos.journal import Entry
from tests.chaos.windows import Windows

# The event that an acknowledged act leaves, where it leaves one.
EVENT_OF = {
    "accept": "signed", "contact": "contacted", "done": "done", "review": "approved",
    "ask_to_suspend": "asked", "suspend": "suspended", "resume": "resumed", "close": "closed",
    "reopen": "reopened", "cancel": "cancelled",
}  # fmt: skip


@dataclass(frozen=True)
class Ticket:
    """`key` is what its clerk's form carried, read from the words of the complaint."""

    number: str
    key: str


@dataclass(frozen=True)
class Due:
    """One deadline row with all that happened to it; instants in seconds of the database's clock.

    `planned` is the commit that made it known, `fired` every commit that fired it; `events`,
    `wanted` and `notices` count the history it left, the people it names, and those told.
    """

    ref: int
    name: str
    fires: float
    planned: float
    fired: tuple[float, ...]
    cancelled: float | None
    is_waiting: bool
    is_marked: bool
    has_reason: bool
    events: int
    wanted: int
    notices: int

    @property
    def wanted_at(self) -> float:
        """When it could fire at the earliest: nobody fires what is not planned yet."""
        return max(self.fires, self.planned)


@dataclass
class Books:
    """Everything the accountant looks at."""

    entries: list[Entry] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)
    dues: list[Due] = field(default_factory=list)
    #: Events that people caused, by number and code.
    acts: Counter[tuple[str, str]] = field(default_factory=Counter)
    #: Commits that inserted, or tried to, into the notices and the outbox, by key: more than one is
    #: a second claim, which the unique key would have hidden.
    claims: Counter[str] = field(default_factory=Counter)
    #: The messages by key with their state, and what the sinks caught by key.
    messages: dict[str, str] = field(default_factory=dict)
    caught: Counter[str] = field(default_factory=Counter)
    #: Notices of a firing whose person has an address, and no message to it stands anywhere.
    unmailed: list[str] = field(default_factory=list)
    #: Repeats of a call by its deadline: as counted in the row, as they stand in the history.
    repeats: dict[str, tuple[int, int]] = field(default_factory=dict)
    #: What does not follow from a ticket's events.
    unfolded: list[str] = field(default_factory=list)
    #: Sessions that do nothing inside a transaction although all is at rest.
    stuck: list[str] = field(default_factory=list)
    windows: Windows = field(default_factory=Windows)
    ended: float = 0.0


def gather(desk: Desk, unfolded: list[str], ended: float) -> Books:
    """The books of a desk at rest."""
    books = Books(windows=desk.windows, unfolded=unfolded, ended=ended)
    books.entries = list(journal.read(desk.folder))
    books.tickets = [
        Ticket(number, key) for number, key in desk.rows(
            "SELECT number, right(text, 36) FROM tickets_ticket ORDER BY id"
        )
    ]  # fmt: skip
    _gather_dues(desk, books)
    books.acts = Counter({(number, code): count for number, code, count in desk.rows(_ACTS)})
    books.messages = dict(desk.rows("SELECT key, state FROM notifications_outbox"))
    books.caught = Counter(plain(line["key"]) for line in lasting_log.read(desk.sink_log))
    books.unmailed = [str(key) for (key,) in desk.rows(_UNMAILED)]
    books.repeats = {str(ref): (kept, told) for ref, kept, told in desk.rows(_REPEATS)}
    books.stuck = [str(name) for (name,) in desk.rows(_STUCK)]
    return books


def plain(key: str) -> str:
    """The key of a message as its row has it; a mail's id says it with points and brackets."""
    if key.startswith("<"):
        return key.strip("<>").rpartition("@")[0].replace(".", ":")
    return key


def _gather_dues(desk: Desk, books: Books) -> None:
    planned: dict[str, float] = {}
    fired: dict[str, list[float]] = defaultdict(list)
    claimed: dict[str, set[float]] = defaultdict(set)
    for what, ref, committed in desk.rows(_LOG):
        if what == "planned":
            planned[ref] = committed
        elif what == "fired":
            fired[ref].append(committed)
        else:
            claimed[f"{what} {ref}"].add(committed)
    books.claims = Counter({key: len(commits) for key, commits in claimed.items()})
    told = dict(desk.rows(_NOTICES))
    for row in desk.rows(_DUES):
        books.dues.append(_due(row, planned, fired, told))


def _due(
    row: tuple[Any, ...], planned: dict[str, float], fired: dict[str, list[float]],
    told: dict[str, int],
) -> Due:  # fmt: skip
    ref, name, fires, cancelled, is_waiting, is_marked, has_reason, events, wanted = row
    return Due(
        ref=ref, name=name, fires=fires, planned=planned.get(str(ref), 0.0),
        fired=tuple(sorted(fired.get(str(ref), []))), cancelled=cancelled, is_waiting=is_waiting,
        is_marked=is_marked, has_reason=has_reason, events=events, wanted=wanted,
        notices=told.get(f"deadline:{ref}", 0),
    )  # fmt: skip


# The instant of the commit, not of the statement: the server keeps it for each transaction.
_LOG = """
    SELECT what, ref, extract(epoch FROM coalesce(pg_xact_commit_timestamp(xmin), at))::float8
    FROM chaos_log
"""
_NOTICES = """
    SELECT key, count(DISTINCT staff_id) FROM notifications_notice WHERE key LIKE 'deadline:%'
    GROUP BY key
"""
# A cancelled one has a reason if something happened to its ticket just then, or if its clock or its
# ticket had ended when an engine came to it.
_DUES = """
    WITH said AS (
        SELECT ticket_id, facts->>'clock' AS clock, facts->>'stage' AS stage,
            (facts->>'due_at')::timestamptz AS due_at, count(*) AS events,
            max(jsonb_array_length(coalesce(facts->'told', '[]'))) AS wanted
        FROM tickets_event WHERE code IN ('reminded', 'overdue', 'escalated', 'limit_warned')
        GROUP BY 1, 2, 3, 4
    )
    SELECT d.id, t.number || ' ' || d.clock || ' ' || d.stage || ' #' || d.generation,
        extract(epoch FROM d.fires_at)::float8, extract(epoch FROM d.cancelled_at)::float8,
        d.next_fire_at IS NOT NULL, d.fired_at IS NOT NULL,
        d.cancelled_at IS NULL OR t.closed_at <= d.cancelled_at
        OR EXISTS (SELECT FROM tickets_event e WHERE e.ticket_id = d.ticket_id
            AND e.at = d.cancelled_at)
        OR EXISTS (SELECT FROM tickets_clock c WHERE c.ticket_id = d.ticket_id AND c.name = d.clock
            AND c.measure = d.measure
            AND (c.stopped_at <= d.cancelled_at OR c.generation > d.generation)),
        coalesce(s.events, 0), coalesce(s.wanted, 0)
    FROM tickets_deadline d JOIN tickets_ticket t ON t.id = d.ticket_id
    LEFT JOIN said s ON s.ticket_id = d.ticket_id AND s.clock = d.clock AND s.stage = d.stage
        AND s.due_at = d.due_at AND d.fired_at IS NOT NULL
    ORDER BY d.id
"""
# Whoever signs for what the desk has signed for takes it over: a reassignment in the history.
_ACTS = """
    SELECT t.number, CASE e.code WHEN 'reassigned' THEN 'signed' ELSE e.code END, count(*)
    FROM tickets_event e
    JOIN tickets_ticket t ON t.id = e.ticket_id WHERE e.by_id IS NOT NULL GROUP BY 1, 2
"""
# What was bundled names the message it left in.
_UNMAILED = """
    SELECT n.key || ' to ' || s.staff_number FROM notifications_notice n
    JOIN organisation_staff s ON s.id = n.staff_id AND s.email <> ''
    WHERE n.key LIKE 'deadline:%'
    AND NOT EXISTS (SELECT FROM notifications_outbox o
        WHERE o.key = n.key || ':' || n.staff_id || ':email')
    AND NOT EXISTS (SELECT FROM notifications_held h
        JOIN notifications_outbox o ON o.key = h.message_key || ':email'
        WHERE h.key = n.key || ':' || n.staff_id)
"""
_REPEATS = """
    SELECT c.deadline_id, c.repeats, count(e.id) FROM tickets_escalation c
    LEFT JOIN tickets_event e ON e.ticket_id = c.ticket_id AND e.code = 'called_again'
        AND e.facts->>'clock' = c.clock AND e.facts->>'stage' = c.stage
        AND (e.facts->>'generation' IS NULL OR e.facts->>'generation' = c.generation::text)
    GROUP BY c.id
"""
_STUCK = """
    SELECT application_name || ': ' || left(query, 120) FROM pg_stat_activity
    WHERE state = 'idle in transaction' AND state_change < clock_timestamp() - interval '3 s'
"""
