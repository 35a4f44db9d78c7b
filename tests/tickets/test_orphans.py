"""Tickets that nobody has are found and told of, once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.models import Notice
from organisation import appointments
from organisation.models import Staff
from tests.cast import Cast
from tests.factories.tickets import a_ticket
from tickets import orphan_alarm, orphans
from tickets.kinds import Kind
from tickets.models import Ticket
from tickets.orphans import Why
from tickets.states import State

DAY = timedelta(days=1)


def whys(cast: Cast) -> dict[str, str]:
    found = orphans.found(Ticket.objects.all(), cast.at + 2 * DAY)
    return {ticket.number: ticket.why for ticket in found}  # type: ignore[attr-defined]


def make(person: Staff, **columns: object) -> None:
    Staff.objects.filter(pk=person.pk).update(**columns)


def absent_since(cast: Cast, person: Staff, days: int = 1) -> None:
    make(person, presence="absent", presence_since=cast.at + 2 * DAY - days * DAY)


def told() -> set[tuple[str, int, str]]:
    rows = Notice.objects.filter(code="nobody_has_it")
    return {(one.subject, one.staff_id, one.facts["why"]) for one in rows}


@pytest.fixture
def held(cast: Cast) -> Ticket:
    return a_ticket(cast, state=State.IN_PROGRESS)


def test_a_ticket_in_good_hands_is_no_orphan(cast: Cast, held: Ticket) -> None:
    a_ticket(cast)
    assert not whys(cast)
    assert orphan_alarm.tell(by=None, at=cast.at + 2 * DAY) == 0


@pytest.mark.parametrize(
    ("column", "left", "absent"),
    [
        ("handler", Why.HANDLER_LEFT, Why.HANDLER_ABSENT),
        ("operator", Why.TRACKER_LEFT, Why.TRACKER_ABSENT),
    ],
)
def test_one_whose_person_left_or_is_long_absent_is(
    column: str, left: Why, absent: Why, cast: Cast, held: Ticket
) -> None:
    person = getattr(cast, column)
    absent_since(cast, person, days=0)
    assert not whys(cast), "a free day is ordinary"
    absent_since(cast, person)
    assert whys(cast) == {held.number: absent}
    make(person, is_active=False)
    assert whys(cast) == {held.number: left}


def test_a_deputy_who_is_there_stands_in(cast: Cast, held: Ticket) -> None:
    absent_since(cast, cast.handler)
    appointments.make_deputy(of=cast.handler, deputy=cast.field_worker, by=None, at=cast.at)
    absent_since(cast, cast.handler)
    assert not whys(cast)
    make(cast.field_worker, presence="absent")
    assert whys(cast) == {held.number: Why.HANDLER_ABSENT}


def test_one_with_a_unit_and_no_person_is(cast: Cast, held: Ticket) -> None:
    Ticket.objects.filter(pk=held.pk).update(lead_handler=None)
    assert whys(cast) == {held.number: Why.NO_PERSON}


def test_a_new_one_that_no_dispatcher_can_send_is(cast: Cast) -> None:
    ticket = a_ticket(cast)
    for person in (cast.dispatcher, cast.supervisor):
        make(person, presence="absent")
    assert whys(cast) == {ticket.number: Why.NO_DISPATCHER}
    make(cast.dispatcher, presence="away")
    assert not whys(cast)


def test_what_ended_or_came_from_a_file_is_none(cast: Cast, held: Ticket) -> None:
    closed = a_ticket(cast, state=State.CLOSED)
    make(cast.handler, is_active=False)
    make(cast.operator, is_active=False)
    Ticket.objects.filter(pk=held.pk).update(source="elsewhere", external_number="1")
    assert closed.number not in whys(cast) and not whys(cast)


def test_the_liaison_of_the_unit_is_told_once(cast: Cast, held: Ticket) -> None:
    make(cast.handler, is_active=False)
    for hours in (0, 1, 30):
        orphan_alarm.tell(by=None, at=cast.at + 2 * DAY + timedelta(hours=hours))
    assert told() == {(held.number, cast.liaison.pk, Why.HANDLER_LEFT)}
    assert Notice.objects.filter(code="nobody_has_it").count() == 1


def test_another_absence_is_told_anew(cast: Cast, held: Ticket) -> None:
    for days in (1, 2):
        absent_since(cast, cast.handler, days=days)
        orphan_alarm.tell(by=None, at=cast.at + 2 * DAY)
    assert Notice.objects.filter(code="nobody_has_it").count() == 2


def test_a_dispatcher_hears_where_the_unit_has_no_liaison(cast: Cast, held: Ticket) -> None:
    make(cast.operator, is_active=False)
    orphan_alarm.tell(by=None, at=cast.at + 2 * DAY)
    assert told() == {(held.number, cast.dispatcher.pk, Why.TRACKER_LEFT)}


def test_of_a_report_nobody_hears_who_may_not_see_it(cast: Cast) -> None:
    ticket = a_ticket(cast, kind=Kind.REPORT, accused_unit=cast.hall)
    make(cast.operator, is_active=False)
    orphan_alarm.tell(by=None, at=cast.at + 2 * DAY)
    ((number, staff, _),) = told()
    assert number == ticket.number
    reader = Staff.objects.select_related("unit").get(pk=staff)
    assert Ticket.objects.visible_to(reader).filter(pk=ticket.pk).exists()


def test_it_asks_as_much_for_many_as_for_few_once_they_are_told(cast: Cast) -> None:
    counts = []
    make(cast.handler, is_active=False)
    for _ in range(2):
        for _ in range(2):
            ticket = a_ticket(cast, state=State.NEW)
            Ticket.objects.filter(pk=ticket.pk).update(
                state="in_progress", lead_unit=cast.unit, lead_handler=cast.handler
            )
        orphan_alarm.tell(by=None, at=cast.at + 2 * DAY)
        with CaptureQueriesContext(connection) as captured:
            orphan_alarm.tell(by=None, at=cast.at + 2 * DAY)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 5, counts


def test_the_sweep_goes_past_its_batch(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orphan_alarm, "BATCH", 2)
    for _ in range(5):
        a_ticket(cast, state=State.IN_PROGRESS)
    make(cast.handler, is_active=False)
    assert orphan_alarm.tell(by=None, at=cast.at + 2 * DAY) == 5
    assert len(told()) == 5
