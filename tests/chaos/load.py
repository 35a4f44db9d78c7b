"""The clients: a process of their own whose threads log complaints and lead them through their
stories over HTTP, and write down what they meant and what they were answered.

A form whose answer never came is sent again with the same key, until it is answered; now and then
one that was answered is sent again all the same, as a double click would.
"""

import heapq
import itertools
import json
import sys
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from random import Random

from servicedesk.processes import child
from tests.chaos import forms, stories
from tests.chaos.browser import Answer, Browser
from tests.chaos.journal import Journal

# So long is a form without an answer sent again; the longest trouble of a storm is shorter.
_PATIENCE_SECONDS = 60.0
_MOST_TRIES_OF_AN_ACT = 4
_DOUBLE_CLICKS = 0.1
_ORDER = itertools.count()


class Client(threading.Thread):
    """One of them: a clerk who logs, and everybody who works on what the clerk has logged."""

    def __init__(
        self, number: int, journal: Journal, people: dict[str, Browser], known: dict[str, str],
        *, seed: int, every: float, is_over: Callable[[], bool],
    ) -> None:  # fmt: skip
        super().__init__(name=f"client-{number}", daemon=True)
        self.journal, self.people, self.known = journal, people, known
        self.every, self.is_over = every, is_over
        self.random = Random(f"{seed}-{number}")
        self.rows = forms.Rows(known["database"])
        self.waiting: list[tuple[float, int, str, str, str, int]] = []

    def run(self) -> None:
        """Until it is over and every story that was begun has ended."""
        due = time.monotonic() + self.random.uniform(0, self.every)
        while not self.is_over() or self.waiting:
            now = time.monotonic()
            if self.waiting and self.waiting[0][0] <= now:
                self._act()
            elif now >= due and not self.is_over():
                due = now + self.random.uniform(0.5, 1.5) * self.every
                self._log()
            else:
                time.sleep(0.02)

    def _log(self) -> None:
        key = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        typed = {
            "key": key, "kind": "COMPLAINT", "category": self.known["category"],
            "channel": "counter", "priority": "normal", "text": f"停电两小时没人解释。{key}",
            "contact_phone": "13900000001", "territory": self.known["territory"],
        }  # fmt: skip
        number = self._insist("log", key, lambda: ("/tickets/intake/", typed))
        if number and self.random.random() < _DOUBLE_CLICKS:
            self._insist("log", key, lambda: ("/tickets/intake/", typed))
        if number:
            self._begin(number)

    def _begin(self, number: str) -> None:
        story = stories.draw(self.random)
        at = time.monotonic()
        for act, after in zip(story.acts, stories.times(story, self.random), strict=True):
            at += after
            self._plan(at, act.name, act.by, number)

    def _plan(self, at: float, act: str, by: str, number: str, tries: int = 0) -> None:
        heapq.heappush(self.waiting, (at, next(_ORDER), act, by, number, tries))

    def _act(self) -> None:
        _, _, act, by, number, tries = heapq.heappop(self.waiting)
        try:
            if act == "close":
                self._send("take", "", number, self.people[by], *self._form("take", number))
            answer = self._send(act, "", number, self.people[by], *self._form(act, number))
        except forms.NotYet:
            answer = Answer(0)
        if answer.outcome == "unknown" and tries < _MOST_TRIES_OF_AN_ACT:
            self._plan(time.monotonic() + 0.5 * 2**tries, act, by, number, tries + 1)

    def _form(self, act: str, number: str) -> tuple[str, dict[str, str]]:
        return forms.filled(act, number, self.rows)

    def _insist(self, act: str, key: str, form: Callable[[], tuple[str, dict[str, str]]]) -> str:
        """The number that was answered at last, or nothing."""
        until = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < until:
            answer = self._send(act, key, "", self.people["clerk"], *form())
            if answer.outcome == "ok":
                return answer.location.split("/")[2]
            if answer.outcome == "failed":
                return ""
            time.sleep(self.random.uniform(0.1, 0.4))
        return ""

    def _send(
        self, act: str, key: str, number: str, person: Browser, path: str, typed: dict[str, str]
    ) -> Answer:
        place = self.journal.intend(act, key, number, time.time())
        answer = person.send(path, typed)
        if answer.outcome == "ok" and answer.location.startswith("/sign-in"):
            # A session that the desk does not know: nothing was done.
            person.sign_in()
            answer = Answer(0)
        if act == "log" and answer.outcome == "ok":
            number = answer.location.split("/")[2]
        self.journal.answered(place, answer.outcome, answer.status, number, time.time())
        return answer


def main() -> None:
    """`python -m tests.chaos.load FILE`: until standard input closes; FILE says what to do."""
    child.die_with_parent()
    known = json.loads(Path(sys.argv[1]).read_text())
    over = threading.Event()
    people = {name: Browser(known["port"], known[f"number of {name}"], known["password"])
              for name in stories.BY}  # fmt: skip
    for one in people.values():
        one.sign_in()
    sys.stdout.write("working\n")
    sys.stdout.flush()
    clients = [
        Client(
            number, Journal(Path(known["folder"]) / f"journal-{number}.jsonl"), people, known,
            seed=known["seed"], every=known["clients"] / known["tickets_a_second"],
            is_over=over.is_set,
        )
        for number in range(known["clients"])
    ]  # fmt: skip
    for client in clients:
        client.start()
    sys.stdin.read()
    over.set()
    for client in clients:
        client.join()


if __name__ == "__main__":
    main()
