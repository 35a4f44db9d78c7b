"""After eight hours without an engine everything overdue fires once, oldest first, and says how late
(reliability F20)."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from notifications import posting, wording
from notifications.models import Held, Notice, Outbox
from servicedesk.lib import clock
from tests.cast import Cast
from tests.factories.tickets import a_ticket
from tickets.models import Deadline, Event, Ticket
from tickets.states import State

OUTAGE = timedelta(hours=8)
TICKETS = 40


@pytest.fixture
def overdue(cast: Cast) -> list[int]:
    """Forty tickets of one handler whose answers fell due minute by minute while nothing ran; the
    ids of their deadlines in the order of falling due."""
    tickets = [a_ticket(cast, state=State.IN_PROGRESS) for _ in range(TICKETS)]
    rows = Deadline.objects.filter(ticket__in=tickets, clock="reply", measure="max", stage="due")
    ids = list(rows.order_by("-pk").values_list("pk", flat=True))
    Deadline.objects.exclude(pk__in=ids).update(next_fire_at=None)
    now = clock.now()
    for minutes, pk in enumerate(ids):
        due = now - OUTAGE + timedelta(minutes=minutes)
        Deadline.objects.filter(pk=pk).update(due_at=due, fires_at=due, next_fire_at=due)
    Outbox.objects.all().delete()
    return ids


def start_again() -> None:
    """The engine starts, and sweeps until what it gathers for people has left."""
    call_command("run_deadlines", "--once")
    Held.objects.filter(due_at__isnull=False).update(due_at=clock.now())
    call_command("run_deadlines", "--once")


def test_all_of_it_fires_once_oldest_first_and_says_how_late(
    cast: Cast, overdue: list[int]
) -> None:
    start_again()
    call_command("run_deadlines", "--once")
    events = list(Event.objects.filter(code="overdue").order_by("id"))
    assert len(events) == TICKETS
    late = [event.facts["late_seconds"] for event in events]
    assert late == sorted(late, reverse=True)
    assert abs(late[0] - OUTAGE.total_seconds()) < 60
    fired = Deadline.objects.filter(pk__in=overdue, fired_at__isnull=False, next_fire_at=None)
    assert fired.count() == TICKETS
    told = Notice.objects.filter(staff=cast.handler, code="overdue")
    assert told.count() == told.values("key").distinct().count() == TICKETS


def test_nobody_gets_a_storm_of_mails_and_the_one_lists_them_all(
    cast: Cast, overdue: list[int]
) -> None:
    start_again()
    for person in (cast.handler, cast.operator, cast.leader, cast.liaison):
        mails = Outbox.objects.filter(recipient=person.email)
        assert mails.count() == 1, "more mails than one"
        mail = mails.get()
        assert [one["number"] for one in mail.facts["items"]] == list(
            Event.objects.filter(code="overdue").order_by("id").values_list(
                "ticket__number", flat=True
            )
        )  # fmt: skip
        mail.language = "en"
        assert wording.of(mail)[1].count("sent late, by 7 h") > TICKETS // 2
    assert not Held.objects.filter(due_at__isnull=False).exists()


def test_few_of_them_come_each_by_itself(cast: Cast, overdue: list[int]) -> None:
    few = overdue[: posting.MOST_AT_ONCE]
    Deadline.objects.exclude(pk__in=few).update(next_fire_at=None)
    start_again()
    assert Outbox.objects.filter(recipient=cast.handler.email).count() == len(few)


def test_what_closed_or_rests_meanwhile_does_not_fire(cast: Cast, overdue: list[int]) -> None:
    ended = list(Ticket.objects.filter(deadlines__in=overdue[:2]).values_list("pk", flat=True))
    Ticket.objects.filter(pk=ended[0]).update(state=State.CANCELLED)
    Deadline.objects.filter(ticket=ended[1]).update(cancelled_at=clock.now(), next_fire_at=None)
    start_again()
    assert not Event.objects.filter(ticket__in=ended, code="overdue").exists()
    assert Event.objects.filter(code="overdue").count() == TICKETS - 2
