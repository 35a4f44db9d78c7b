"""Open tickets take over a newer calendar: provisional due times, revised years, a company's days."""

import json
import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from notifications.models import Notice
from organisation import calendar_keeping, holiday_tables
from organisation.calendar_keeping import Wording
from organisation.models import Calendar
from servicedesk.lib import clock as database_clock
from tests.cast import Cast
from tests.factories.calendars import at as moment
from tests.factories.calendars import local
from tests.factories.tickets import STEP, a_ticket
from tests.tickets import invariants
from tickets import calendar_reach, contact, escalation, lifecycle, renewing
from tickets.kinds import Kind, Means
from tickets.models import Clock, Deadline, Event, Ticket
from tickets.states import Happening, State

OFFICE = "working-days-cn"
# The Tuesday before New Year: four working days later it is 2027, of which nothing is known yet.
YEAR_END = moment("2026-12-29T10:00")
DAYS_2027 = [
    {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
    {"name": "元旦", "date": "2027-01-02", "isOffDay": True},
]


def published(*days: dict[str, Any], year: int = 2027, at: datetime) -> Calendar:
    listed = list(days) or DAYS_2027
    read = holiday_tables.read(json.dumps({"year": year, "papers": [], "days": listed}))
    return calendar_keeping.load_holidays(code=OFFICE, table=read, by=None, at=at)


def renewed(at: datetime) -> int:
    return renewing.renew_due(by=None, at=at)


def reply(ticket: Ticket) -> Clock:
    return Clock.objects.get(ticket=ticket, name="reply", measure="max")


def taken(ticket: Ticket) -> list[dict[str, Any]]:
    events = Event.objects.filter(ticket=ticket, code=Happening.CALENDAR_TAKEN).order_by("id")
    return list(events.values_list("facts", flat=True))


def test_a_provisional_due_time_is_counted_anew_when_its_year_arrives(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS, at=YEAR_END)
    before = reply(ticket)
    assert (local(before.due_at), before.is_provisional) == ("2027-01-04T17:30", True)
    assert renewed(YEAR_END + STEP) == 0
    published(at=YEAR_END + STEP)
    assert renewed(YEAR_END + 5 * STEP) == 1
    after = reply(ticket)
    assert (local(after.due_at), after.is_provisional) == ("2027-01-05T17:30", False)
    assert (after.first_due_at, after.missed_at) == (before.due_at, None)
    ticket.refresh_from_db()
    assert ticket.calendar_versions[OFFICE] == 2
    assert ticket.next_due_at == after.due_at or ticket.next_due_clock != "reply"
    (facts,) = taken(ticket)
    assert (facts["calendar"], facts["from_version"], facts["to_version"]) == (OFFICE, 1, 2)
    moved = {one["clock"]: (one["was"], one["is"]) for one in facts["moved"]}
    assert moved["reply"] == (before.due_at.isoformat(), after.due_at.isoformat())
    told = Notice.objects.filter(code="calendar_taken").values_list("staff", flat=True)
    assert sorted(told) == sorted([cast.handler.pk, cast.operator.pk])
    invariants.check(cast, None, ticket.pk)
    assert renewed(YEAR_END + 6 * STEP) == 0
    assert len(taken(ticket)) == 1


def test_what_lies_before_the_first_known_year_is_provisional_too(cast: Cast) -> None:
    received = moment("2025-12-30T10:00")
    ticket = a_ticket(cast, at=received)
    before = reply(ticket)
    assert (local(before.due_at), before.is_provisional) == ("2026-01-06T17:30", True)
    published({"name": "", "date": "2025-12-31", "isOffDay": True}, year=2025, at=received)
    assert renewed(received + STEP) == 1
    after = reply(ticket)
    assert (local(after.due_at), after.is_provisional) == ("2026-01-07T17:30", False)


def test_waiting_rows_of_the_old_due_time_never_fire(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS, at=YEAR_END)
    old = reply(ticket).due_at
    published(at=YEAR_END + STEP)
    renewed(YEAR_END + 5 * STEP)
    Deadline.objects.exclude(ticket=ticket, clock="reply", stage="due").filter(
        next_fire_at__isnull=False
    ).update(next_fire_at=moment("2099-01-01T00:00"))
    assert escalation.fire_due(by=None, at=old + STEP) == 0
    assert escalation.fire_due(by=None, at=reply(ticket).due_at) == 1
    assert Event.objects.filter(ticket=ticket, code="overdue").count() == 1


def test_a_miss_is_never_taken_back(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS, at=YEAR_END)
    old = reply(ticket).due_at
    while escalation.fire_due(by=None, at=old):
        pass
    assert reply(ticket).missed_at == old
    published(at=old + STEP)
    assert renewed(old + 3 * STEP) == 1
    after = reply(ticket)
    assert (after.due_at, after.missed_at) == (old, old)
    ticket.refresh_from_db()
    assert ticket.calendar_versions == ticket.calendar_versions | {
        OFFICE: 2, f"{OFFICE}@reply/max/1": 1
    }  # fmt: skip
    invariants.check(cast, None, ticket.pk)
    # What the ticket hears later plans it anew, and it stays so; nothing is due twice.
    contact.record(
        ticket=ticket, means=Means.PHONE, is_reached=True, note="", by=cast.handler,
        at=old + 4 * STEP,
    )  # fmt: skip
    invariants.check(cast, None, ticket.pk)
    assert not Deadline.objects.filter(ticket=ticket, clock="reply", stage="due", fired_at=None)


def test_what_has_stopped_stays_judged_and_a_reopened_run_counts_by_the_newer_year(
    cast: Cast,
) -> None:
    ticket = a_ticket(cast, state=State.CALLBACK, at=YEAR_END)
    before = reply(ticket)
    assert before.stopped_at is not None
    published(at=YEAR_END + 5 * STEP)
    # Its clocks have stopped, none is provisional and running, but a revised year concerns it.
    assert renewed(YEAR_END + 9 * STEP) == 1
    after = reply(ticket)
    assert (after.due_at, after.stopped_at) == (before.due_at, before.stopped_at)
    closed = lifecycle.close(
        ticket=Ticket.objects.get(pk=ticket.pk), reason="answered", by=cast.callback_agent,
        at=YEAR_END + 10 * STEP,
    )  # fmt: skip
    opened = moment("2027-01-07T10:00")
    lifecycle.reopen(ticket=closed, reason="again", supervisor=cast.supervisor, by=cast.supervisor,
                     at=opened)  # fmt: skip
    again = reply(ticket)
    assert (again.started_at, again.is_provisional) == (opened, False)
    invariants.check(cast, None, ticket.pk)


def test_a_year_revised_makes_nothing_late_at_once(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS, at=moment("2026-03-02T10:00"))
    before = reply(ticket).due_at
    assert local(before) == "2026-03-06T17:30"
    # A Saturday that is suddenly worked would have ended the limit on Thursday.
    revised = [{"name": "", "date": "2026-03-03", "isOffDay": True}]
    published(*revised, year=2026, at=moment("2026-03-04T09:00"))
    assert renewed(moment("2026-03-04T10:00")) == 1
    later = reply(ticket)
    assert local(later.due_at) == "2026-03-09T17:30"
    published({"name": "", "date": "2026-12-31", "isOffDay": True}, year=2026,
              at=moment("2026-03-07T09:00"))  # fmt: skip
    assert renewed(moment("2026-03-07T10:00")) == 1
    kept = reply(ticket)
    # By the third table it was due on Friday already; nobody could have known.
    assert (kept.due_at, kept.missed_at) == (later.due_at, None)
    invariants.check(cast, None, ticket.pk)


def test_an_edit_leaves_open_tickets_alone_unless_it_says_otherwise(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    wording = Wording(**Calendar.objects.newest().get(code=OFFICE).wording)
    short = {day: [["09:00", "11:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    changed = Wording(**{**wording.__dict__, "week": short})
    calendar_keeping.edit(
        code=OFFICE, wording=changed, reason="", seen=1, is_for_open=False,
        by=cast.administrator, at=cast.at + STEP,
    )  # fmt: skip
    assert renewed(cast.at + timedelta(hours=2)) == 0
    assert Ticket.objects.get(pk=ticket.pk).calendar_versions[OFFICE] == 1
    born = a_ticket(cast, at=cast.at + timedelta(hours=2))
    assert born.calendar_versions[OFFICE] == 2
    calendar_keeping.edit(
        code=OFFICE, wording=wording, reason="", seen=2, is_for_open=True,
        by=cast.administrator, at=cast.at + timedelta(hours=3),
    )  # fmt: skip
    assert renewed(cast.at + timedelta(hours=4)) == 2
    assert {one.calendar_versions[OFFICE] for one in Ticket.objects.all()} == {3}
    assert renewed(cast.at + timedelta(hours=5)) == 0
    assert Calendar.objects.get(code=OFFICE, version=3).settled_at is not None


def test_a_typhoon_day_moves_the_tickets_of_its_company_alone(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    other = a_ticket(cast, state=State.IN_PROGRESS)
    Ticket.objects.filter(pk=other.pk).update(scope_path=cast.other_company.path)
    before = reply(ticket).due_at
    calendar_keeping.set_days(
        code=OFFICE, company=cast.company, first=date(2026, 3, 11), last=date(2026, 3, 11),
        windows=None, reason="台风红色预警", by=cast.administrator, at=cast.at + 3 * STEP,
    )  # fmt: skip
    assert renewed(cast.at + 9 * STEP) == 1
    # From Friday over the weekend to Monday.
    assert reply(ticket).due_at == before + timedelta(days=3)
    assert reply(other).due_at == before
    assert a_ticket(cast, at=cast.at + 10 * STEP).calendar_versions[OFFICE] == 2


def test_the_reach_counts_before_anything_is_saved(cast: Cast) -> None:
    a_ticket(cast, at=YEAR_END)
    a_ticket(cast, at=YEAR_END, state=State.IN_PROGRESS)
    a_ticket(cast, at=cast.at, state=State.CALLBACK)
    a_ticket(cast, at=cast.at, state=State.CLOSED)
    found = calendar_reach.reach(OFFICE)
    assert (found.open_count, found.provisional_count) == (3, 2)
    assert found.years == ((2027, 2),)
    assert calendar_reach.reach("gas-resume-hours").open_count == 0


def test_a_ticket_that_cannot_be_counted_anew_is_left_behind_and_the_rest_go_on(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = a_ticket(cast, at=YEAR_END), a_ticket(cast, at=YEAR_END)
    # A version that is gone: nobody can say what was planned by it.
    Ticket.objects.filter(pk=bad.pk).update(
        calendar_versions={**bad.calendar_versions, "round-the-clock": 99}
    )
    row = published(at=YEAR_END + STEP)
    assert renewed(YEAR_END + 5 * STEP) == 2
    row.refresh_from_db()
    assert row.left_behind == [bad.pk]
    assert not taken(bad)
    assert len(taken(good)) == 1
    assert renewed(YEAR_END + 6 * STEP) == 0
    row.refresh_from_db()
    assert row.settled_at is not None


def test_batches_go_on_until_all_are_done(cast: Cast) -> None:
    for _ in range(3):
        a_ticket(cast, at=YEAR_END)
    published(at=YEAR_END + STEP)
    done = [renewing.renew_due(by=None, at=YEAR_END + 5 * STEP, limit=2) for _ in range(3)]
    assert done == [2, 1, 0]


@pytest.mark.django_db(transaction=True)
def test_two_engines_at_the_same_moment_count_each_ticket_anew_once(cast: Cast) -> None:
    tickets = [a_ticket(cast, at=YEAR_END) for _ in range(6)]
    published(at=YEAR_END + STEP)
    begun, done = threading.Barrier(2), []

    def engine() -> None:
        try:
            begun.wait(10)
            for _ in range(6):
                done.append(renewing.renew_due(by=None, at=YEAR_END + 5 * STEP, limit=2))
        finally:
            connection.close()

    engines = [threading.Thread(target=engine) for _ in range(2)]
    for one in engines:
        one.start()
    for one in engines:
        one.join()
    assert sum(done) == 6
    assert [len(taken(ticket)) for ticket in tickets] == [1] * 6
    for ticket in tickets:
        invariants.check(cast, None, ticket.pk)


@pytest.mark.django_db(transaction=True)
def test_the_engine_does_it_by_itself(cast: Cast) -> None:
    now = database_clock.now()
    last_year = Calendar.objects.newest().get(code=OFFICE)
    known = Wording(**{**last_year.wording, "days": {}, "known_from": None,
                       "known_until": date(now.year - 1, 12, 31)})  # fmt: skip
    calendar_keeping.edit(
        code=OFFICE, wording=known, reason="", seen=1, is_for_open=False, by=cast.administrator,
        at=now,
    )  # fmt: skip
    ticket = a_ticket(cast, kind=Kind.COMPLAINT, at=now)
    before = reply(ticket)
    assert before.is_provisional
    free = [now.date() + timedelta(days=n) for n in range(1, 8)]
    for year in sorted({day.year for day in free}):
        days = [
            {"name": "", "date": day.isoformat(), "isOffDay": True}
            for day in free if day.year == year
        ]  # fmt: skip
        published(*days, year=year, at=now)
    call_command("run_deadlines", once=True)
    after = reply(ticket)
    assert after.due_at > before.due_at
    assert taken(ticket)[0]["moved"]
    connection.close()
