"""The accountant can find fault: books that are right, then wrong in one way each."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.chaos import accountant, lateness
from tests.chaos.books import Books, Due, Ticket, plain
from tests.chaos.journal import Entry
from tests.chaos.lateness import Span
from tests.chaos.windows import Window, Windows

LOGGED = Entry("log", "key-1", "T-1", "ok", 302, 10.0, 10.2)
SIGNED = Entry("accept", "", "T-1", "ok", 302, 11.0, 11.1)
FIRED = Due(
    ref=7, name="T-1 sign due #1", fires=20.0, planned=10.1, fired=(20.01,), cancelled=None,
    is_waiting=False, is_marked=True, has_reason=True, events=1, wanted=2, notices=2,
)  # fmt: skip
CANCELLED = replace(FIRED, ref=8, fired=(), cancelled=15.0, is_marked=False, events=0)
MAIL = "deadline:7:3:email"


def right() -> Books:
    """A ticket that was logged, signed for, and whose limit fired."""
    return Books(
        entries=[LOGGED, SIGNED], tickets=[Ticket("T-1", "key-1")], dues=[FIRED, CANCELLED],
        acts=Counter({("T-1", "signed"): 1}), claims=Counter({f"message {MAIL}": 1}),
        messages={MAIL: "sent"}, caught=Counter({MAIL: 1}), repeats={"7": (1, 1)}, ended=60.0,
    )  # fmt: skip


def kinds(books: Books) -> list[str]:
    return [breach.kind for breach in accountant.audit(books)]


def with_due(**changes: object) -> Books:
    books = right()
    books.dues = [replace(FIRED, **changes)]  # type: ignore[arg-type]
    return books


def test_it_finds_nothing_in_books_that_are_right() -> None:
    assert kinds(right()) == []


def test_it_finds_a_lost_ticket() -> None:
    books = right()
    books.tickets = []
    assert kinds(books) == ["lost ticket"]


def test_it_finds_a_doubled_ticket_and_one_under_another_number() -> None:
    books = right()
    books.tickets.append(Ticket("T-2", "key-1"))
    assert kinds(books) == ["doubled ticket"]
    books.tickets = [Ticket("T-2", "key-1")]
    assert kinds(books) == ["wrong number"]


def test_a_retry_must_be_answered_with_the_same_number() -> None:
    books = right()
    books.entries.append(replace(LOGGED, number="T-9"))
    assert kinds(books) == ["wrong number"]


def test_it_finds_a_ticket_that_nobody_logged() -> None:
    books = right()
    books.tickets.append(Ticket("T-2", "key-2"))
    assert kinds(books) == ["ticket from nowhere"]


@pytest.mark.parametrize("there", [0, 1])
def test_of_an_unknown_ticket_none_or_one_is_right(there: int) -> None:
    books = right()
    books.entries.append(Entry("log", "key-2", "", "unknown", 0, 12.0, 12.5))
    books.tickets += [Ticket("T-2", "key-2")] * there
    assert kinds(books) == []
    books.tickets += [Ticket("T-3", "key-2")] * (2 - there)
    assert kinds(books) == ["doubled ticket"]


def test_it_finds_lost_and_doubled_acts() -> None:
    books = right()
    books.acts.clear()
    assert kinds(books) == ["lost act"]
    books.acts["T-1", "signed"] = 2
    assert kinds(books) == ["doubled act"]
    books.entries.append(replace(SIGNED, outcome="unknown"))
    assert kinds(books) == []


def test_it_finds_a_missed_deadline() -> None:
    nothing = {"fired": (), "is_marked": False, "events": 0, "notices": 0}
    assert kinds(with_due(is_waiting=True, **nothing)) == ["missed deadline"]
    assert kinds(with_due(**nothing)) == ["missed deadline"]
    # Not yet due, or only just.
    assert kinds(with_due(is_waiting=True, fires=58.0, **nothing)) == []


def test_it_finds_a_doubled_firing_by_the_log_and_by_the_history() -> None:
    assert kinds(with_due(fired=(20.01, 20.5))) == ["doubled deadline"]
    assert kinds(with_due(events=2)) == ["doubled deadline"]


def test_it_finds_an_early_firing() -> None:
    assert kinds(with_due(fired=(19.999,))) == ["early deadline"]


def test_it_finds_effects_without_mark_and_mark_without_effects() -> None:
    assert kinds(with_due(is_marked=False)) == ["torn deadline"]
    assert kinds(with_due(events=0)) == ["lost event"]
    assert kinds(with_due(notices=1)) == ["lost notice"]
    assert kinds(with_due(fired=(), is_marked=True)) == ["missed deadline", "torn deadline"]


def test_it_finds_a_cancellation_without_reason() -> None:
    books = right()
    books.dues = [replace(CANCELLED, has_reason=False)]
    assert kinds(books) == ["cancelled without reason"]


def test_it_finds_a_message_that_never_arrived() -> None:
    books = right()
    books.caught.clear()
    assert kinds(books) == ["lost message"]
    books.messages[MAIL] = "dead"
    assert kinds(books) == ["unsent message"]


def test_it_finds_a_message_that_nobody_queued_and_one_that_was_never_queued() -> None:
    books = right()
    books.caught["stranger"] = 1
    assert kinds(books) == ["message from nowhere"]
    books = right()
    books.unmailed = ["deadline:7 to 2001"]
    assert kinds(books) == ["message never queued"]


def test_a_repeat_at_the_sink_under_the_same_key_is_no_breach() -> None:
    books = right()
    books.caught[MAIL] = 3
    assert kinds(books) == []


def test_it_finds_a_claim_that_a_unique_key_has_hidden() -> None:
    books = right()
    books.claims["notice deadline:7 to 3"] = 2
    assert kinds(books) == ["doubled claim"]
    books = right()
    books.repeats["7"] = (1, 2)
    assert kinds(books) == ["doubled repeat"]


def test_it_finds_a_row_that_is_not_its_history() -> None:
    books = right()
    books.unfolded = ["T-1: due_as_planned: a clock differs"]
    assert kinds(books) == ["row is not its history"]


def test_it_finds_a_session_that_is_stuck_in_a_transaction() -> None:
    books = right()
    books.stuck = ["deadlines-1: SELECT 1"]
    assert kinds(books) == ["stuck session"]


def test_an_answer_5xx_is_excused_only_while_the_database_is_away() -> None:
    books = right()
    books.entries.append(replace(SIGNED, outcome="unknown", status=503))
    assert kinds(books) == ["answer 5xx"]
    books.windows = Windows([Window("postgres", 9.0, 10.0)])
    assert kinds(books) == []
    books.windows = Windows([Window("postgres", 3.0, 4.0)])
    assert kinds(books) == ["answer 5xx"]


def test_a_breach_names_what_it_is_about() -> None:
    (breach,) = accountant.audit(with_due(fired=(20.01, 20.5)))
    assert breach.about == "7: T-1 sign due #1"
    assert "20.01" in breach.seen
    assert "20.5" in breach.seen


def test_lateness_is_counted_from_when_it_could_fire() -> None:
    books = right()
    # Planned after its time, overtaken by an act, and fired in the calm.
    books.dues = [
        replace(FIRED, fires=5.0, fired=(11.1,)), replace(CANCELLED, fires=14.0),
        replace(FIRED, fires=40.0, fired=(40.2,)),
    ]  # fmt: skip
    found = lateness.figures(books, Span(0, 30), Span(30, 60))
    assert found["storm"] == {"n": 2, "p50": 1.0, "p99": 1.0, "max": 1.0}
    assert found["calm"] == {"n": 1, "p50": 0.2, "p99": 0.2, "max": 0.2}
    books.windows = Windows([Window("postgres", 14.5, 14.6), Window("frozen", 0.0, 60.0)])
    found = lateness.figures(books, Span(0, 30), Span(30, 60))
    counted = {name: one["n"] for name, one in found.items()}
    assert counted == {"storm": 2, "storm, all": 2, "storm, database up": 1, "calm": 1}
    books.windows = Windows([Window("bad-postgres", 14.5, 14.6)])
    found = lateness.figures(books, Span(0, 30), Span(30, 60))
    assert (found["storm"]["n"], found["storm, all"]["n"]) == (1, 2)


def test_the_key_of_a_mail_is_read_from_its_id() -> None:
    assert plain("<deadline.7.3.email@servicedesk.invalid>") == MAIL
    assert plain(MAIL) == MAIL
