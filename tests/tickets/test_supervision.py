"""A supervision has its ground and its report-back, and ends by its supervisor alone."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from notifications.models import Notice
from organisation.models import Staff
from tests.cast import Cast
from tests.factories.oversight import a_supervised_ticket
from tests.factories.tickets import STEP, a_ticket
from tickets import (
    contact,
    dispatching,
    lifecycle,
    office_days,
    permissions,
    suggestions,
    supervised,
    supervision,
    task_firing,
    tasks,
    telling,
)
from tickets.kinds import Channel, Kind, Means
from tickets.models import Clock, Event, Supervision, Task, TaskKind, Ticket
from tickets.states import Happening, State

DAY = timedelta(days=1)


def notices(staff: Staff, code: str) -> int:
    return Notice.objects.filter(staff=staff, code=code).count()


def test_a_supervision_has_ground_reason_and_a_report_back_of_its_own(cast: Cast) -> None:
    ticket = a_supervised_ticket(cast)
    under = Supervision.objects.get(ticket=ticket)
    task = Task.objects.get(ticket=ticket, kind=TaskKind.REPORT_BACK)
    assert (ticket.supervisor, under.supervisor) == (cast.supervisor, cast.supervisor)
    assert (under.ground, under.reason) == (Supervision.Ground.DECISION, "久拖未决")
    # Monday morning and three working days: Thursday, when the offices close.
    assert under.report_due_at == task.due_at == office_days.after(cast.at, 3)
    assert (under.report_due_at - cast.at).days == 3
    assert task.unit == cast.unit
    assert notices(cast.handler, "supervised") == 1


def test_holidays_do_not_count_towards_the_report_back(cast: Cast) -> None:
    before_new_year = cast.at.replace(month=2, day=13)
    due_at = office_days.after(before_new_year, 4)
    assert (due_at.month, due_at.day) == (2, 26)


def test_the_second_of_two_supervisors_is_told_who_has_it(cast: Cast) -> None:
    ticket = a_supervised_ticket(cast)
    with pytest.raises(supervision.AlreadySupervised, match="苏督办|Su Supervisor"):
        supervision.supervise(
            ticket=ticket, reason="我也要督办", by=cast.executive, at=ticket.latest_event_at + STEP
        )
    assert Supervision.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_database_itself_knows_one_open_supervision(cast: Cast) -> None:
    ticket = a_supervised_ticket(cast)
    under = Supervision.objects.get(ticket=ticket)
    under.pk = None
    with pytest.raises(Exception, match="one_open_supervision_per_ticket"), transaction.atomic():
        under.save()
    assert not connection.needs_rollback


def test_it_needs_a_reason_and_a_time_to_come(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = ticket.latest_event_at + STEP
    with pytest.raises(supervision.ReasonMissing):
        supervision.supervise(ticket=ticket, reason="  ", by=cast.supervisor, at=at)
    with pytest.raises(supervision.DueAlready):
        supervision.supervise(
            ticket=ticket, reason="催", report_due_at=at, by=cast.supervisor, at=at
        )
    assert not Supervision.objects.exists()


def report(cast: Cast, ticket: Ticket, *, by: Staff | None = None, hours: int = 1) -> Ticket:
    at = ticket.latest_event_at + timedelta(hours=hours)
    return supervision.report_back(
        ticket=ticket, text="已更换表箱，待复核。", by=by or cast.handler, at=at
    )


def test_the_lead_unit_reports_back_once(cast: Cast) -> None:
    ticket = a_supervised_ticket(cast)
    report(cast, ticket)
    task = Task.objects.get(kind=TaskKind.REPORT_BACK)
    assert (task.done_by, task.result) == (cast.handler, "已更换表箱，待复核。")
    assert task.next_fire_at is None
    assert notices(cast.supervisor, "reported_back") == 1
    with pytest.raises(supervision.ReportedAlready):
        report(cast, ticket, hours=2)


def test_a_report_is_not_finished_like_any_task(cast: Cast, client: Client) -> None:
    ticket = a_supervised_ticket(cast)
    task = Task.objects.get(kind=TaskKind.REPORT_BACK)
    with pytest.raises(tasks.OwedToTheSupervisor):
        tasks.finish(
            task=task, result="已办", by=cast.handler, at=ticket.latest_event_at + STEP
        )
    client.force_login(cast.handler)
    answer = client.get(reverse("tickets:task-finish", args=[ticket.number, task.pk]))
    assert answer["Location"] == reverse("tickets:report-back", args=[ticket.number])


def test_the_report_is_owed_by_whoever_has_the_ticket(cast: Cast) -> None:
    ticket = a_supervised_ticket(cast)
    due_at = Task.objects.get(kind=TaskKind.REPORT_BACK).due_at
    dispatching.transfer(
        ticket=ticket, to=cast.other_unit, reason="归东站", by=cast.dispatcher,
        at=ticket.latest_event_at + STEP,
    )  # fmt: skip
    task = Task.objects.get(kind=TaskKind.REPORT_BACK)
    assert (task.unit, task.due_at, task.done_at) == (cast.other_unit, due_at, None)


@pytest.mark.parametrize("name", ["outsider", "operator", "supervisor"])
def test_nobody_else_reports_for_the_unit(name: str, cast: Cast) -> None:
    ticket = a_supervised_ticket(cast)
    with pytest.raises(permissions.NotYours):
        report(cast, ticket, by=getattr(cast, name))


def test_there_is_nothing_to_report_without_a_supervision(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    with pytest.raises(supervision.NotSupervised):
        report(cast, ticket)


def test_a_late_report_back_fires_once_and_reaches_the_supervisor(cast: Cast) -> None:
    ticket = a_supervised_ticket(cast)
    task = Task.objects.get(kind=TaskKind.REPORT_BACK)
    while task_firing.fire_due(by=None, at=task.due_at - timedelta(seconds=1)):
        pass
    assert notices(cast.supervisor, "task_missed") == 0
    for _ in range(3):
        task_firing.fire_due(by=None, at=task.due_at)
    task.refresh_from_db()
    assert task.missed_at == task.due_at
    for person in (cast.supervisor, cast.leader, cast.liaison):
        assert notices(person, "task_missed") == 1, person
    assert Event.objects.filter(ticket=ticket, code=Happening.TASK_MISSED).count() == 1


def end(cast: Cast, ticket: Ticket, *, by: Staff | None = None, why: str = "") -> Ticket:
    fresh = Ticket.objects.get(pk=ticket.pk)
    return supervision.end(
        ticket=fresh, verdict="整改到位", no_report_reason=why, by=by or cast.supervisor,
        at=fresh.latest_event_at + STEP,
    )  # fmt: skip


def test_only_its_supervisor_ends_it(cast: Cast) -> None:
    ticket = a_supervised_ticket(cast)
    report(cast, ticket)
    with pytest.raises(supervision.NotTheSupervisor):
        end(cast, ticket, by=cast.executive)
    with pytest.raises(permissions.NotYours):
        end(cast, ticket, by=cast.leader)
    ended = end(cast, ticket)
    under = Supervision.objects.get(ticket=ticket)
    assert (under.ended_by, under.verdict, ended.supervisor) == (cast.supervisor, "整改到位", None)
    with pytest.raises(supervision.NotSupervised):
        end(cast, ticket)


def test_it_does_not_end_before_the_report_unless_it_is_said_why(cast: Cast) -> None:
    ticket = a_supervised_ticket(cast)
    with pytest.raises(supervision.ReportStillDue):
        end(cast, ticket)
    end(cast, ticket, why="现场已核实")
    task = Task.objects.get(kind=TaskKind.REPORT_BACK)
    assert (task.result, task.next_fire_at) == ("现场已核实", None)
    assert task.dropped_at is not None


def test_the_supervisor_asks_for_more(cast: Cast) -> None:
    ticket = a_supervised_ticket(cast)
    again = {"text": "补交照片", "report_due_at": cast.at + 9 * DAY}
    with pytest.raises(supervision.ReportStillDue):
        supervision.ask_again(ticket=ticket, **again, by=cast.supervisor, at=cast.at + DAY)
    ticket = report(cast, ticket)
    with pytest.raises(supervision.NotTheSupervisor):
        supervision.ask_again(ticket=ticket, **again, by=cast.executive, at=cast.at + DAY)
    supervision.ask_again(ticket=ticket, **again, by=cast.supervisor, at=cast.at + DAY)
    assert supervised.owed_report(ticket).get().due_at == cast.at + 9 * DAY
    assert Supervision.objects.get(ticket=ticket).report_due_at == cast.at + 9 * DAY


def hand_on(cast: Cast, ticket: Ticket, *, to: Staff, by: Staff) -> Ticket:
    return supervision.hand_on(
        ticket=ticket, to=to, reason="休假", by=by, at=ticket.latest_event_at + STEP
    )


def test_a_supervision_passes_on_record(cast: Cast) -> None:
    ticket = a_supervised_ticket(cast)
    with pytest.raises(supervision.NotTheSupervisor):
        hand_on(cast, ticket, to=cast.executive, by=cast.executive)
    with pytest.raises(supervision.CannotSupervise):
        hand_on(cast, ticket, to=cast.leader, by=cast.supervisor)
    after = hand_on(cast, ticket, to=cast.executive, by=cast.supervisor)
    event = Event.objects.filter(ticket=ticket, code=Happening.HANDED_OVER).get()
    assert (event.facts["from_id"], event.facts["to_id"]) == (
        cast.supervisor.pk, cast.executive.pk,
    )  # fmt: skip
    assert after.supervisor == cast.executive
    assert Supervision.objects.get(ticket=ticket).supervisor == cast.executive
    assert notices(cast.executive, "to_supervise") == 1


def test_another_takes_it_over_from_one_who_is_away(cast: Cast) -> None:
    ticket = a_supervised_ticket(cast)
    Staff.objects.filter(pk=cast.supervisor.pk).update(presence=Staff.Presence.ABSENT)
    assert hand_on(cast, ticket, to=cast.executive, by=cast.executive).supervisor == cast.executive


@pytest.mark.parametrize("state", [State.NEW, State.DISPATCHED])
def test_nobody_cancels_what_is_supervised(state: State, cast: Cast) -> None:
    ticket = a_supervised_ticket(cast, state=state)
    with pytest.raises(permissions.StillSupervised):
        lifecycle.cancel(
            ticket=ticket, reason="重复", by=cast.supervisor, at=ticket.latest_event_at + STEP
        )


def test_it_closes_only_when_the_supervision_has_ended(cast: Cast) -> None:
    ticket = a_supervised_ticket(cast, state=State.CALLBACK)
    at = ticket.latest_event_at + STEP
    for by in (cast.callback_agent, None):
        with pytest.raises(permissions.StillSupervised):
            lifecycle.close(ticket=ticket, reason="answered", by=by, at=at)
    waiting = lifecycle.conclude(
        ticket=ticket, reason="answered", by=cast.callback_agent, at=at
    )
    assert waiting.state == State.CALLBACK
    assert notices(cast.supervisor, "supervision_to_end") == 1
    assert supervised.to_end(cast.supervisor) == 0, "the report-back is still owed"
    closed = end(cast, ticket, why="回访已满意")
    assert (closed.state, closed.supervisor) == (State.CLOSED, None)
    event = Event.objects.get(ticket=ticket, code=Happening.CLOSED)
    assert event.facts["reason"] == "answered"


@pytest.mark.parametrize("how", ["confirm", "excuse"])
def test_it_ends_before_the_tracker_has_confirmed_and_the_ticket_waits(cast: Cast, how: str) -> None:
    ticket = a_supervised_ticket(cast, state=State.CALLBACK)
    at = ticket.latest_event_at + STEP
    lifecycle.conclude(ticket=ticket, reason="window_over", by=None, at=at)
    Ticket.objects.filter(pk=ticket.pk).update(told_confirmed_at=None)
    before = notices(ticket.tracker, "to_confirm")
    waiting = end(cast, ticket, why="已核实")
    assert (waiting.state, waiting.supervisor) == (State.CALLBACK, None)
    assert notices(waiting.tracker, "to_confirm") == before + 1
    if how == "confirm":
        telling.confirm(ticket=waiting, means=Means.PHONE, by=waiting.tracker, at=at + DAY)
    else:
        telling.excuse(ticket=waiting, why_not="号码停机", by=waiting.tracker, at=at + DAY)
    assert Ticket.objects.get(pk=ticket.pk).state == State.CLOSED
    event = Event.objects.get(ticket=ticket, code=Happening.CLOSED)
    assert event.facts["reason"] == "window_over"


def test_a_supervision_that_ends_before_the_callback_closes_nothing(cast: Cast) -> None:
    ticket = a_supervised_ticket(cast, state=State.CALLBACK)
    assert end(cast, ticket, why="已核实").state == State.CALLBACK
    after = lifecycle.conclude(
        ticket=ticket, reason="window_over", by=None, at=ticket.latest_event_at + DAY
    )
    assert after.state == State.CLOSED


def test_a_discontent_answer_after_a_finished_callback_starts_anew(cast: Cast) -> None:
    ticket = a_supervised_ticket(cast, state=State.CALLBACK)
    at = ticket.latest_event_at
    lifecycle.conclude(ticket=ticket, reason="window_over", by=None, at=at + STEP)
    again = lifecycle.redo(
        ticket=ticket, reason="还是没电", supervisor=cast.executive, by=cast.callback_agent,
        at=at + 2 * STEP,
    )  # fmt: skip
    assert (again.state, again.supervisor) == (State.IN_PROGRESS, cast.supervisor)
    assert Supervision.objects.get(ticket=ticket).closes_as == ""


def test_sending_back_opens_a_supervision_with_its_report_back(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.CALLBACK)
    lifecycle.redo(
        ticket=ticket, reason="没修好", supervisor=cast.supervisor, by=cast.callback_agent,
        at=ticket.latest_event_at + STEP,
    )  # fmt: skip
    under = Supervision.objects.get(ticket=ticket)
    assert (under.ground, under.supervisor) == (Supervision.Ground.DISCONTENT, cast.supervisor)
    assert supervised.owed_report(ticket).get().due_at == under.report_due_at


def test_an_outsider_sees_nothing_of_a_supervised_ticket(cast: Cast, client: Client) -> None:
    ticket = a_supervised_ticket(cast)
    client.force_login(cast.outsider)
    for name in ("report-back", "end-supervision", "hand-on", "ask-again", "supervise"):
        assert client.get(reverse(f"tickets:{name}", args=[ticket.number])).status_code == 404
    assert client.get(reverse("tickets:supervision")).status_code == 403


# The supervisor's page and the suggestions


def test_the_page_lists_report_backs_in_the_order_they_are_due(cast: Cast, client: Client) -> None:
    later = a_supervised_ticket(cast)
    sooner = a_ticket(cast, state=State.IN_PROGRESS, kind=Kind.FAULT)
    supervision.supervise(
        ticket=sooner, reason="抢修", report_due_at=cast.at + DAY, by=cast.supervisor,
        at=sooner.latest_event_at + STEP,
    )  # fmt: skip
    of_another = a_ticket(cast, state=State.IN_PROGRESS)
    supervision.supervise(
        ticket=of_another, reason="局长交办", by=cast.executive, at=of_another.latest_event_at + STEP
    )
    client.force_login(cast.supervisor)
    mine = client.get(reverse("tickets:supervision")).context["rows"]
    assert [row.ticket for row in mine] == [sooner, later]
    everything = client.get(reverse("tickets:supervision") + "?part=all").context["rows"]
    assert {row.ticket for row in everything} == {sooner, later, of_another}
    assert client.get(reverse("tickets:supervision") + "?part=nonsense").status_code == 200


def test_a_reported_one_waits_for_its_supervisor(cast: Cast) -> None:
    report(cast, a_supervised_ticket(cast))
    (row,) = supervised.rows(cast.supervisor, is_mine=True, now=cast.at + 9 * DAY)
    assert row.waits_for_end
    assert not row.is_late


def grounds(cast: Cast, ticket: Ticket, now_days: float = 1) -> tuple[str, ...]:
    found = suggestions.rows(cast.supervisor, cast.at + timedelta(days=now_days))
    return next((one.grounds for one in found if one.ticket == ticket), ())


def test_an_ordinary_ticket_suggests_nothing(cast: Cast) -> None:
    assert grounds(cast, a_ticket(cast, state=State.IN_PROGRESS)) == ()


def test_every_rule_suggests_with_its_ground(cast: Cast) -> None:
    G = Supervision.Ground
    ticket = a_ticket(cast, state=State.IN_PROGRESS, channel=Channel.REFERRAL)
    assert grounds(cast, ticket) == (G.REFERRED,)
    Ticket.objects.filter(pk=ticket.pk).update(urge_count=3, reopen_count=2, level=2)
    Clock.objects.filter(ticket=ticket, name="reply", measure="max").update(missed_at=cast.at)
    for _ in range(2):
        a_ticket(cast)
    assert grounds(cast, ticket) == (
        G.URGED, G.DISCONTENT, G.GRAVE, G.OVERDUE, G.REPEATED, G.REFERRED,
    )  # fmt: skip
    supervision.supervise(
        ticket=ticket, reason="", ground=G.URGED, by=cast.supervisor, at=cast.at + DAY
    )
    assert grounds(cast, ticket) == ()


def test_two_chases_and_two_contacts_are_not_enough(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    a_ticket(cast)
    Ticket.objects.filter(pk=ticket.pk).update(urge_count=2, reopen_count=1, level=3)
    assert grounds(cast, ticket) == ()


def test_contacts_long_ago_do_not_count(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    for _ in range(2):
        a_ticket(cast)
    assert grounds(cast, ticket, now_days=59) == (Supervision.Ground.REPEATED,)
    assert grounds(cast, ticket, now_days=61) == ()


def test_a_breach_inside_the_house_is_no_broken_promise(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    Clock.objects.filter(ticket=ticket, name="sign").update(missed_at=cast.at)
    assert grounds(cast, ticket) == ()


def test_one_key_follows_a_suggestion_and_a_second_press_changes_nothing(
    cast: Cast, client: Client
) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    Ticket.objects.filter(pk=ticket.pk).update(urge_count=3)
    client.force_login(cast.supervisor)
    page = client.get(reverse("tickets:supervision") + "?part=suggested").content.decode()
    address = reverse("tickets:supervise-now", args=[ticket.number])
    assert address in page
    assert client.post(address, {"ground": "urged"}).status_code == 302
    assert client.post(address, {"ground": "urged"}).status_code == 409
    under = Supervision.objects.get(ticket=ticket)
    assert (under.ground, under.supervisor) == (Supervision.Ground.URGED, cast.supervisor)


def test_the_second_reopening_suggests_supervision(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.CLOSED)
    Ticket.objects.filter(pk=ticket.pk).update(reopen_count=1)
    lifecycle.reopen(
        ticket=ticket, reason="又坏了", supervisor=None, by=cast.callback_agent,
        at=ticket.latest_event_at + DAY,
    )  # fmt: skip
    assert notices(cast.supervisor, "supervision_suggested") == 1


def test_the_ticket_page_shows_the_supervision_and_its_report(cast: Cast, client: Client) -> None:
    ticket = a_supervised_ticket(cast)
    report(cast, ticket)
    end(cast, ticket)
    client.force_login(cast.handler)
    page = client.get(reverse("tickets:ticket", args=[ticket.number])).content.decode()
    for words in ("久拖未决", "已更换表箱，待复核。", "整改到位"):
        assert words in page


def test_contact_is_no_report(cast: Cast) -> None:
    ticket = a_supervised_ticket(cast)
    contact.record(
        ticket=ticket, means=Means.PHONE, is_reached=True, note="已联系", by=cast.handler,
        at=ticket.latest_event_at + STEP,
    )  # fmt: skip
    assert supervised.owed_report(ticket).exists()
