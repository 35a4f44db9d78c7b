"""Suspend and resume."""

from datetime import timedelta

import pytest

from notifications.models import Notice
from tests.cast import Cast
from tests.factories.resting import ask_rest, rested
from tests.factories.tickets import STEP, a_ticket
from tests.tickets.test_returning import race
from tickets import (
    approvals,
    escalation,
    lifecycle,
    permissions,
    policies,
    resuming,
    suspension,
)
from tickets.kinds import Kind, Priority
from tickets.models import Clock, Deadline, Event, Holding, Limit, Policy, Ticket
from tickets.states import Happening, State

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


# Rest


def test_internal_clocks_pause_and_the_customers_never_do(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.DONE_PENDING_REVIEW)
    lifecycle.reject(ticket=ticket, reason="No photo", by=cast.reviewer, at=cast.at + HOUR)
    ticket.refresh_from_db()
    public = Clock.objects.filter(ticket=ticket, limit__is_internal=False, stopped_at=None)
    before = sorted(public.values_list("name", "due_at"))
    asked = ask_rest(cast, ticket)
    resting = approvals.grant(approval=asked, by=cast.dispatcher, at=asked.asked_at + STEP)
    assert (resting.state, resting.suspended_until) == (State.SUSPENDED, asked.until)
    assert sorted(public.all().values_list("name", "due_at")) == before
    resuming.resume(ticket=resting, by=cast.handler, at=resting.latest_event_at + HOUR)
    assert sorted(public.all().values_list("name", "due_at")) == before


def test_an_internal_limit_is_moved_by_the_rest(cast: Cast) -> None:
    """From Monday to Tuesday it rests a working day; Friday's limit ends on the next Monday."""
    policy = Policy.objects.get(pk=a_ticket(cast).policy_id)
    limit = policy.limits.get(clock="reply")
    limit.is_internal = True
    limit.save()
    policies.rules.cache_clear()
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    clock = Clock.objects.get(ticket=ticket, name="reply")
    first = clock.due_at
    asked = ask_rest(cast, ticket, rest=DAY)
    resting = approvals.grant(approval=asked, by=cast.supervisor, at=asked.asked_at)
    clock.refresh_from_db()
    assert clock.due_at is None
    waiting = Deadline.objects.filter(ticket=ticket, clock="reply", next_fire_at__isnull=False)
    assert not waiting.filter(stage="due").exists()
    assert resuming.resume_due(by=None, at=asked.until) == 1
    clock.refresh_from_db()
    assert clock.due_at == first + 3 * DAY  # type: ignore[operator]
    assert clock.first_due_at == first
    assert Holding.objects.get(ticket=resting, state=State.SUSPENDED).length == DAY


def test_it_goes_on_by_itself_on_the_review_date_once(cast: Cast) -> None:
    resting = rested(cast)
    assert resting.suspended_until is not None
    second = timedelta(seconds=1)
    assert resuming.resume_due(by=None, at=resting.suspended_until - second) == 0
    assert resuming.resume_due(by=None, at=resting.suspended_until) == 1
    assert resuming.resume_due(by=None, at=resting.suspended_until + second) == 0
    gone_on = Ticket.objects.get(pk=resting.pk)
    assert (gone_on.state, gone_on.suspended_until) == (State.IN_PROGRESS, None)
    event = Event.objects.get(ticket=resting, code=Happening.RESUMED)
    assert (event.facts["why"], event.at) == ("review_date", resting.suspended_until)
    told = set(Notice.objects.filter(code="resumed").values_list("staff", flat=True))
    assert told == {cast.handler.pk, cast.operator.pk}


def test_the_unit_goes_on_earlier_and_nothing_is_left_to_fire(cast: Cast) -> None:
    resting = rested(cast)
    until = resting.suspended_until
    with pytest.raises(permissions.NotYours):
        resuming.resume(ticket=resting, by=cast.outsider, at=resting.latest_event_at + STEP)
    resuming.resume(ticket=resting, by=cast.field_worker, at=resting.latest_event_at + STEP)
    assert resuming.resume_due(by=None, at=until) == 0
    assert Event.objects.get(code=Happening.RESUMED).facts["why"] == "asked"


def test_what_cannot_go_on_is_tried_again_and_holds_up_nobody(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = rested(cast), rested(cast)
    real = resuming.resume

    def fail_on_one(*, ticket: Ticket, **rest: object) -> Ticket:
        if ticket.pk == bad.pk:
            raise RuntimeError("poison")
        return real(ticket=ticket, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(resuming, "resume", fail_on_one)
    later = bad.suspended_until + DAY  # type: ignore[operator]
    resuming.resume_due(by=None, at=later)
    assert Ticket.objects.get(pk=good.pk).state == State.IN_PROGRESS
    still = Ticket.objects.get(pk=bad.pk)
    assert still.suspended_until == bad.suspended_until, "the review date stays what was granted"
    monkeypatch.undo()
    assert resuming.resume_due(by=None, at=later + timedelta(seconds=29)) == 0
    assert resuming.resume_due(by=None, at=later + timedelta(seconds=30)) == 1
    assert Ticket.objects.get(pk=bad.pk).state == State.IN_PROGRESS


@pytest.mark.django_db(transaction=True)
def test_two_engines_at_once_go_on_with_it_once(cast: Cast) -> None:
    resting = rested(cast)
    at = resting.suspended_until
    found = race(*[lambda: resuming.resume_due(by=None, at=at)] * 4)
    assert sum(one for one in found if isinstance(one, int)) == 1
    assert Event.objects.filter(ticket=resting, code=Happening.RESUMED).count() == 1


def test_safety_never_rests(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS, kind=Kind.FAULT, priority=Priority.EMERGENCY)
    with pytest.raises(suspension.SafetyNeverRests):
        ask_rest(cast, ticket)
    danger = a_ticket(
        cast, state=State.IN_PROGRESS, kind=Kind.FAULT,
        category=cast.category("power-fault-danger"),
    )  # fmt: skip
    with pytest.raises(suspension.SafetyNeverRests):
        ask_rest(cast, danger)
    calm = a_ticket(cast, state=State.IN_PROGRESS)
    asked = ask_rest(cast, calm)
    Ticket.objects.filter(pk=calm.pk).update(priority=Priority.EMERGENCY)
    with pytest.raises(suspension.SafetyNeverRests):
        approvals.grant(approval=asked, by=cast.supervisor, at=asked.asked_at + STEP)


@pytest.mark.parametrize(("code", "days"), [("weather", 3), ("no_access", 7), ("parts", 15)])
def test_each_reason_has_its_longest_rest(cast: Cast, code: str, days: int) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    for wrong in (days * DAY + timedelta(seconds=1), timedelta(0), -DAY):
        with pytest.raises(suspension.ReviewDateOutOfReach):
            ask_rest(cast, ticket, code=code, rest=wrong)
    assert ask_rest(cast, ticket, code=code, rest=days * DAY).is_open


def test_the_longest_rest_is_the_policys_if_it_says_so(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    Policy.objects.filter(pk=ticket.policy_id).update(suspension_days={"parts": 1})
    with pytest.raises(suspension.ReviewDateOutOfReach):
        ask_rest(cast, Ticket.objects.get(pk=ticket.pk), rest=2 * DAY)


def test_rest_is_granted_from_outside_the_unit(cast: Cast) -> None:
    asked = ask_rest(cast, a_ticket(cast, state=State.IN_PROGRESS))
    later = asked.asked_at + STEP
    for person in (cast.leader, cast.handler, cast.outsider, cast.operator):
        with pytest.raises(permissions.NotYours):
            approvals.grant(approval=asked, by=person, at=later)
    cast.dispatcher.unit = cast.unit
    cast.dispatcher.save()
    for decide in (approvals.grant, approvals.refuse):
        with pytest.raises(permissions.OwnUnit):
            decide(approval=asked, note="x", by=cast.dispatcher, at=later)
    with pytest.raises(permissions.NotYours):
        ask_rest(cast, a_ticket(cast, state=State.IN_PROGRESS), by=cast.outsider)
    with pytest.raises(permissions.NotAllowedNow):
        ask_rest(cast, a_ticket(cast, state=State.DISPATCHED))


def test_a_review_date_that_is_past_is_not_granted(cast: Cast) -> None:
    asked = ask_rest(cast, a_ticket(cast, state=State.IN_PROGRESS), rest=HOUR)
    with pytest.raises(suspension.ReviewDatePast):
        approvals.grant(approval=asked, by=cast.supervisor, at=asked.asked_at + 2 * HOUR)


@pytest.mark.parametrize("is_due_day", [True, False])
def test_a_rest_on_the_due_day_stays_visible(cast: Cast, is_due_day: bool) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    due = ticket.latest_event_at + (HOUR if is_due_day else 3 * DAY)
    Ticket.objects.filter(pk=ticket.pk).update(next_due_at=due)
    asked = ask_rest(cast, ticket)
    approvals.grant(approval=asked, by=cast.supervisor, at=asked.asked_at + STEP)
    facts = Event.objects.get(code=Happening.SUSPENDED).facts
    assert facts["on_due_day"] is is_due_day
    assert facts["until"] == asked.until.isoformat()  # type: ignore[union-attr]
    assert (facts["reason_code"], facts["asked_by_id"]) == ("parts", cast.handler.pk)
    assert facts["approval"] == asked.pk


def test_a_missed_limit_stays_missed_through_a_rest(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    due = Clock.objects.get(ticket=ticket, name="reply").due_at
    Ticket.objects.filter(pk=ticket.pk).update(latest_event_at=due + HOUR)  # type: ignore[operator]
    ticket.refresh_from_db()
    asked = ask_rest(cast, ticket)
    resting = approvals.grant(approval=asked, by=cast.supervisor, at=asked.asked_at)
    resuming.resume(ticket=resting, by=cast.handler, at=asked.asked_at + HOUR)
    lifecycle.report_done(
        ticket=resting, result="Done", is_customer_told=True, by=cast.handler,
        at=asked.asked_at + 2 * HOUR,
    )  # fmt: skip
    assert Clock.objects.get(ticket=ticket, name="reply").missed_at == due


def test_a_rest_that_begins_before_the_engine_reminded_keeps_the_reminder(cast: Cast) -> None:
    """The engine is late; the reminder's time had come, the due time had not."""
    Limit.objects.filter(clock="reply").update(is_internal=True, reminder_percents=[50])
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    rows = Deadline.objects.filter(ticket=ticket, next_fire_at__isnull=False)
    internal = [one.clock for one in policies.rules(ticket.policy_id or 0) if one.is_internal]
    reminder = rows.filter(clock__in=internal, stage__startswith="remind").order_by("fires_at")[0]
    at = reminder.fires_at + timedelta(minutes=1)
    wanted = approvals.Wanted("suspension", "x", reason_code="parts", until=at + DAY)
    asked = approvals.ask(ticket=ticket, wanted=wanted, by=cast.handler, at=at)
    approvals.grant(approval=asked, by=cast.supervisor, at=at)
    kept = rows.get(clock=reminder.clock, measure=reminder.measure)
    assert (kept.stage, kept.fires_at, kept.due_at) == (
        reminder.stage, reminder.fires_at, reminder.due_at
    )  # fmt: skip
    assert Clock.objects.get(ticket=ticket, name=reminder.clock, measure="max").due_at is None
    escalation.fire_due(by=None, at=at)
    told = Event.objects.filter(ticket=ticket, code=Happening.REMINDED)
    assert told.filter(facts__clock=reminder.clock).count() == 1
