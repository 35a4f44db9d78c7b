"""Turns are planned, changed, called off and copied; what cannot be is refused in words."""

from datetime import timedelta

import pytest

from assignment import duty_roster, roster_keeping
from assignment.models import Change, Duty
from organisation.models import Staff, Unit
from organisation.roles import Role
from tests.assignment.test_duty_roster import absent
from tests.cast import Cast

HOUR, WEEK = timedelta(hours=1), timedelta(days=7)


def planned(cast: Cast, **changes: object) -> Duty:
    wanted: dict[str, object] = {
        "unit": cast.unit, "role": Role.HANDLER, "staff": cast.handler, "from_at": cast.at + HOUR,
        "to_at": cast.at + 9 * HOUR, "by": cast.leader, "at": cast.at,
    }  # fmt: skip
    return roster_keeping.plan(**wanted | changes)  # type: ignore[arg-type]


def test_a_leader_plans_for_their_unit_and_the_log_says_who(cast: Cast) -> None:
    turn = planned(cast)
    assert duty_roster.on_roster(cast.unit, Role.HANDLER, cast.at + HOUR) == {cast.handler.pk}
    line = Change.objects.get()
    assert (line.subject, line.subject_id, line.act, line.by) == (
        "duty",
        turn.pk,
        "added",
        cast.leader,
    )


@pytest.mark.parametrize("who", ["handler", "outsider", "stranger", "dispatcher", "auditor"])
def test_others_do_not_plan(who: str, cast: Cast) -> None:
    with pytest.raises(roster_keeping.NotYourRoster):
        planned(cast, by=getattr(cast, who))
    turn = planned(cast)
    for act in (
        lambda: roster_keeping.call_off(turn=turn, by=getattr(cast, who), at=cast.at),
        lambda: roster_keeping.copy_week(
            unit=cast.unit, monday=cast.at, by=getattr(cast, who), at=cast.at
        ),
    ):
        with pytest.raises(roster_keeping.NotYourRoster):
            act()
    assert Duty.objects.filter(is_active=True).count() == 1


def test_a_leader_does_not_plan_for_a_neighbour_but_an_administrator_does(cast: Cast) -> None:
    elsewhere = {"unit": cast.other_unit, "staff": cast.outsider}
    with pytest.raises(roster_keeping.NotYourRoster):
        planned(cast, **elsewhere)
    assert planned(cast, by=cast.administrator, **elsewhere).staff == cast.outsider


def test_the_same_form_sent_twice_plans_one_turn(cast: Cast) -> None:
    planned(cast)
    with pytest.raises(roster_keeping.OverlappingTurn, match=r"2026-03-09 11:00"):
        planned(cast)
    planned(cast, staff=cast.field_worker)
    planned(cast, from_at=cast.at + 9 * HOUR, to_at=cast.at + 10 * HOUR)
    assert Duty.objects.count() == 3


def test_a_turn_needs_an_end_a_colleague_and_somebody_suited(cast: Cast) -> None:
    with pytest.raises(roster_keeping.EndsBeforeItBegins):
        planned(cast, to_at=cast.at + HOUR)
    with pytest.raises(roster_keeping.FromElsewhere):
        planned(cast, staff=cast.stranger)
    for role, person in (
        (Role.HANDLER, cast.operator), (Role.UNIT_LEADER, cast.handler),
        (Role.LIAISON, cast.leader), (Role.EXECUTIVE, cast.operator),
    ):  # fmt: skip
        with pytest.raises(roster_keeping.NotSuited):
            planned(cast, role=role, staff=person)
    with pytest.raises(roster_keeping.NotSuited):  # would not see the company's tickets
        planned(
            cast, unit=cast.company, role=Role.EXECUTIVE, staff=cast.leader, by=cast.administrator
        )


def test_of_a_running_turn_only_the_end_can_be_moved(cast: Cast) -> None:
    turn = planned(cast)
    now = cast.at + 2 * HOUR
    with pytest.raises(roster_keeping.TurnHasBegun):
        roster_keeping.change(
            turn=turn, staff=cast.field_worker, from_at=turn.from_at, to_at=turn.to_at,
            by=cast.leader, at=now,
        )  # fmt: skip
    moved = roster_keeping.change(
        turn=turn, staff=cast.handler, from_at=turn.from_at, to_at=now + HOUR,
        by=cast.leader, at=now,
    )  # fmt: skip
    assert moved.to_at == now + HOUR
    with pytest.raises(roster_keeping.TurnIsOver):
        roster_keeping.call_off(turn=turn, by=cast.leader, at=now + HOUR)
    line = Change.objects.latest("pk")
    assert list(line.facts) == ["to_at"]


def test_calling_off_keeps_what_was(cast: Cast) -> None:
    running, coming = (
        planned(cast),
        planned(cast, staff=cast.field_worker, from_at=cast.at + 8 * HOUR),
    )
    now = cast.at + 2 * HOUR
    assert roster_keeping.call_off(turn=running, by=cast.leader, at=now).to_at == now
    assert not roster_keeping.call_off(turn=coming, by=cast.leader, at=now).is_active
    assert duty_roster.on_roster(cast.unit, Role.HANDLER, now) == set()
    assert duty_roster.on_roster(cast.unit, Role.HANDLER, now - HOUR) == {cast.handler.pk}
    assert duty_roster.on_roster(cast.unit, Role.HANDLER, cast.at + 8 * HOUR) == set()
    assert Duty.objects.count() == 2


def test_last_week_is_copied_once_however_often_it_is_asked(cast: Cast) -> None:
    planned(cast)
    planned(cast, staff=cast.field_worker)
    leaver = planned(cast, staff=cast.leader, role=Role.UNIT_LEADER)
    Staff.objects.filter(pk=leaver.staff_id).update(is_active=False)
    planned(cast, from_at=cast.at + WEEK + 2 * HOUR, to_at=cast.at + WEEK + 3 * HOUR)
    monday = cast.at - 10 * HOUR + WEEK
    copied = [
        roster_keeping.copy_week(unit=cast.unit, monday=monday, by=cast.administrator, at=cast.at)
        for _ in range(2)
    ]
    assert copied == [1, 0]
    copy = Duty.objects.get(staff=cast.field_worker, from_at__gte=monday)
    assert (copy.from_at, copy.to_at) == (cast.at + WEEK + HOUR, cast.at + WEEK + 9 * HOUR)


def a_night(cast: Cast, unit: Unit, staff: Staff, role: Role = Role.EXECUTIVE) -> Duty:
    """Monday 20:00 to Tuesday 08:00 in Shanghai."""
    return planned(
        cast, unit=unit, role=role, staff=staff, by=cast.administrator,
        from_at=cast.at + 10 * HOUR, to_at=cast.at + 22 * HOUR,
    )  # fmt: skip


def test_the_leader_on_duty_is_asked_out_of_hours_alone_the_nearest_first(cast: Cast) -> None:
    night = cast.at + 12 * HOUR
    assert duty_roster.duty_leader(cast.unit, night) is None
    a_night(cast, cast.company, cast.executive)
    assert duty_roster.duty_leader(cast.unit, night) == cast.executive
    a_night(cast, cast.unit, cast.leader, Role.UNIT_LEADER)
    assert duty_roster.duty_leader(cast.unit, night) == cast.leader
    assert duty_roster.duty_leader(cast.other_unit, night) == cast.executive
    absent(cast.leader)
    assert duty_roster.duty_leader(cast.unit, night) == cast.executive
    planned(
        cast, unit=cast.company, role=Role.EXECUTIVE, staff=cast.supervisor, by=cast.administrator
    )
    assert duty_roster.duty_leader(cast.unit, cast.at + 2 * HOUR) is not None  # 12:00, lunch
    assert duty_roster.duty_leader(cast.unit, cast.at + HOUR) is None  # 11:00, in office hours
