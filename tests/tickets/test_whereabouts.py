"""The presence board: where everyone is, who may say so, and whose work lies still."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organisation import whereabouts
from organisation.models import Staff
from servicedesk.lib import clock
from tests.assignment.test_duty_roster import absent
from tests.cast import Cast
from tests.factories.tickets import a_ticket
from tickets.states import State

HOUR = timedelta(hours=1)
BOARD = reverse("tickets:whereabouts")


def of(person: Staff) -> str:
    return reverse("tickets:whereabouts-of", args=[person.pk])


def test_one_says_where_one_is_and_everybody_of_the_company_reads_it(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.handler)
    form = {"presence": "absent", "note": "培训，省公司", "back_at": "2099-03-12T08:30"}
    assert client.post(of(cast.handler), form).status_code == 302
    person = Staff.objects.get(pk=cast.handler.pk)
    assert (person.presence, person.whereabouts) == ("absent", "培训，省公司")
    since = person.presence_since
    assert since is not None
    client.post(of(cast.handler), form | {"note": "培训"})
    person.refresh_from_db()
    assert (person.presence_since, person.whereabouts) == (since, "培训")
    client.force_login(cast.operator)
    page = client.get(BOARD).content.decode()
    assert "培训" in page
    assert of(cast.handler) not in page


def test_back_on_duty_forgets_the_note_and_the_time(cast: Cast) -> None:
    whereabouts.report(
        of=cast.handler, presence="absent", note="牙医", back_at=cast.at + HOUR, by=cast.handler,
        at=cast.at,
    )  # fmt: skip
    whereabouts.report(of=cast.handler, presence="on_duty", by=cast.handler, at=cast.at + HOUR)
    person = Staff.objects.get(pk=cast.handler.pk)
    assert (person.whereabouts, person.back_at) == ("", None)
    assert person.presence_since == cast.at + HOUR


def test_nobody_is_back_in_the_past(cast: Cast, client: Client) -> None:
    client.force_login(cast.handler)
    answer = client.post(of(cast.handler), {"presence": "absent", "back_at": "2020-01-01T08:00"})
    assert answer.status_code == 422
    assert Staff.objects.get(pk=cast.handler.pk).presence == "on_duty"


def test_a_leader_sets_presence_deputy_and_limit_of_their_people(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.leader)
    form = {"presence": "away", "deputy": cast.field_worker.pk, "most_open": 7}
    assert client.post(of(cast.handler), form).status_code == 302
    person = Staff.objects.get(pk=cast.handler.pk)
    assert (person.presence, person.deputy, person.most_open) == ("away", cast.field_worker, 7)


def test_nobody_sets_their_own_deputy_or_limit_without_leading(cast: Cast, client: Client) -> None:
    client.force_login(cast.handler)
    form = {"presence": "away", "deputy": cast.field_worker.pk, "most_open": 0}
    client.post(of(cast.handler), form)
    person = Staff.objects.get(pk=cast.handler.pk)
    assert (person.presence, person.deputy, person.most_open) == ("away", None, None)


@pytest.mark.parametrize("who", ["outsider", "operator", "field_worker", "auditor"])
def test_colleagues_do_not_say_where_somebody_else_is(who: str, cast: Cast, client: Client) -> None:
    client.force_login(getattr(cast, who))
    assert client.get(of(cast.handler)).status_code == 403
    assert client.post(of(cast.handler), {"presence": "absent"}).status_code == 403
    with pytest.raises(whereabouts.NotTheirLeader):
        whereabouts.report(of=cast.handler, presence="absent", by=getattr(cast, who), at=cast.at)
    assert Staff.objects.get(pk=cast.handler.pk).presence == "on_duty"


def test_another_companys_people_are_not_on_the_board(cast: Cast, client: Client) -> None:
    client.force_login(cast.stranger)
    page = client.get(BOARD).content.decode()
    assert "韩承办" not in page
    absent_one = reverse("tickets:whereabouts-of", args=[999_999])
    assert client.get(of(cast.handler)).status_code == client.get(absent_one).status_code == 404


def test_absent_people_with_open_tickets_are_flagged_with_a_way_to_hand_over(
    cast: Cast, client: Client
) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    holder = ticket.lead_handler
    assert holder is not None
    client.force_login(cast.leader)
    assert client.get(BOARD).context["board"].lying_still == 0
    absent(holder, deputy=cast.outsider)
    Staff.objects.filter(pk=holder.pk).update(back_at=clock.now() - HOUR)
    answer = client.get(BOARD)
    places = {one.staff: one for _, rows in answer.context["board"].units for one in rows}
    assert (places[holder].load, places[holder].lies_still) == (1, True)
    assert places[holder].is_back_late
    way = f"{reverse('tickets:hand-over')}?of={holder.staff_number}"
    assert way in answer.content.decode()
    assert client.get(way).status_code == 200
    client.force_login(cast.outsider)
    assert way not in client.get(BOARD).content.decode()
    client.force_login(cast.leader)
    narrowed = client.get(BOARD, {"presence": "absent"}).context["board"]
    assert [one.staff for _, rows in narrowed.units for one in rows] == [holder]


def test_the_board_costs_the_same_however_many_people_there_are(cast: Cast, client: Client) -> None:
    client.force_login(cast.leader)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(BOARD).status_code == 200
        return len(captured)

    statements()
    few = statements()
    for _ in range(3):
        a_ticket(cast, state=State.IN_PROGRESS)
    absent(cast.handler, deputy=cast.field_worker)
    assert statements() <= few + 1 <= 10
