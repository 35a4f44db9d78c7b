"""The roster and the territories on their pages: read, plan, change, give; and for whom not."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assignment.models import Change, Duty, Responsibility
from organisation.roles import Role
from servicedesk.lib import clock
from tests.cast import Cast

HOUR = timedelta(hours=1)


def a_turn(cast: Cast, **changes: object) -> Duty:
    """The handler's turn from an hour ago to in seven hours, by the database's clock."""
    now = clock.now()
    plain: dict[str, object] = {
        "unit": cast.unit, "role": Role.HANDLER, "staff": cast.handler, "from_at": now - HOUR,
        "to_at": now + 7 * HOUR,
    }  # fmt: skip
    return Duty.objects.create(**plain | changes)


def typed(cast: Cast, **changes: object) -> dict[str, object]:
    plain: dict[str, object] = {
        "role": "handler", "staff": cast.handler.pk, "from_at": "2099-03-09T08:00",
        "to_at": "2099-03-09T20:00",
    }  # fmt: skip
    return plain | changes


def add_address(cast: Cast) -> str:
    return reverse("assignment:turn-add") + f"?unit={cast.unit.code}"


def test_a_leader_plans_a_turn_and_finds_it_in_its_week(cast: Cast, client: Client) -> None:
    client.force_login(cast.leader)
    answer = client.post(add_address(cast), typed(cast))
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert page.count("韩承办") >= 1
    assert "08:00–20:00" in page
    assert reverse("assignment:turn", args=[Duty.objects.get().pk]) in page
    twice = client.post(add_address(cast), typed(cast))
    assert twice.status_code == 409
    assert "2099-03-09 08:00" in twice.content.decode()
    assert Duty.objects.count() == 1


def test_a_wrong_turn_is_said_in_words_and_nothing_typed_is_lost(cast: Cast, client: Client) -> None:
    client.force_login(cast.leader)
    answer = client.post(add_address(cast), typed(cast, to_at="2099-03-09T07:00"))
    assert answer.status_code == 422
    assert "2099-03-09T07:00" in answer.content.decode()
    assert not Duty.objects.exists()


def test_a_night_turn_shows_on_both_its_days(cast: Cast, client: Client) -> None:
    a_turn(
        cast, from_at=cast.at + 10 * HOUR, to_at=cast.at + 22 * HOUR, role=Role.UNIT_LEADER,
        staff=cast.leader,
    )  # fmt: skip
    client.force_login(cast.handler)
    page = client.get(reverse("assignment:roster") + "?week=2026-03-11").content.decode()
    assert "20:00–24:00" in page
    assert "00:00–08:00" in page
    assert reverse("assignment:turn-add") not in page


def test_leaders_on_duty_above_stand_beside_the_units_own_roster(cast: Cast, client: Client) -> None:
    a_turn(cast, unit=cast.company, role=Role.EXECUTIVE, staff=cast.executive)
    client.force_login(cast.handler)
    assert "易领导" in client.get(reverse("assignment:roster")).content.decode()


def test_a_turn_is_changed_and_called_off(cast: Cast, client: Client) -> None:
    turn = a_turn(cast)
    client.force_login(cast.leader)
    address = reverse("assignment:turn", args=[turn.pk])
    assert client.get(address).status_code == 200
    begun = client.post(address, typed(cast))
    assert begun.status_code == 409
    client.post(reverse("assignment:turn-call-off", args=[turn.pk]))
    turn.refresh_from_db()
    assert turn.to_at <= clock.now()
    page = client.get(reverse("assignment:roster")).content.decode()
    assert "雷班长" in page  # who changed it
    again = client.post(reverse("assignment:turn-call-off", args=[turn.pk]))
    assert again.status_code == 409


def test_last_week_is_copied_by_a_button(cast: Cast, client: Client) -> None:
    client.force_login(cast.leader)
    client.post(add_address(cast), typed(cast))
    data = {"unit": cast.unit.code, "week": "2099-03-18"}
    for _ in range(2):
        assert client.post(reverse("assignment:copy-week"), data).status_code == 302
        assert Duty.objects.count() == 2
    page = client.get(reverse("assignment:roster"), {"week": "2099-03-18"}).content.decode()
    assert "08:00–20:00" in page


@pytest.mark.parametrize("who", ["outsider", "handler", "auditor"])
def test_colleagues_read_the_roster_and_do_not_keep_it(who: str, cast: Cast, client: Client) -> None:
    turn = a_turn(cast)
    client.force_login(getattr(cast, who))
    page = client.get(reverse("assignment:roster") + f"?unit={cast.unit.code}")
    assert "韩承办" in page.content.decode()
    for address in (add_address(cast), reverse("assignment:turn-call-off", args=[turn.pk])):
        assert client.post(address, typed(cast)).status_code == 403
    turn.refresh_from_db()
    assert turn.is_active


def test_another_companys_people_see_no_roster_and_no_turn_of_ours(
    cast: Cast, client: Client
) -> None:
    turn = a_turn(cast)
    Responsibility.objects.create(staff=cast.handler, territory=cast.territory)
    cast.stranger.roles = [Role.UNIT_LEADER]
    cast.stranger.save()
    client.force_login(cast.stranger)
    roster = reverse("assignment:roster")
    foreign = client.get(f"{roster}?unit={cast.unit.code}")
    absent = client.get(f"{roster}?unit=NO-SUCH")
    assert foreign.status_code == absent.status_code == 404
    assert client.get(reverse("assignment:turn", args=[turn.pk])).status_code == 404
    assert client.post(reverse("assignment:turn-call-off", args=[turn.pk])).status_code == 404
    for page in (roster, reverse("assignment:territories")):
        assert "韩承办" not in client.get(page).content.decode()


@pytest.mark.parametrize("week", ["x", "2026-99-99", "0001-01-01", "9999-12-31", "' OR 1=1"])
def test_no_week_is_an_error(week: str, cast: Cast, client: Client) -> None:
    client.force_login(cast.leader)
    assert client.get(reverse("assignment:roster"), {"week": week}).status_code == 200
    assert client.get(reverse("assignment:turn-add"), {"day": week}).status_code == 200


def test_a_territory_is_given_and_ended_and_the_row_stays(cast: Cast, client: Client) -> None:
    client.force_login(cast.leader)
    form = {"territory": cast.territory.pk, "staff": cast.field_worker.pk}
    for _ in range(2):
        assert client.post(reverse("assignment:territory-give"), form).status_code == 302
    row = Responsibility.objects.get()
    assert "费现场" in client.get(reverse("assignment:territories")).content.decode()
    for _ in range(2):
        client.post(reverse("assignment:territory-take", args=[row.pk]))
    row.refresh_from_db()
    assert not row.is_active
    client.post(reverse("assignment:territory-give"), form)
    row.refresh_from_db()
    assert row.is_active
    acts = list(Change.objects.order_by("pk").values_list("act", flat=True))
    assert acts == ["added", "switched_off", "switched_on"]


def test_a_leader_gives_no_territory_to_a_neighbours_people(cast: Cast, client: Client) -> None:
    client.force_login(cast.leader)
    form = {"territory": cast.territory.pk, "staff": cast.outsider.pk}
    assert client.post(reverse("assignment:territory-give"), form).status_code == 422
    row = Responsibility.objects.create(staff=cast.outsider, territory=cast.territory)
    assert client.post(reverse("assignment:territory-take", args=[row.pk])).status_code == 403
    client.force_login(cast.administrator)
    assert client.post(reverse("assignment:territory-give"), form).status_code == 302


def test_the_roster_costs_the_same_however_much_is_planned(cast: Cast, client: Client) -> None:
    client.force_login(cast.leader)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("assignment:roster")).status_code == 200
        return len(captured)

    a_turn(cast)
    statements()
    few = statements()
    for hours in range(1, 6):
        a_turn(cast, from_at=clock.now() + hours * HOUR)
    assert statements() == few <= 14
