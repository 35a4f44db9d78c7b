"""Priority and level: raised by rule, changed by hand with a reason that everybody reads."""

import pytest

from tests.cast import Cast
from tests.factories.tickets import STEP, a_ticket
from tickets import gravity, permissions, supervision, transition, weighing
from tickets.gravity import Known
from tickets.kinds import Kind, Level, Priority
from tickets.models import Event, Ticket
from tickets.states import State


def change(cast: Cast, ticket: Ticket, **changes: object) -> Ticket:
    said: dict[str, object] = {
        "priority": Priority.URGENT, "level": Level(ticket.level), "reason": "School exam week",
        "by": cast.dispatcher, "at": cast.at + 5 * STEP,
    }  # fmt: skip
    return weighing.change(ticket=ticket, **said | changes)  # type: ignore[arg-type]


def test_a_change_by_hand_is_on_record_with_its_reason(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    assert change(cast, ticket).priority == Priority.URGENT
    event = Event.objects.filter(ticket=ticket).latest("id")
    assert event.code == "priority_changed"
    assert event.by_id == cast.dispatcher.pk
    assert {key: event.facts[key] for key in ("from", "to", "reason")} == {
        "from": "normal", "to": "urgent", "reason": "School exam week"
    }  # fmt: skip


def test_no_reason_no_change(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    with pytest.raises(weighing.WhyChanged):
        change(cast, ticket, reason="  ")
    with pytest.raises(weighing.NothingChanged):
        change(cast, ticket, priority=Priority.NORMAL)


@pytest.mark.parametrize("who", ["handler", "operator", "leader", "outsider", "stranger"])
def test_nobody_else_moves_a_ticket_forward(cast: Cast, who: str) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    with pytest.raises(permissions.NotYours):
        change(cast, ticket, by=getattr(cast, who))


def test_the_same_change_sent_twice_is_one(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    change(cast, ticket, version=ticket.version)
    with pytest.raises(transition.ChangedMeanwhile):
        change(cast, ticket, version=ticket.version)
    assert Event.objects.filter(ticket=ticket, code="priority_changed").count() == 1


def test_a_safety_matter_stays_first(cast: Cast) -> None:
    ticket = a_ticket(
        cast, state=State.IN_PROGRESS, kind=Kind.FAULT, priority="emergency",
        category=cast.category("power-fault-danger"),
    )  # fmt: skip
    with pytest.raises(weighing.SafetyStaysFirst):
        change(cast, ticket, priority=Priority.NORMAL)
    with pytest.raises(weighing.SafetyStaysFirst):
        change(cast, ticket, priority=Priority.EMERGENCY, level=Level.GENERAL)


@pytest.mark.parametrize(
    ("known", "level", "grounds"),
    [
        (Known("停电两小时"), 4, ()),
        (Known("有人触电受伤"), 2, ("safety",)),
        (Known("", is_safety=True), 2, ("safety",)),
        (Known("a reporter called"), 2, ("media",)),
        (Known("", is_key_account=True), 3, ("key_account",)),
        (Known("", is_referred=True), 3, ("referred",)),
        (Known("", contacts=2), 4, ()),
        (Known("", contacts=3), 3, ("third_contact",)),
        (Known("", reopenings=2), 3, ("reopened_twice",)),
        (Known("记者来了", contacts=3, reopenings=2), 1, ("media", "third_contact", "reopened_twice")),
    ],
)  # fmt: skip
def test_the_rules_raise_a_level(known: Known, level: int, grounds: tuple[str, ...]) -> None:
    assert gravity.judge(known) == (level, grounds)


def test_what_is_told_at_intake_gives_the_level(cast: Cast) -> None:
    ticket = a_ticket(cast, text="有人触电受伤，快来")
    assert ticket.level == Level.MAJOR
    told = Event.objects.get(ticket=ticket, code="received").facts
    assert (told["level_to"], told["level_grounds"]) == (2, ["safety"])


def test_the_third_contact_raises_it_once(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    levels = []
    for n in range(4):
        at = cast.at + (5 + 2 * n) * STEP
        supervision.urge(ticket=ticket, note=f"Still dark {n}", by=cast.operator, at=at)
        levels.append(Ticket.objects.get(pk=ticket.pk).level)
    assert levels == [4, 3, 3, 3]


def test_what_a_person_lowered_is_raised_again_by_news_alone(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS, text="记者问起此事")
    assert ticket.level == Level.MAJOR
    change(cast, ticket, priority=Priority.NORMAL, level=Level.GENERAL, by=cast.supervisor)
    at = cast.at + 9 * STEP
    supervision.urge(ticket=ticket, note="Again", by=cast.operator, at=at)
    assert Ticket.objects.get(pk=ticket.pk).level == Level.GENERAL
    supervision.urge(ticket=ticket, note="And again", by=cast.operator, at=at + 2 * STEP)
    assert Ticket.objects.get(pk=ticket.pk).level < Level.GENERAL
