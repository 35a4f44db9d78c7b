"""The clocks of a ticket as its page draws and tells them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from organisation.models import Staff
from servicedesk.lib import clock as database_clock
from tests.cast import Cast
from tests.factories.resting import ask_rest, ask_time
from tests.factories.tickets import STEP, a_ticket
from tests.tickets.test_hand_over import give
from tests.tickets.test_merging import a_fault, merged
from tests.tickets.test_stays import limit_stays
from tickets import (
    approvals,
    clock_page,
    escalation,
    hand_over_alarm,
    lifecycle,
    resuming,
    timeline,
)
from tickets.kinds import Kind
from tickets.models import Clock, Deadline, HandOver, Ticket
from tickets.states import State
from tickets.timeline import Lane, Timeline

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def drawn(ticket: Ticket, now: datetime) -> Timeline:
    found = clock_page.of(Ticket.objects.get(pk=ticket.pk), now, with_rows=False)["timeline"]
    assert isinstance(found, Timeline)
    return found


def lane(ticket: Ticket, name: str, now: datetime, measure: str = "max") -> Lane:
    (found,) = (
        one
        for one in drawn(ticket, now).lanes
        if (one.clock.name, one.clock.measure) == (name, measure)
    )
    return found


def looks(one: Lane) -> set[str]:
    return {stretch.look for stretch in one.stretches} | {mark.look for mark in one.marks}


def codes(one: Lane, run: int = -1) -> list[str]:
    assert one.story is not None
    return [step.code.value for step in one.story.runs[run].steps]


def fire(at: datetime) -> None:
    while escalation.fire_due(by=None, at=at):
        pass


def page(client: Client, who: Staff, ticket: Ticket, query: str = "", **headers: str) -> str:
    client.force_login(who)
    answer = client.get(reverse("tickets:clocks", args=[ticket.number]) + query, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_clock_is_a_lane_with_its_story(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    found = drawn(ticket, cast.at + HOUR)
    assert {(one.clock.name, one.clock.measure) for one in found.lanes} == set(
        Clock.objects.filter(ticket=ticket).values_list("name", "measure")
    )
    assert all(one.story is not None for one in found.lanes)
    dispatched = lane(ticket, "dispatch", cast.at + HOUR)
    assert (dispatched.is_running, dispatched.is_over) == (False, False)
    assert looks(dispatched) == {"done", "due"}


def test_a_rest_is_hatched_on_a_clock_of_the_house_and_runs_on_for_the_customer(
    cast: Cast,
) -> None:
    limit_stays()
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    asked = ask_rest(cast, ticket)
    approvals.grant(approval=asked, by=cast.supervisor, at=asked.asked_at)
    now = asked.asked_at + HOUR
    stay, reply = lane(ticket, "dwell", now), lane(ticket, "reply", now)
    assert "paused" in looks(stay)
    assert (stay.is_paused, stay.clock.due_at) == (True, None)
    assert codes(stay)[-1] == "pausing"
    assert "paused" not in looks(reply)
    assert "ran_on" in codes(reply)
    resuming.resume(ticket=Ticket.objects.get(pk=ticket.pk), by=cast.handler, at=now)
    again = lane(ticket, "dwell", now)
    assert again.has_moved
    assert codes(again)[-1] == "paused"


def test_more_time_is_told_and_the_first_due_time_stays_marked(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    asked = ask_time(cast, ticket)
    approvals.grant(approval=asked, by=cast.supervisor, at=asked.asked_at + STEP)
    reply = lane(ticket, "reply", cast.at + DAY)
    assert codes(reply)[-1] == "extended"
    assert {"first", "due"} <= looks(reply)
    assert reply.clock.first_due_at < reply.clock.due_at  # type: ignore[operator]


def test_a_reopened_ticket_shows_both_runs_and_what_was_promised_first(
    cast: Cast, client: Client
) -> None:
    ticket = a_ticket(cast, state=State.CLOSED)
    first = Clock.objects.get(ticket=ticket, name="reply").first_due_at
    lifecycle.reopen(
        ticket=ticket, reason="It broke again.", supervisor=None, by=cast.reviewer,
        at=ticket.latest_event_at + 2 * DAY,
    )  # fmt: skip
    reply = lane(ticket, "reply", cast.at + 3 * DAY)
    assert reply.run == 2
    assert (codes(reply, 0)[0], codes(reply)[0]) == ("started", "started_again")
    assert {"earlier", "first", "due", "run"} <= looks(reply)
    assert reply.clock.first_due_at == first
    text = page(client, cast.operator, ticket, "?clock=reply", **{"HX-Request": "true"})
    assert "重新起算" in text
    assert "第2轮" in text


def test_a_miss_is_red_and_says_so_and_who_heard(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, kind=Kind.FAULT, state=State.IN_PROGRESS)
    arrive = lane(ticket, "arrive", cast.at + HOUR * 2)
    assert (arrive.is_missed, "late" in looks(arrive)) == (True, True)
    fire(cast.at + HOUR * 2)
    heard = lane(ticket, "arrive", cast.at + HOUR * 2)
    sent = [one for one in heard.alerts if one.is_sent]
    assert {"remind-50", "remind-80", "due"} <= {one.stage for one in sent}
    assert "sent" in looks(heard)
    text = page(client, cast.operator, ticket, "?clock=arrive&measure=max")
    assert cast.handler.name_zh in text
    assert "到期" in text


def test_an_average_above_its_value_is_a_warning_and_no_miss(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, kind=Kind.FAULT, state=State.IN_PROGRESS)
    now = cast.at + 2 * HOUR
    average = lane(ticket, "arrive", now, "avg")
    assert (average.is_over, average.is_missed, "late" in looks(average)) == (True, False, False)
    assert codes(average)[-1] == "average"
    assert "超平均承诺" in page(client, cast.operator, ticket)


def test_a_due_time_past_the_published_year_is_provisional(cast: Cast, client: Client) -> None:
    late_in_the_year = datetime(2026, 12, 30, 2, 0, tzinfo=UTC)
    ticket = a_ticket(cast, state=State.IN_PROGRESS, at=late_in_the_year)
    assert lane(ticket, "reply", late_in_the_year + HOUR).clock.is_provisional
    assert "provisional" in codes(lane(ticket, "reply", late_in_the_year + HOUR))
    assert "暂定" in page(client, cast.operator, ticket)


def test_what_is_merged_keeps_the_lanes_of_its_own_customer(cast: Cast) -> None:
    child, parent = a_fault(cast), a_fault(cast)
    joined = merged(cast, child, parent)
    now = joined.latest_event_at + HOUR
    own = lane(joined, "restore", now)
    assert (own.is_running, own.clock.started_at) == (True, child.received_at)
    assert own.clock.due_at == lane(parent, "restore", now).clock.due_at
    assert not lane(joined, "sign", now).is_running


def test_a_hand_over_without_a_signature_is_a_lane_with_its_alarm(
    cast: Cast, client: Client
) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    hand_over = give(cast, cast.handler, cast.field_worker)
    (waiting,) = drawn(ticket, hand_over.made_at + STEP).hand_overs
    assert waiting.hand_over == hand_over
    alarm_at = HandOver.objects.get(pk=hand_over.pk).alarm_at
    assert alarm_at is not None
    hand_over_alarm.alarm_due(by=None, at=alarm_at)
    (alarmed,) = drawn(ticket, alarm_at + STEP).hand_overs
    assert alarmed.hand_over.alarmed_at == alarm_at
    text = page(client, cast.operator, ticket)
    assert cast.field_worker.name_zh in text
    assert "等待" in text


def test_what_was_fired_and_cancelled_is_for_those_who_supervise(
    cast: Cast, client: Client
) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    asked = ask_time(cast, ticket)
    approvals.grant(approval=asked, by=cast.supervisor, at=asked.asked_at + STEP)
    assert Deadline.objects.filter(ticket=ticket, clock="reply", cancelled_at__isnull=False)
    whole = page(client, cast.supervisor, ticket)
    assert "全部计划记录" in whole
    assert "计划已变" in whole
    assert "全部计划记录" not in page(client, cast.handler, ticket)


@pytest.mark.parametrize("who", ["outsider", "stranger"])
def test_whoever_may_not_see_the_ticket_sees_no_clock(cast: Cast, client: Client, who: str) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    client.force_login(getattr(cast, who))
    assert client.get(reverse("tickets:clocks", args=[ticket.number])).status_code == 404


def test_htmx_gets_the_reasons_of_one_clock_alone(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    part = page(client, cast.handler, ticket, "?clock=reply&measure=max", **{"HX-Request": "true"})
    assert "<html" not in part
    assert part.count('class="why"') == 1
    assert "自“已受理”起算" in part
    nothing = page(client, cast.handler, ticket, "?clock=nonsense", **{"HX-Request": "true"})
    assert "why" not in nothing


def test_the_reasons_are_told_in_english_too(cast: Cast, client: Client) -> None:
    Staff.objects.filter(pk=cast.operator.pk).update(language="en")
    client.cookies["django_language"] = "en"
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    text = page(client, Staff.objects.get(pk=cast.operator.pk), ticket)
    assert "Begins with “Logged”" in text
    assert "So it is due" in text


def test_a_loaded_or_unlimited_ticket_has_a_page_without_reasons(
    cast: Cast, client: Client
) -> None:
    ticket = a_ticket(cast, kind=Kind.PRAISE)
    Clock.objects.filter(ticket=ticket).delete()
    Ticket.objects.filter(pk=ticket.pk).update(policy=None)
    assert page(client, cast.operator, ticket)
    Clock.objects.create(
        ticket=ticket, name="reply", measure="max", started_at=ticket.received_at,
        due_at=ticket.received_at + DAY, first_due_at=ticket.received_at + DAY,
    )  # fmt: skip
    assert lane(ticket, "reply", database_clock.now()).story is None
    assert "导入文件" in page(client, cast.operator, ticket)


def test_a_lane_of_many_stretches_leaves_out_the_closed_hours(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    few = lane(ticket, "reply", cast.at + 2 * DAY)
    many = lane(ticket, "reply", cast.at + 300 * DAY)
    assert "closed" in looks(few)
    assert "closed" not in looks(many)
    assert len(many.stretches) < timeline._MOST_STRETCHES


def test_lists_count_the_time_of_the_clock_that_is_due_next(cast: Cast, client: Client) -> None:
    """The share used is that of the very clock: a fresh one is not amber because the ticket is
    old."""
    limit_stays(amount=30)
    ticket = a_ticket(cast, state=State.DONE_PENDING_REVIEW)
    lifecycle.reject(
        ticket=ticket, reason="No photo", by=cast.reviewer, at=ticket.latest_event_at + DAY
    )
    ticket.refresh_from_db()
    stay = Clock.objects.get(ticket=ticket, name="dwell")
    assert (ticket.next_due_clock, ticket.next_due_at) == ("dwell", stay.due_at)
    assert ticket.next_due_since == stay.started_at == ticket.received_at + DAY + 3 * STEP
    assert not ticket.is_next_due_provisional


def test_lists_say_that_a_due_time_is_provisional(cast: Cast, client: Client) -> None:
    new_year = datetime(2026, 12, 31, 2, 0, tzinfo=UTC)
    ticket = a_ticket(cast, kind=Kind.OPINION, state=State.IN_PROGRESS, at=new_year)
    assert Ticket.objects.get(pk=ticket.pk).is_next_due_provisional
    client.force_login(cast.handler)
    assert "暂定" in client.get(reverse("tickets:work")).content.decode()
