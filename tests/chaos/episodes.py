"""What each kind of trouble of the timeline does to the desk, and how it ends.

An episode is begun at its time and, if it lasts, ended by itself after its seconds; the storm calls
`turn` all the while.
"""

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.chaos.desk import Desk, manage
from tests.chaos.killer import Killer
from tests.chaos.proxy import Toxic
from tests.chaos.timeline import Episode
from tests.chaos.windows import Window

# Who is frozen, and the table at which it is caught.
_CAUGHT_AT = {
    "sweeper": ("deadlines-", "tickets_event"), "relay": ("relay-", "notifications_outbox"),
}  # fmt: skip
_TERMINATED_EVERY = 0.5
_LOOKED_EVERY = 0.25

# What makes a line bad. Half of the connections only, so that a partition never takes everybody.
TOXICS = {
    "reset-after": Toxic("reset-after", breaks_commit="after", share=0.5),
    "reset-before": Toxic("reset-before", breaks_commit="before", share=0.5),
    "blackhole": Toxic("blackhole", is_blackhole=True, share=0.5),
    "slow": Toxic("slow", latency=0.15, share=0.5),
    "cut": Toxic("cut", cut_after=20_000, share=0.5),
}


@dataclass
class Standing:
    """An episode that was begun: its steps, run one at each turn."""

    steps: Iterator[None]
    window: Window | None


class Episodes:
    """Begins, turns and ends them; counts what they did by kind and way."""

    def __init__(self, desk: Desk, killer: Killer) -> None:
        self.desk, self.killer = desk, killer
        self.done: Counter[str] = Counter()
        self.standing: list[Standing] = []

    def begin(self, episode: Episode) -> None:
        """Its first step now, the others at the turns to come."""
        work = _WORK[episode.kind](self, episode)
        window = None
        if episode.kind in _WINDOWED:
            window = self.desk.windows.open(episode.kind)
        self.standing.append(Standing(work, window))
        self.turn()

    def turn(self) -> None:
        """One more step of each that stands; those that are through are put away."""
        for one in list(self.standing):
            try:
                next(one.steps)
            except StopIteration:
                self.standing.remove(one)
                if one.window is not None:
                    self.desk.windows.close(one.window)

    def end_all(self) -> None:
        """Wait for all of them."""
        while self.standing:
            self.desk.listen()
            self.turn()
            time.sleep(0.02)

    def _lasting(self, episode: Episode) -> Iterator[None]:
        until = time.monotonic() + episode.seconds
        while time.monotonic() < until:
            yield

    def postgres(self, episode: Episode) -> Iterator[None]:
        self.done[f"postgres {episode.way}"] += self.desk.backing.kill_postgres(episode.way)
        yield

    def terminate(self, episode: Episode) -> Iterator[None]:
        next_at = 0.0
        for _ in self._lasting(episode):
            if time.monotonic() >= next_at:
                self.done["backends terminated"] += self.desk.backing.terminate_backends()
                next_at = time.monotonic() + _TERMINATED_EVERY
            yield

    def redis(self, episode: Episode) -> Iterator[None]:
        backing = self.desk.backing
        if episode.way == "flush":
            self.done["redis flush"] += backing.flush_redis()
            return
        backing.redis_may_live = episode.way == "kill"
        self.done[f"redis {episode.way}"] += backing.kill_redis()
        if episode.way == "absent":
            yield from self._lasting(episode)
        backing.redis_may_live = True

    def frozen(self, episode: Episode) -> Iterator[None]:
        """Stop one while it holds locks, go on without it, let the zombie return. It is caught by
        barring the table it writes into until it waits there, in the midst of its transaction."""
        prefix, table = _CAUGHT_AT[episode.way]
        until = time.monotonic() + min(1.0, self.desk.backing.seconds_to_next() - 0.05)
        while time.monotonic() < until:
            yield
        with self.desk.backing.barred(table, prefix) as caught:
            self.desk.listen()
            name = caught or f"{prefix}1"
            pid = self._signal(name, signal.SIGSTOP)
        self.killer.spared.add(name)
        self.done[f"frozen {episode.way}"] += bool(pid)
        time.sleep(0.1)
        self.done["frozen with locks"] += self.desk.backing.holds_locks(name)
        holding = self.desk.windows.open("frozen and holding")
        next_look = 0.0
        for _ in self._lasting(episode):
            if not holding.end and time.monotonic() >= next_look:
                next_look = time.monotonic() + _LOOKED_EVERY
                if not self.desk.backing.holds_locks(name):
                    self.desk.windows.close(holding)
            yield
        # The very one that was stopped: another of its name was born if it was killed.
        if pid and self.desk.loops.living.get(name) == pid:
            self._signal(name, signal.SIGCONT)
        holding.end = holding.end or time.time()
        self.killer.spared.discard(name)

    def _signal(self, name: str, number: signal.Signals) -> int:
        """The process number of whoever got it, or 0."""
        pid = self.desk.loops.living.get(name, 0)
        return pid if pid and self.desk.loops.kill(name, number) else 0

    def bad_line(self, episode: Episode) -> Iterator[None]:
        name = episode.kind.removeprefix("bad-")
        lines = self.desk.lines
        lines.spoil(name, TOXICS[episode.way])
        if name == "postgres":
            # So that everybody connects again, over the bad line.
            self.desk.backing.terminate_backends()
        yield from self._lasting(episode)
        lines.mend(name)
        self.done[f"{episode.kind} {episode.way}"] += 1

    def bad_mail(self, episode: Episode) -> Iterator[None]:
        mail = self.desk.lines.mail
        assert mail is not None
        mail.toxic = TOXICS[episode.way]
        yield from self._lasting(episode)
        mail.toxic = Toxic()
        self.done[f"{episode.kind} {episode.way}"] += 1

    def five_sweepers(self, episode: Episode) -> Iterator[None]:
        more = ("deadlines-3", "deadlines-4", "deadlines-5")
        for name in more:
            self.desk.loops.keep(name, manage("run_deadlines"))
        yield from self._lasting(episode)
        for name in more:
            self.desk.loops.retire(name)
        self.done["five sweepers"] += 1

    def rolling_restart(self, episode: Episode) -> Iterator[None]:
        """Each asked to end in turn, as an update would; the nursery starts it again."""
        for house in (self.desk.web, self.desk.loops):
            for name in sorted(set(house.living) - self.killer.spared):
                house.kill(name, signal.SIGTERM)
                until = time.monotonic() + 0.3
                while time.monotonic() < until:
                    yield
        self.done["rolling restart"] += 1


_WINDOWED = {"postgres", "terminate", "frozen", "bad-postgres"}
_WORK: dict[str, Callable[[Episodes, Episode], Iterator[None]]] = {
    "postgres": Episodes.postgres, "terminate": Episodes.terminate, "redis": Episodes.redis,
    "frozen": Episodes.frozen, "bad-postgres": Episodes.bad_line,
    "bad-redis": Episodes.bad_line, "bad-mail": Episodes.bad_mail,
    "five-sweepers": Episodes.five_sweepers, "rolling-restart": Episodes.rolling_restart,
}  # fmt: skip
