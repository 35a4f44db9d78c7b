"""Chasing adds and never doubles: by the front desk, and by the customer on the status page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from assignment.models import Duty
from notifications.models import Notice
from organisation.models import Staff
from organisation.roles import Role
from tests.cast import Cast
from tests.factories.tickets import STEP, a_ticket
from tickets import lookup_codes, lookups, permissions, supervision
from tickets.models import Clock, Deadline, Event, Link, Ticket
from tickets.states import Happening, State

DAY = timedelta(days=1)


def notices(staff: Staff, code: str) -> int:
    return Notice.objects.filter(staff=staff, code=code).count()


def chase(cast: Cast, ticket: Ticket, *, minutes: int, note: str = "还没有人来") -> Ticket:
    at = ticket.latest_event_at + timedelta(minutes=minutes)
    return supervision.urge(ticket=ticket, note=note, by=cast.operator, at=at)



def test_each_chase_is_kept_counted_and_told(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    before = list(Clock.objects.filter(ticket=ticket).values_list("name", "due_at", "generation"))
    waiting = list(Deadline.objects.filter(ticket=ticket).values_list("pk", "next_fire_at"))
    for number, note in enumerate(("一", "二", "三"), start=1):
        chase(cast, ticket, minutes=11 * number, note=note)
    ticket.refresh_from_db()
    told = Event.objects.filter(ticket=ticket, code=Happening.URGED).order_by("id")
    assert ticket.urge_count == 3
    assert [event.facts["note"] for event in told] == ["一", "二", "三"]
    assert Notice.objects.filter(staff=cast.handler).exclude(code="dispatched").count() == 3
    assert notices(cast.leader, "urged") == 2
    clocks = Clock.objects.filter(ticket=ticket)
    assert list(clocks.values_list("name", "due_at", "generation")) == before
    assert list(Deadline.objects.filter(ticket=ticket).values_list("pk", "next_fire_at")) == waiting


def test_chasing_never_makes_a_second_ticket(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    for number in range(1, 6):
        chase(cast, ticket, minutes=11 * number)
    assert Ticket.objects.count() == 1
    assert not Link.objects.exists()


def test_the_third_chase_suggests_supervision_to_whoever_is_on_duty(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    Duty.objects.create(
        unit=cast.company, role=Role.SUPERVISOR, staff=cast.executive,
        from_at=cast.at - DAY, to_at=cast.at + DAY,
    )  # fmt: skip
    for number in (1, 2):
        chase(cast, ticket, minutes=11 * number)
    assert notices(cast.executive, "supervision_suggested") == 0
    chase(cast, ticket, minutes=33)
    assert notices(cast.executive, "supervision_suggested") == 1
    ticket.refresh_from_db()
    assert ticket.supervisor is None, "nothing comes under supervision by itself"


def test_the_same_words_twice_are_one_chase(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    chase(cast, ticket, minutes=1)
    with pytest.raises(supervision.AlreadyChased) as refused:
        chase(cast, ticket, minutes=2)
    assert "1" in str(refused.value)
    ticket.refresh_from_db()
    assert ticket.urge_count == 1
    assert Event.objects.filter(ticket=ticket, code=Happening.URGED).count() == 1


def test_other_words_within_ten_minutes_are_kept_and_not_counted(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    chase(cast, ticket, minutes=1)
    after = chase(cast, ticket, minutes=5, note="闻到焦味")
    assert after.urge_count == 1
    assert Event.objects.filter(ticket=ticket, facts__note="闻到焦味").count() == 1
    assert chase(cast, ticket, minutes=12, note="又来问").urge_count == 2


def test_words_kept_with_a_chase_do_not_prolong_it(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    chase(cast, ticket, minutes=0)
    chase(cast, ticket, minutes=9, note="补充")
    assert chase(cast, ticket, minutes=11, note="第二次").urge_count == 2


@pytest.mark.parametrize("name", ["handler", "reviewer", "auditor", "external_supervisor"])
def test_not_everybody_chases(name: str, cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    with pytest.raises(permissions.NotYours):
        supervision.urge(
            ticket=ticket, note="x", by=getattr(cast, name), at=ticket.latest_event_at + STEP
        )


def test_nobody_chases_what_is_closed(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.CLOSED)
    with pytest.raises(permissions.NotAllowedNow):
        chase(cast, ticket, minutes=1)


def test_the_page_says_what_a_second_click_was_worth(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    client.force_login(cast.operator)
    address = reverse("tickets:urge", args=[ticket.number])
    assert client.post(address, {"reason": "还没来"}, follow=True).status_code == 200
    again = client.post(address, {"reason": "还没来"})
    assert again.status_code == 409
    assert "还没来" in again.content.decode()
    ticket.refresh_from_db()
    assert ticket.urge_count == 1


# The customer's own chase


def own_chase(cast: Cast, ticket: Ticket, *, minutes: int, code: str = "") -> Ticket:
    return supervision.urge_by_customer(
        number=ticket.number, code=code or lookup_codes.of(ticket.number), note="请快些",
        by=None, at=ticket.latest_event_at + timedelta(minutes=minutes),
    )  # fmt: skip


def test_a_customer_chases_their_own_case(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    assert own_chase(cast, ticket, minutes=1).urge_count == 1
    assert notices(cast.handler, "urged") == 1
    with pytest.raises(supervision.AlreadyChased):
        own_chase(cast, ticket, minutes=4)


def test_a_wrong_code_chases_nothing_and_is_held_back(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    for minute in range(lookups.MOST_WRONG):
        with pytest.raises(lookups.NoSuchCase):
            own_chase(cast, ticket, minutes=minute, code="000000x")
    with pytest.raises(lookups.TriedTooOften):
        own_chase(cast, ticket, minutes=5)
    ticket.refresh_from_db()
    assert ticket.urge_count == 0


def test_the_status_page_chases_by_post_alone(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    typed = {"number": ticket.number, "code": lookup_codes.of(ticket.number), "note": "请快些"}
    page = client.post(reverse("tickets:public-status"), typed).content.decode()
    assert reverse("tickets:public-chase") in page
    assert client.get(reverse("tickets:public-chase")).status_code == 405
    assert client.post(reverse("tickets:public-chase"), typed).status_code == 200
    assert client.post(reverse("tickets:public-chase"), typed).status_code == 409
    ticket.refresh_from_db()
    assert ticket.urge_count == 1


def test_a_customers_chase_needs_the_token_of_the_form(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    typed = {"number": ticket.number, "code": lookup_codes.of(ticket.number), "note": ""}
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(reverse("tickets:public-chase"), typed).status_code == 403
