"""Who is really there."""

from datetime import timedelta

from assignment import duty_roster, routing
from assignment.models import Duty, RoutingRule
from organisation.models import Staff
from organisation.roles import Role
from tests.cast import Cast

HOUR = timedelta(hours=1)


def absent(person: Staff, deputy: Staff | None = None) -> None:
    person.presence, person.deputy = Staff.Presence.ABSENT, deputy
    person.save()


def test_the_holder_of_the_post_answers_where_there_is_no_roster(cast: Cast) -> None:
    assert duty_roster.responsible(cast.unit, Role.UNIT_LEADER, cast.at) == cast.leader


def test_an_absent_holder_is_stood_in_for_by_the_deputy(cast: Cast) -> None:
    absent(cast.leader, deputy=cast.field_worker)
    assert duty_roster.responsible(cast.unit, Role.UNIT_LEADER, cast.at) == cast.field_worker


def test_nobody_there_goes_up_the_tree(cast: Cast) -> None:
    found = duty_roster.responsible(cast.unit, Role.SUPERVISOR, cast.at)
    assert found == cast.supervisor
    absent(cast.supervisor)
    assert duty_roster.responsible(cast.unit, Role.SUPERVISOR, cast.at) is None


def test_a_turn_counts_from_its_first_instant_to_before_its_last(cast: Cast) -> None:
    Duty.objects.create(
        unit=cast.unit, role=Role.HANDLER, staff=cast.handler, from_at=cast.at, to_at=cast.at + HOUR
    )
    assert duty_roster.on_roster(cast.unit, Role.HANDLER, cast.at) == {cast.handler.pk}
    assert duty_roster.on_roster(cast.unit, Role.HANDLER, cast.at + HOUR) == set()


def test_a_matter_of_no_rule_has_no_route(cast: Cast) -> None:
    matter = routing.Matter(cast.company.path, "power", "FAULT", "x", None, False)
    assert routing.route(matter) is None


def test_the_more_specific_rule_wins_and_says_by_what(cast: Cast) -> None:
    RoutingRule.objects.create(
        company=cast.company, utility="power", kind="COMPLAINT", territory=cast.territory,
        unit=cast.other_unit,
    )  # fmt: skip
    matter = routing.Matter(cast.company.path, "power", "COMPLAINT", "x", cast.territory, False)
    route = routing.route(matter)
    assert route is not None
    assert route.unit == cast.other_unit
    assert route.reasons[0]["by"] == ["kind", "territory_id", "utility"]


def test_a_rule_of_another_company_never_fits(cast: Cast) -> None:
    matter = routing.Matter(
        cast.other_company.path, "power", "FAULT", "x", cast.territory, False
    )
    assert routing.route(matter) is None
