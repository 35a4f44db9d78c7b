"""Whom a call reaches, and why them."""

from datetime import timedelta
from typing import Any

import pytest

from assignment.models import Duty
from assignment.on_duty import Answer, OnDuty, Why
from organisation.models import Staff
from organisation.roles import Role
from tests.cast import Cast

HOUR = timedelta(hours=1)


def absent(*people: Staff, deputy: Staff | None = None, until: Any = None) -> None:
    for person in people:
        Staff.objects.filter(pk=person.pk).update(
            presence=Staff.Presence.ABSENT, deputy=deputy, back_at=until
        )


def answering(cast: Cast, role: Role, *then: Role) -> Answer:
    found = OnDuty(cast.at, [cast.unit], [role, *then]).answering(cast.unit, role, then)
    assert found is not None
    return found


def test_the_holder_of_the_post_answers_and_nothing_more_is_to_be_said(cast: Cast) -> None:
    found = answering(cast, Role.UNIT_LEADER)
    assert (found.staff, found.why, found.is_plain) == (cast.leader, Why.POST, True)
    assert found.facts()["unit_en"] == "East station"


def test_a_turn_on_the_roster_comes_before_the_post(cast: Cast) -> None:
    Duty.objects.create(
        unit=cast.unit, role=Role.UNIT_LEADER, staff=cast.field_worker, from_at=cast.at - HOUR,
        to_at=cast.at + HOUR,
    )  # fmt: skip
    assert answering(cast, Role.UNIT_LEADER).staff == cast.field_worker
    assert answering(cast, Role.UNIT_LEADER).why == Why.TURN


def test_a_deputy_stands_in_and_the_facts_say_for_whom_and_until_when(cast: Cast) -> None:
    absent(cast.leader, deputy=cast.field_worker, until=cast.at + 24 * HOUR)
    found = answering(cast, Role.UNIT_LEADER)
    assert (found.staff, found.stands_for) == (cast.field_worker, cast.leader)
    said = found.facts()["for"]
    assert said == {
        "zh": "雷班长", "en": "Lei Leader", "until": (cast.at + 24 * HOUR).isoformat()
    }  # fmt: skip
    assert "absent" not in found.facts()


def test_where_leader_and_deputy_are_absent_the_units_liaison_answers(cast: Cast) -> None:
    absent(cast.field_worker)
    absent(cast.leader, deputy=cast.field_worker)
    found = answering(cast, Role.UNIT_LEADER)
    assert (found.staff, found.why) == (cast.liaison, Why.LIAISON)
    assert [one["en"] for one in found.facts()["absent"]] == ["Lei Leader"]


def test_where_nobody_of_the_rung_is_there_the_next_rung_answers(cast: Cast) -> None:
    absent(cast.supervisor)
    found = answering(cast, Role.SUPERVISOR, Role.EXECUTIVE)
    assert (found.staff, found.why) == (cast.executive, Why.NEXT_RUNG)


def test_where_nobody_of_the_ladder_is_there_an_administrator_answers(cast: Cast) -> None:
    absent(cast.supervisor, cast.executive)
    found = answering(cast, Role.SUPERVISOR, Role.EXECUTIVE)
    assert (found.staff, found.why) == (cast.administrator, Why.IN_THE_END)
    assert {one["en"] for one in found.facts()["absent"]} == {"Su Supervisor", "Yi Executive"}


def test_where_nobody_at_all_is_there_it_still_reaches_somebody(cast: Cast) -> None:
    Staff.objects.update(presence=Staff.Presence.ABSENT)
    found = answering(cast, Role.SUPERVISOR, Role.EXECUTIVE)
    assert (found.staff, found.why) == (cast.supervisor, Why.THOUGH_ABSENT)


def test_whoever_left_the_company_is_never_called(cast: Cast) -> None:
    Staff.objects.filter(pk=cast.supervisor.pk).update(is_active=False)
    assert answering(cast, Role.SUPERVISOR).staff == cast.executive


def test_somebody_out_on_a_job_is_there(cast: Cast) -> None:
    Staff.objects.filter(pk=cast.leader.pk).update(presence=Staff.Presence.AWAY)
    assert answering(cast, Role.UNIT_LEADER).staff == cast.leader


def test_another_company_is_never_asked(cast: Cast) -> None:
    Staff.objects.exclude(unit=cast.other_company).update(presence=Staff.Presence.ABSENT)
    Staff.objects.filter(pk=cast.stranger.pk).update(roles=[Role.SUPERVISOR])
    assert answering(cast, Role.SUPERVISOR).staff == cast.supervisor


def test_a_supervisor_in_an_office_beside_the_unit_is_found_before_one_of_the_group(
    cast: Cast,
) -> None:
    Staff.objects.filter(pk=cast.supervisor.pk).update(unit=cast.quality)
    Staff.objects.filter(pk=cast.auditor.pk).update(unit=cast.group, roles=[Role.SUPERVISOR])
    found = answering(cast, Role.SUPERVISOR)
    assert (found.staff, found.unit, found.why) == (cast.supervisor, cast.quality, Why.ROLE)
    absent(cast.supervisor)
    assert answering(cast, Role.SUPERVISOR).staff == cast.auditor


def test_no_leader_of_another_unit_answers_for_this_one(cast: Cast) -> None:
    absent(cast.leader, cast.liaison)
    Staff.objects.filter(pk=cast.outsider.pk).update(roles=[Role.UNIT_LEADER])
    assert answering(cast, Role.UNIT_LEADER).staff == cast.supervisor


def test_a_batch_reads_everybody_with_three_statements(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(3):
        duty = OnDuty(cast.at, [cast.unit, cast.other_unit, cast.hall], [Role.SUPERVISOR])
        for unit in (cast.unit, cast.other_unit, cast.hall):
            for role in (Role.UNIT_LEADER, Role.LIAISON, Role.SUPERVISOR):
                duty.answering(unit, role)
            duty.leading(unit)


@pytest.mark.parametrize("role", [Role.UNIT_LEADER, Role.LIAISON, Role.SUPERVISOR, Role.EXECUTIVE])
def test_no_post_of_the_ladder_is_without_an_answer(cast: Cast, role: Role) -> None:
    for unit in (cast.unit, cast.other_unit, cast.hall, cast.centre, cast.quality):
        assert OnDuty(cast.at, [unit], [role]).answering(unit, role) is not None
