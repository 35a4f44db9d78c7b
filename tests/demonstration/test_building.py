"""The demonstration is history: true in every row, and nobody was told."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from demonstration import accounts, arrival, building
from notifications.models import Job, Notice, Outbox
from organisation.models import Staff
from organisation.roles import Role
from servicedesk.lib import clock
from surveys.models import Answer, Invitation
from tests.cast import Cast
from tickets.models import (
    Appeal,
    Approval,
    Clock,
    Deadline,
    Dispute,
    Event,
    HandOver,
    Holding,
    Idempotency,
    NamedReader,
    Task,
    Ticket,
)
from tickets.states import Happening, State

SIZE = building.Size(tickets=40, months=3, seed=1)


@pytest.fixture(scope="module")
def until(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[datetime]:
    """The instant up to which forty tickets were written, once for this file."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        at = clock.now()
        building.build(size=SIZE, by=None, at=at)
        yield at
        transaction.set_rollback(True)


def test_it_writes_as_many_tickets_as_asked(until: datetime) -> None:
    assert Idempotency.objects.count() == 40
    assert Ticket.objects.filter(received_at__gt=until).count() == 0


def test_nobody_is_told_of_history(until: datetime) -> None:
    assert (Notice.objects.count(), Outbox.objects.count()) == (0, 0)
    assert Invitation.objects.filter(link_sent_at__isnull=False).exists()


def test_no_limit_of_the_past_is_left_to_fire(until: datetime) -> None:
    assert not Deadline.objects.filter(next_fire_at__lt=until).exists()
    assert Deadline.objects.filter(next_fire_at__gt=until).exists()


def test_missed_limits_stand_at_their_own_time(until: datetime) -> None:
    missed = Event.objects.filter(code=Happening.OVERDUE)
    assert missed.exists()
    for event in missed:
        clock_row = Clock.objects.get(
            ticket=event.ticket_id, name=event.facts["clock"], measure="max"
        )
        assert clock_row.missed_at is not None
        assert event.at <= until
        assert event.facts["told"] == []


def test_dwell_adds_up_to_the_life_of_the_ticket(until: datetime) -> None:
    for ticket in Ticket.objects.filter(reopen_count=0):
        held = list(Holding.objects.filter(ticket=ticket).order_by("from_at", "id"))
        assert held[0].from_at == ticket.received_at
        assert all(one.to_at == following.from_at for one, following in pairwise(held))
        ended = timedelta() if ticket.is_open else sum((_length(one) for one in held), timedelta())
        assert ticket.is_open or ended == ticket.closed_at - ticket.received_at


def _length(holding: Holding) -> timedelta:
    assert holding.to_at is not None
    return holding.to_at - holding.from_at


def test_events_of_a_ticket_are_in_the_order_of_time(until: datetime) -> None:
    for ticket in Ticket.objects.all():
        at = list(Event.objects.filter(ticket=ticket).order_by("id").values_list("at", flat=True))
        assert at == sorted(at)


def test_every_closed_ticket_was_answered_or_says_why_not(until: datetime) -> None:
    closed = Ticket.objects.filter(state=State.CLOSED)
    assert closed.exists()
    assert not closed.filter(replied_at=None, no_reply_reason="").exists()


def test_the_tracker_confirmed_every_closed_ticket_or_somebody_said_why_not(
    until: datetime,
) -> None:
    closed = Ticket.objects.filter(state=State.CLOSED)
    confirmed = Event.objects.filter(code="told_confirmed", by_id__isnull=False)
    assert not closed.filter(told_confirmed_at=None, untold_reason="").exists()
    assert confirmed.exclude(facts__has_key="why_not").exists()
    trackers = dict(Ticket.objects.values_list("pk", "tracker_id"))
    handed_over = Event.objects.filter(code="handed_over").values("ticket")
    for event in confirmed.exclude(ticket__in=handed_over):
        assert event.by_id == trackers[event.ticket_id]


def test_customers_were_asked_by_somebody_outside_the_unit(until: datetime) -> None:
    answers = Answer.objects.filter(mode="phone").select_related("by__unit", "invitation__unit")
    assert answers.exists()
    for answer in answers:
        assert answer.by is not None
        assert answer.invitation.unit is not None
        assert not answer.by.unit.is_within(answer.invitation.unit)


def test_one_account_for_each_role_signs_in(until: datetime) -> None:
    people = Staff.objects.in_bulk(
        [number for number, _ in accounts.accounts()], field_name="staff_number"
    )
    assert {role for person in people.values() for role in person.roles} == set(Role)
    assert all(person.check_password(accounts.PASSWORD) for person in people.values())


# What each role finds open when it looks: addresses of lists, all of which show tickets.
LISTS = {
    "clerk": ("tickets:work", "tickets:promised", "tickets:tasks", "tickets:appointments"),
    "operator": (
        "tickets:work", "tickets:promised", "tickets:tasks", "tickets:appointments",
        "tickets:hand-over",
    ),
    "handler": ("tickets:work", "tickets:tasks"),
    "field": ("tickets:work", "tickets:tasks", "tickets:appointments"),
    "leader": (
        "tickets:tasks", "tickets:approvals", "tickets:overdue", "tickets:meeting",
        "tickets:findings",
    ),
    "liaison": ("tickets:meeting",),
    "dispatcher": ("tickets:board", "tickets:approvals", "tickets:appointments", "tickets:tasks"),
    "reviewer": ("tickets:work", "tickets:tasks", "tickets:reclassifications", "tickets:findings"),
    "callback": ("surveys:desk", "tickets:approvals"),
    "supervisor": (
        "tickets:work", "tickets:tasks", "tickets:approvals", "tickets:overdue",
        "tickets:supervision", "tickets:disputes", "tickets:findings", "tickets:meeting",
    ),
    "executive": ("tickets:tasks", "tickets:notes"),
    "auditor": ("tickets:readings",),
}  # fmt: skip
_NUMBER = re.compile(r"\b20\d{6}-\d{4,}-\d\b")


@pytest.mark.parametrize("number", LISTS)
def test_every_list_of_every_role_has_rows(until: datetime, number: str) -> None:
    client = Client()
    client.force_login(Staff.objects.get(staff_number=number))
    empty = [
        name for name in LISTS[number]
        if not _NUMBER.search(client.get(reverse(name)).content.decode())
    ]  # fmt: skip
    assert empty == []


def test_open_work_of_every_kind_is_there(until: datetime) -> None:
    waiting = set(Approval.objects.open().values_list("matter", flat=True))
    assert waiting == set(Approval.Matter.values)
    assert Appeal.objects.filter(decided_at=None).exists()
    assert HandOver.objects.waiting().exists()
    assert HandOver.objects.exclude(signed_at=None).exists()
    assert Dispute.objects.filter(decided_at=None).exists()
    assert NamedReader.objects.filter(ended_at=None).exists()
    kinds = set(Task.objects.open().values_list("kind", flat=True))
    assert {"follow_up", "co_handling", "report_back", "executive", "visit", "meeting"} <= kinds
    codes = set(Event.objects.values_list("code", flat=True))
    assert {"returned", "merged", "split", "urged", "annotated", "handed_over", "found"} <= codes
    channels = set(Ticket.objects.values_list("channel", flat=True))
    assert {"reception", "bypass", "executive"} <= channels


def test_loading_again_adds_nothing(until: datetime) -> None:
    before = (Ticket.objects.count(), Event.objects.count(), Staff.objects.count())
    assert building.build(size=SIZE, by=None, at=until) == 0
    assert before == (Ticket.objects.count(), Event.objects.count(), Staff.objects.count())
    assert not arrival.is_arriving()


@pytest.mark.django_db
def test_what_was_cut_off_goes_on_where_it_stopped() -> None:
    at, size = clock.now(), building.Size(tickets=8, months=2, seed=3)
    job = building._begin(size, None, at)
    building.write_part(job_id=job.pk, part=0, parts=2, by=None)
    assert arrival.is_arriving()
    assert arrival.percent() == 50
    written = set(Ticket.objects.values_list("number", flat=True))
    building.build(size=size, by=None, at=at)
    assert Idempotency.objects.count() == 8
    assert written < set(Ticket.objects.values_list("number", flat=True))
    assert Job.objects.get(pk=job.pk).progress == 8


def test_it_leaves_a_desk_in_use_alone(cast: Cast) -> None:
    with pytest.raises(building.DeskInUse):
        building.build(size=SIZE, by=None, at=cast.at)
    assert not Ticket.objects.exists()
