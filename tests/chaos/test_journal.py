"""An intent is on the disk before its outcome; what a kill cuts off is unknown, not lost."""

from pathlib import Path

from tests.chaos import journal
from tests.chaos.journal import Journal


def test_an_intent_without_an_outcome_is_unknown(tmp_path: Path) -> None:
    book = Journal(tmp_path / "journal-1.jsonl")
    first = book.intend("log", "key-1", "", 1.0)
    book.intend("accept", "", "T-1", 2.0)
    book.answered(first, "ok", 302, "T-1", 1.5)
    logged, accepted = journal.read(tmp_path)
    assert (logged.outcome, logged.number, logged.until) == ("ok", "T-1", 1.5)
    assert (accepted.outcome, accepted.number, accepted.status) == ("unknown", "T-1", 0)


def test_a_line_that_a_kill_cut_off_is_left_out(tmp_path: Path) -> None:
    book = Journal(tmp_path / "journal-1.jsonl")
    book.intend("log", "key-1", "", 1.0)
    with book.file.open("a") as file:
        file.write('{"n": 1, "outcome": "o')
    (logged,) = journal.read(tmp_path)
    assert logged.outcome == "unknown"


def test_all_clients_are_read(tmp_path: Path) -> None:
    for name in ("journal-0.jsonl", "journal-7.jsonl"):
        Journal(tmp_path / name).intend("log", name, "", 1.0)
    assert [one.key for one in journal.read(tmp_path)] == ["journal-0.jsonl", "journal-7.jsonl"]
