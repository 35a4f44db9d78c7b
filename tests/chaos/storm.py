"""One storm from end to end: load, killing, calm, the end of everything that waits, the books."""

import json
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Any

import psutil
import psycopg2

from tests.chaos import accountant, books, brood, lateness, timeline
from tests.chaos.accountant import Breach
from tests.chaos.backing import wait_until
from tests.chaos.books import Books
from tests.chaos.desk import Desk
from tests.chaos.episodes import Episodes
from tests.chaos.killer import Killer
from tests.chaos.lateness import Span

_TURN_SECONDS = 0.01
_PROGRESS_SECONDS = 30.0
_SETTLING_SECONDS = 4.0
# A lease of 60 s, the tries of a bad mail line behind one another, and some more.
_PATIENCE_SECONDS = 240.0
# Everything that still waits for its time, its signature or its sending.
WAITING = """
    SELECT (SELECT count(*) FROM tickets_deadline WHERE next_fire_at IS NOT NULL)
    + (SELECT count(*) FROM tickets_ticket WHERE auto_sign_at IS NOT NULL AND state = 'dispatched')
    + (SELECT count(*) FROM tickets_escalation WHERE next_fire_at IS NOT NULL)
    + (SELECT count(*) FROM notifications_held WHERE due_at IS NOT NULL)
    + (SELECT count(*) FROM notifications_outbox WHERE next_try_at IS NOT NULL)
"""


@dataclass(frozen=True)
class Wanted:
    """What kind of storm; `tickets` are logged a second by `clients` clients."""

    seconds: float
    seed: int
    calm: float
    tickets: float = 1.0
    clients: int = 6


@dataclass
class Weathered:
    """What came of it."""

    line: dict[str, Any]
    breaches: list[Breach]


class Storm:
    """The state of one storm over a desk whose loops run."""

    def __init__(self, desk: Desk, wanted: Wanted, say: Callable[[str], None]) -> None:
        self.desk, self.wanted, self.say = desk, wanted, say
        random = Random(wanted.seed)
        self.episodes_to_come = timeline.plan(wanted.seconds, random)
        self.random = random
        self.killer = Killer(desk.web, desk.loops, random)
        self.episodes = Episodes(desk, self.killer)
        self.said_at = time.monotonic()

    def run(self) -> Weathered:
        """Everything; the desk is at rest afterwards."""
        load = self.desk.begin_load(
            seed=self.wanted.seed, tickets_a_second=self.wanted.tickets, clients=self.wanted.clients
        )
        storm = self._rage()
        calm = self._rest()
        assert load.stdin is not None
        load.stdin.close()
        self._while_waiting(lambda: load.poll() is not None, "the end of the clients")
        assert load.stdout is not None
        load.stdout.close()
        self._while_waiting(lambda: self.waiting() == 0, "the end of all limits and messages")
        found = books.gather(self.desk, unfolded(self.desk), time.time())
        return self._judged(found, storm, calm)

    def _rage(self) -> Span:
        """Kill until the time is over."""
        began, since = time.time(), time.monotonic()
        next_kill = since
        while (now := time.monotonic()) - since < self.wanted.seconds:
            self.desk.listen()
            while self.episodes_to_come and self.episodes_to_come[0].at <= now - since:
                self.episodes.begin(self.episodes_to_come.pop(0))
            self.episodes.turn()
            if now >= next_kill:
                next_kill = now + self.random.uniform(*timeline.GAP)
                self.killer.kill_one()
            self._report()
            time.sleep(_TURN_SECONDS)
        self.episodes.end_all()
        return Span(began, time.time())

    def _rest(self) -> Span:
        """Nothing is killed any more; the clients go on."""
        self._linger(_SETTLING_SECONDS)
        began = time.time()
        self._linger(self.wanted.calm)
        return Span(began, time.time())

    def _linger(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.desk.listen()
            self._report()
            time.sleep(0.05)

    def _while_waiting(self, is_so: Callable[[], bool], what: str) -> None:
        def looked() -> bool:
            self.desk.listen()
            self._report()
            time.sleep(0.2)
            return is_so()

        try:
            wait_until(looked, what, _PATIENCE_SECONDS)
        except AssertionError as late:
            # The books say what is missing.
            self.say(str(late))

    def _report(self) -> None:
        if time.monotonic() - self.said_at < _PROGRESS_SECONDS:
            return
        self.said_at = time.monotonic()
        try:
            tickets, fired, sent = self.desk.rows(
                "SELECT (SELECT count(*) FROM tickets_ticket),"
                " (SELECT count(*) FROM tickets_deadline WHERE fired_at IS NOT NULL),"
                " (SELECT count(*) FROM notifications_outbox WHERE state = 'sent')"
            )[0]
        except psycopg2.Error:
            tickets, fired, sent = "?", "?", "?"
        self.say(
            f"{sum(self.killer.killed.values())} killed, {tickets} tickets, {fired} deadlines fired,"
            f" {sent} messages sent, {self.waiting()} waiting; {dict(self.episodes.done)}"
        )

    def waiting(self) -> int:
        """How many rows wait for an engine; -1 while the database is away."""
        try:
            return int(self.desk.rows(WAITING)[0][0])
        except psycopg2.Error:
            return -1

    def _threads(self) -> int:
        """The most that one process of the desk has at the end: what hung on a bad line is gone."""
        parents = [*self.desk.web.living.values(), *self.desk.loops.living.values()]
        pids = [pid for parent in parents for pid in [parent, *brood.children(parent)]]
        return max(map(_number_of_threads, pids), default=0)

    def _judged(self, found: Books, storm: Span, calm: Span) -> Weathered:
        breaches = accountant.audit(found)
        kills = self.killer.killed + self.episodes.done
        line = {
            "seed": self.wanted.seed, "seconds": self.wanted.seconds, "kills": dict(kills),
            "killed": {
                "processes": sum(self.killer.killed.values()),
                "postgres": _of(kills, "postgres "), "redis": _of(kills, "redis "),
            },
            **_figures(found), "lateness": lateness.figures(found, storm, calm),
            "away": self.desk.windows.summary(), "threads": self._threads(),
            "breaches": dict(Counter(one.kind for one in breaches)),
        }  # fmt: skip
        return Weathered(line, breaches)


def _number_of_threads(pid: int) -> int:
    with suppress(psutil.Error):
        return int(psutil.Process(pid).num_threads())
    return 0


def unfolded(desk: Desk) -> list[str]:
    """What does not follow from the events, asked in a process that knows the models."""
    file = desk.folder / "unfolded.json"
    command = ("python", "-m", "tests.chaos.folding", str(file))
    # A long storm has thousands of tickets, each asked for a dozen things.
    desk.do_once("folding", command, patience=1200)
    found: list[str] = json.loads(file.read_text())
    return found


def _of(kills: "Counter[str]", kind: str) -> int:
    return sum(count for name, count in kills.items() if name.startswith(kind))


def _figures(found: Books) -> dict[str, Any]:
    """What the line counts; each breach names the one it is about."""
    logged = {one.key for one in found.entries if one.act == "log" and one.outcome == "ok"}
    there = {one.key for one in found.tickets}
    unsure = [one for one in found.entries if one.outcome == "unknown"]
    fired = [due for due in found.dues if due.fired]
    breaches = Counter(one.kind for one in accountant.audit(found))
    return {
        "tickets": {"acknowledged": len(logged), "found": len(logged & there)},
        "acts": {"sent": len(found.entries), "unknown": len(unsure)},
        "deadlines": {
            "due": sum(not due.cancelled or bool(due.fired) for due in found.dues),
            "fired": len(fired), "cancelled": sum(due.cancelled is not None for due in found.dues),
            "missed": breaches["missed deadline"], "doubled": breaches["doubled deadline"],
            "early": breaches["early deadline"],
        },
        "sends": {
            "expected": len(found.messages), "distinct": len(found.caught),
            "repeated": found.caught.total() - len(found.caught),
        },
    }  # fmt: skip
