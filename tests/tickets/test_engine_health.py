"""The desk says so when its own engine is late, on every page and to monitors."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from notifications import heartbeats
from notifications.models import Heartbeat, Outbox
from servicedesk.lib import clock
from tests.cast import Cast
from tests.factories.tickets import a_ticket
from tickets import engine_health
from tickets.models import Deadline, Ticket
from tickets.states import State

SECOND = timedelta(seconds=1)


@pytest.fixture
def now(cast: Cast) -> datetime:
    """Both loops have just spoken and nothing is due."""
    at = clock.now()
    for process in ("deadlines", "delivery"):
        for n in (1, 2):
            heartbeats.beat(process=process, instance=f"here:{process}-{n}", by=None, at=at)
    return at


def a_waiting_deadline(cast: Cast, at: datetime) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    Outbox.objects.all().delete()
    Deadline.objects.exclude(ticket=ticket, stage="due", clock="reply").update(next_fire_at=None)
    Deadline.objects.filter(next_fire_at__isnull=False).update(next_fire_at=at)


def test_while_all_is_well_nobody_is_troubled(cast: Cast, now: datetime, client: Client) -> None:
    assert engine_health.now(now).is_well
    client.force_login(cast.supervisor)
    body = client.get(reverse("tickets:engine-chip")).content.decode()
    assert "note is-late" not in body
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["copies"]) == (200, {"deadlines": 2, "delivery": 2})


@pytest.mark.parametrize(
    ("process", "code"), [("deadlines", "engine_silent"), ("delivery", "relay_silent")]
)
def test_a_loop_of_which_no_copy_speaks_for_five_seconds(
    now: datetime, process: str, code: str
) -> None:
    Heartbeat.objects.filter(process=process, instance__endswith="1").update(at=now - 60 * SECOND)
    assert engine_health.now(now).is_well, "one copy is enough"
    Heartbeat.objects.filter(process=process).update(at=now - 6 * SECOND)
    assert engine_health.now(now).troubles == {code}


def test_a_deadline_that_has_not_fired_for_five_seconds(cast: Cast, now: datetime) -> None:
    a_waiting_deadline(cast, now - 4 * SECOND)
    assert engine_health.now(now).is_well
    a_waiting_deadline(cast, now - 6 * SECOND)
    assert engine_health.now(now).troubles == {"deadline_late"}


def test_a_message_that_has_not_left_for_a_minute(cast: Cast, now: datetime) -> None:
    Outbox.objects.create(
        key="k", channel="email", recipient="a@desk.example", template="overdue", language="en",
        created_at=now - 61 * SECOND, next_try_at=now + 60 * SECOND,
    )  # fmt: skip
    assert engine_health.now(now).troubles == {"message_late"}


def test_a_clock_that_was_set_back(cast: Cast, now: datetime) -> None:
    a_ticket(cast, at=now)
    Deadline.objects.update(next_fire_at=None)
    Outbox.objects.all().delete()
    assert engine_health.now(now).is_well
    hour_before = now - 3600 * SECOND
    Heartbeat.objects.update(at=hour_before)
    assert engine_health.now(hour_before).troubles == {"clock_moved"}


def test_monitors_get_503_with_the_reasons(cast: Cast, now: datetime, client: Client) -> None:
    Heartbeat.objects.filter(process="deadlines").delete()
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert json.loads(answer.content)["troubles"] == ["engine_silent"]


@pytest.mark.parametrize(
    ("who", "is_warned"),
    [("supervisor", True), ("administrator", True), ("handler", True), ("external_supervisor", False)],
)
def test_the_banner_warns_everybody_who_has_work(
    cast: Cast, now: datetime, client: Client, who: str, is_warned: bool
) -> None:
    Heartbeat.objects.filter(process="deadlines").update(at=now - 60 * SECOND)
    client.force_login(getattr(cast, who))
    body = client.get(reverse("tickets:engine-chip")).content.decode()
    assert ("note is-late" in body) == is_warned
    assert 'hx-swap-oob="true"' in body


def test_the_chip_costs_one_statement_beside_the_session(
    cast: Cast, now: datetime, client: Client, django_assert_num_queries: Any
) -> None:
    client.force_login(cast.supervisor)
    client.get(reverse("tickets:engine-chip"))
    # The session, the person, the database's time and the probe.
    with django_assert_num_queries(4):
        client.get(reverse("tickets:engine-chip"))


def test_the_page_names_each_copy_and_marks_the_silent_one(
    cast: Cast, now: datetime, client: Client
) -> None:
    Heartbeat.objects.filter(instance="here:deadlines-2").update(at=now - 60 * SECOND)
    heartbeats.beat(process="worker:email", instance="here:worker-email", by=None, at=now)
    client.force_login(cast.administrator)
    body = client.get(reverse("tickets:engine")).content.decode()
    for name in ("deadlines-1", "deadlines-2", "delivery-1", "worker-email"):
        assert name in body
    assert body.count("chip is-late") == 1


def test_a_copy_named_by_its_supervisor_takes_the_place_of_the_one_that_ended(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVICEDESK_COPY", "deadlines-1")
    for _ in range(3):
        heartbeats.Pulse("deadlines").beat(now)
    assert Heartbeat.objects.filter(instance__endswith=":deadlines-1").count() == 2


def test_nothing_of_a_ticket_stands_on_the_page_of_the_engine(
    cast: Cast, now: datetime, client: Client
) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    client.force_login(cast.outsider)
    body = client.get(reverse("tickets:engine")).content.decode()
    assert Ticket.objects.get(pk=ticket.pk).number not in body
