"""Open tickets keep their limits, unless an administrator moves them to the newest version."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from notifications import jobs
from notifications.models import Job, Notice
from tests.cast import Cast
from tests.factories.tickets import a_ticket
from tests.tickets.test_oversight_races import at_once
from tickets import (
    escalation,
    permissions,
    policy_keeping,
    policy_wording,
    replan_outlook,
    replanning,
    transition,
)
from tickets.models import Clock, Deadline, Event, Policy, Ticket
from tickets.states import Happening, State

HOUR = timedelta(hours=1)
REASON = "公司对外承诺已改为2个工作日。"


def newer(cast: Cast, at: datetime, amount: str = "2", **changes: Any) -> Policy:
    """The next version of the limits of power complaints: another time to answer."""
    latest = policy_wording.newest("power-complaint")
    assert latest is not None
    said = policy_wording.says(latest)
    limits = tuple(
        replace(one, amount=Decimal(amount), **changes) if one.clock == "reply" else one
        for one in said.limits
    )
    return policy_keeping.change(
        policy=latest, wording=replace(said, limits=limits), note="", by=None, at=at
    )


def reply(ticket: Ticket) -> Clock:
    return Clock.objects.get(ticket=ticket, name="reply")


def test_a_new_version_changes_neither_an_open_ticket_nor_what_was_judged(cast: Cast) -> None:
    late = a_ticket(cast, state=State.IN_PROGRESS)
    done = a_ticket(cast, state=State.CLOSED)
    escalation.fire_due(by=None, at=reply(late).due_at + HOUR)
    before = _everything()
    newer(cast, cast.at + timedelta(days=30))
    for ticket in (late, done):
        assert Ticket.objects.get(pk=ticket.pk).policy.version == 1
    assert _everything() == before
    # Who comes now has the newest.
    assert a_ticket(cast, at=cast.at + timedelta(days=31)).policy.version == 2


def _everything() -> list[object]:
    clocks = Clock.objects.order_by("pk").values()
    return [*clocks, *Deadline.objects.order_by("pk").values(), *Event.objects.order_by("pk").values()]


def test_a_moved_ticket_is_due_by_the_newest_limits_from_its_receipt(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    first = reply(ticket).due_at
    at = cast.at + 3 * HOUR
    newest = newer(cast, at)
    ticket = replanning.replan(ticket=ticket, reason=REASON, by=cast.administrator, at=at)
    clock = reply(ticket)
    assert (ticket.policy, clock.limit.policy) == (newest, newest)
    assert clock.due_at == first - timedelta(days=2)
    assert (clock.first_due_at, clock.started_at) == (first, ticket.received_at)
    event = Event.objects.get(ticket=ticket, code=Happening.REPLANNED)
    assert event.by_id == cast.administrator.pk
    assert (event.facts["from_version"], event.facts["to_version"]) == (1, 2)
    assert event.facts["reason"] == REASON
    (change,) = event.facts["changes"]
    assert change["before"] == first.isoformat()
    assert change["after"] == clock.due_at.isoformat()
    told = Notice.objects.filter(code="replanned").values_list("staff_id", flat=True)
    assert set(told) == {ticket.lead_handler_id, ticket.tracker_id}
    waiting = Deadline.objects.filter(ticket=ticket, clock="reply", next_fire_at__isnull=False)
    assert {row.due_at for row in waiting} == {clock.due_at}


def test_what_was_missed_stays_missed_though_the_newest_limit_is_longer(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    first = reply(ticket).due_at
    at = first + HOUR
    escalation.fire_due(by=None, at=at)
    assert reply(ticket).missed_at == first
    newer(cast, at, "20")
    ticket = replanning.replan(ticket=ticket, reason=REASON, by=cast.administrator, at=at)
    clock = reply(ticket)
    assert clock.due_at > at
    assert (clock.missed_at, clock.first_due_at) == (first, first)
    overdue = Event.objects.filter(ticket=ticket, code=Happening.OVERDUE, facts__clock="reply")
    assert overdue.count() == 1


def test_what_has_stopped_stays_judged(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.DONE_PENDING_REVIEW)
    before = Clock.objects.filter(ticket=ticket, stopped_at__isnull=False).order_by("pk")
    kept = list(before.values("name", "due_at", "stopped_at", "missed_at", "first_due_at"))
    assert "reply" in {one["name"] for one in kept}
    newer(cast, cast.at + HOUR, "1")
    replanning.replan(ticket=ticket, reason=REASON, by=cast.administrator, at=cast.at + HOUR)
    names = [one["name"] for one in kept]
    after = Clock.objects.filter(ticket=ticket, name__in=names).order_by("pk")
    assert list(after.values("name", "due_at", "stopped_at", "missed_at", "first_due_at")) == kept


def test_a_limit_that_makes_it_late_at_once_fires_at_once_and_only_once(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = cast.at + timedelta(days=2)
    newer(cast, at, "1", unit="hours", counting="from_instant")
    newest = replan_outlook.newest_in_force("power-complaint", at)
    assert replan_outlook.of(newest, cast.administrator, at).late_at_once == 1
    replanning.replan(ticket=ticket, reason=REASON, by=cast.administrator, at=at)
    for _ in range(3):
        escalation.fire_due(by=None, at=at + timedelta(minutes=1))
    overdue = Event.objects.filter(ticket=ticket, code=Happening.OVERDUE, facts__clock="reply")
    assert overdue.count() == 1


def test_who_may_not_and_what_cannot_be_moved(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = cast.at + HOUR
    with pytest.raises(replanning.NothingNewer):
        replanning.replan(ticket=ticket, reason=REASON, by=cast.administrator, at=at)
    newer(cast, at)
    with pytest.raises(replanning.WhyReplanned):
        replanning.replan(ticket=ticket, reason="  ", by=cast.administrator, at=at)
    for person in (cast.supervisor, cast.leader, cast.dispatcher, cast.outsider):
        with pytest.raises(permissions.NotYours):
            replanning.replan(ticket=ticket, reason=REASON, by=person, at=at)
    with pytest.raises(transition.ChangedMeanwhile):
        replanning.replan(ticket=ticket, reason=REASON, by=cast.administrator, at=at, version=1)
    closed = a_ticket(cast, state=State.CLOSED, at=cast.at - timedelta(days=2))
    with pytest.raises(permissions.NotAllowedNow):
        replanning.replan(ticket=closed, reason=REASON, by=cast.administrator, at=at)
    assert not Event.objects.filter(code=Happening.REPLANNED).exists()


def test_an_administrator_of_another_company_counts_and_moves_nothing(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    newest = newer(cast, cast.at + HOUR)
    other = cast.stranger
    other.roles = ["administrator"]
    other.save()
    assert not replan_outlook.behind(newest, other).exists()
    with pytest.raises(permissions.NotYours):
        replanning.replan(ticket=ticket, reason=REASON, by=other, at=cast.at + HOUR)


def test_a_few_move_at_once_and_sending_it_twice_moves_nothing_twice(
    cast: Cast, client: Client
) -> None:
    tickets = [a_ticket(cast, state=State.IN_PROGRESS) for _ in range(3)]
    newer(cast, cast.at + HOUR)
    client.force_login(cast.administrator)
    address = reverse("tickets:policy-replan", args=["power-complaint"])
    page = client.get(address).content.decode()
    assert "3" in page and "name=\"reason\"" in page
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": REASON}).status_code == 302
    assert client.post(address, {"reason": REASON}).status_code == 409
    assert {Ticket.objects.get(pk=one.pk).policy.version for one in tickets} == {2}
    assert Event.objects.filter(code=Happening.REPLANNED).count() == 3


def test_only_the_named_versions_move(cast: Cast) -> None:
    oldest = a_ticket(cast, state=State.IN_PROGRESS)
    newer(cast, cast.at + HOUR, "3")
    second = a_ticket(cast, state=State.IN_PROGRESS, at=cast.at + 2 * HOUR)
    newest = newer(cast, cast.at + 3 * HOUR, "2")
    outlook = replan_outlook.of(newest, cast.administrator, cast.at + 4 * HOUR)
    assert outlook.by_version == ((1, 1), (2, 1))
    moved = replanning.ask_for(
        code="power-complaint", versions=[2], reason=REASON, by=cast.administrator,
        at=cast.at + 4 * HOUR,
    )  # fmt: skip
    assert moved == 1
    kept = [Ticket.objects.get(pk=one.pk).policy.version for one in (oldest, second)]
    assert kept == [1, 3]


def test_many_are_left_to_a_worker_that_tells_how_far_it_is(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replanning, "AT_ONCE", 1)
    tickets = [a_ticket(cast) for _ in range(3)]
    newer(cast, cast.at + HOUR)
    client.force_login(cast.administrator)
    address = reverse("tickets:policy-replan", args=["power-complaint"])
    answer = client.post(address, {"reason": REASON})
    job = Job.objects.get(kind="replan")
    run = reverse("tickets:policy-replan-run", args=[job.pk])
    assert (answer.status_code, answer["Location"]) == (302, run)
    assert "hx-get" in client.get(run).content.decode()
    jobs.run(job_id=job.pk, by=None, at=cast.at + 2 * HOUR)
    job.refresh_from_db()
    assert (job.result["moved"], job.result["left"], job.progress, job.total) == (3, 0, 3, 3)
    assert {Ticket.objects.get(pk=one.pk).policy.version for one in tickets} == {2}
    assert json.dumps(job.result)
    client.force_login(cast.supervisor)
    assert client.get(run).status_code == 403


def test_a_worker_that_died_midway_is_gone_on_with(cast: Cast) -> None:
    tickets = [a_ticket(cast) for _ in range(3)]
    newer(cast, cast.at + HOUR)
    at = cast.at + 2 * HOUR
    job = jobs.ask_for(
        kind="replan", params={"code": "power-complaint", "versions": [], "reason": REASON},
        by=cast.administrator, at=at,
    )  # fmt: skip
    replanning.replan(ticket=tickets[0], reason=REASON, by=cast.administrator, at=at)
    jobs.run(job_id=job.pk, by=None, at=at)
    job.refresh_from_db()
    assert job.result["moved"] == 2
    assert Event.objects.filter(code=Happening.REPLANNED).count() == 3


def test_one_ticket_on_its_page_by_who_sees_it_and_configures(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    newer(cast, cast.at + HOUR)
    address = reverse("tickets:replan", args=[ticket.number])
    client.force_login(cast.supervisor)
    assert client.get(address).status_code == 403
    for hidden in (cast.outsider, cast.administrator):
        client.force_login(hidden)
        assert client.get(address).status_code == 404
    both = cast.supervisor
    both.roles = [*both.roles, "administrator"]
    both.save()
    client.force_login(both)
    page = client.get(address).content.decode()
    assert f'value="{ticket.version}"' in page
    sent = {"reason": REASON, "version": ticket.version}
    assert client.post(address, sent).status_code == 302
    assert client.post(address, sent).status_code == 409
    assert Event.objects.filter(ticket=ticket, code=Happening.REPLANNED).count() == 1
    history = client.get(reverse("tickets:ticket", args=[ticket.number])).content.decode()
    assert REASON in history


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_and_a_firing_between_them_are_one_move(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = cast.at + timedelta(days=2)
    newer(cast, at, "1", unit="hours", counting="from_instant")
    act = {"ticket": ticket, "reason": REASON, "by": cast.administrator, "at": at}
    found = at_once(
        lambda: replanning.replan(**act), lambda: replanning.replan(**act),
        lambda: escalation.fire_due(by=None, at=at),
    )  # fmt: skip
    assert sum(isinstance(one, Ticket) for one in found) == 1, found
    assert sum(isinstance(one, replanning.NothingNewer) for one in found) == 1
    escalation.fire_due(by=None, at=at)
    assert Event.objects.filter(ticket=ticket, code=Happening.REPLANNED).count() == 1
    overdue = Event.objects.filter(ticket=ticket, code=Happening.OVERDUE, facts__clock="reply")
    assert overdue.count() == 1
