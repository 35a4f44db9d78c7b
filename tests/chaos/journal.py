"""What the clients meant to do and what they were answered, on the disk before anything follows from
it: an intent before each request, an outcome after it. An intent without an outcome is unknown."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from servicedesk.lib import lasting_log

Outcome = Literal["ok", "failed", "unknown"]


@dataclass(frozen=True)
class Entry:
    """One request: `key` is the same when it is sent again, `number` the ticket's."""

    act: str
    key: str
    number: str
    outcome: Outcome
    status: int
    at: float
    until: float


class Journal:
    """The file of one client."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.written = 0

    def intend(self, act: str, key: str, number: str, at: float) -> int:
        """The request is about to be sent; its place in the journal."""
        self.written += 1
        line = {"n": self.written, "act": act, "key": key, "number": number, "from": at}
        lasting_log.append(self.file, line)
        return self.written

    def answered(self, place: int, outcome: Outcome, status: int, number: str, at: float) -> None:
        """What came of it."""
        line = {"n": place, "outcome": outcome, "status": status, "number": number, "until": at}
        lasting_log.append(self.file, line)


def read(folder: Path) -> Iterator[Entry]:
    """Everything the clients wrote down."""
    for file in sorted(folder.glob("journal-*.jsonl")):
        yield from _entries(lasting_log.read(file))


def _entries(lines: list[dict[str, Any]]) -> Iterator[Entry]:
    outcomes = {line["n"]: line for line in lines if "outcome" in line}
    for line in lines:
        if "act" in line:
            end = outcomes.get(line["n"], {})
            yield Entry(
                line["act"], line["key"], end.get("number") or line["number"],
                end.get("outcome", "unknown"), end.get("status", 0), line["from"],
                end.get("until", float("inf")),
            )  # fmt: skip
