"""Another kind for a matter filed wrongly: proposed, decided, and never hidden."""

from datetime import timedelta

import pytest

from tests.cast import Cast
from tests.factories.tickets import CATEGORIES, STEP, a_request, a_ticket
from tickets import (
    approvals,
    escalation,
    intake,
    kinds,
    permissions,
    reclassification,
    timeline,
)
from tickets.kinds import Kind
from tickets.models import Approval, Clock, Deadline, Event, Ticket
from tickets.states import State

DAY = timedelta(days=1)


def propose(cast: Cast, ticket: Ticket, kind: Kind, **changes: object) -> Approval:
    wanted = approvals.Wanted(
        matter=Approval.Matter.RECLASSIFICATION, reason="The text complains of nobody.",
        new_kind=kind, new_category=changes.pop("category", cast.category(CATEGORIES[kind])),  # type: ignore[arg-type]
    )  # fmt: skip
    said = {"by": cast.reviewer, "at": cast.at + 4 * STEP}
    return approvals.ask(ticket=ticket, wanted=wanted, **said | changes)  # type: ignore[arg-type]


def approve(cast: Cast, asked: Approval, **changes: object) -> Ticket:
    said = {"by": cast.supervisor, "at": cast.at + 5 * STEP}
    return approvals.grant(approval=asked, **said | changes)  # type: ignore[arg-type]


def reply(ticket: Ticket) -> Clock:
    return Clock.objects.get(ticket=ticket, name="reply", measure="max")


@pytest.mark.parametrize(
    ("old", "new", "is_lighter"),
    [
        ("COMPLAINT", "ENQUIRY", True), ("COMPLAINT", "FAULT", True), ("FAULT", "OPINION", True),
        ("REPORT", "OPINION", True), ("LOOKUP", "PRAISE", True), ("ENQUIRY", "COMPLAINT", False),
        ("COMPLAINT", "REPORT", False), ("REPORT", "COMPLAINT", False), ("FAULT", "FAULT", False),
    ],
)  # fmt: skip
def test_a_lighter_kind_is_a_downgrade(old: str, new: str, is_lighter: bool) -> None:
    assert kinds.is_downgrade(old, new) is is_lighter


def test_every_kind_a_customer_brings_has_its_weight() -> None:
    assert set(kinds.WEIGHT) == set(kinds.FROM_CUSTOMERS)


def test_the_first_kind_stays_for_ever(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    done = approve(cast, propose(cast, ticket, Kind.OPINION))
    assert (done.kind, done.original_kind, done.state) == ("OPINION", "COMPLAINT", "in_progress")
    event = Event.objects.filter(ticket=ticket, code="reclassified").get()
    assert event.facts["is_downgrade"] is True
    assert (event.facts["from_kind"], event.facts["to_kind"]) == ("COMPLAINT", "OPINION")
    assert event.facts["was_due"]["reply"]
    assert done.policy.kind == "OPINION"


def test_the_limits_run_anew_from_the_first_receipt(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS, kind=Kind.OPINION)
    before = reply(ticket)
    fresh = a_ticket(cast, state=State.IN_PROGRESS, kind=Kind.COMPLAINT)
    approve(cast, propose(cast, ticket, Kind.COMPLAINT))
    after = reply(ticket)
    assert after.due_at == reply(fresh).due_at != before.due_at
    assert after.limit == reply(fresh).limit
    waiting = Deadline.objects.filter(ticket=ticket, clock="reply", next_fire_at__isnull=False)
    assert {row.due_at for row in waiting} == {after.due_at}


def test_a_missed_limit_stays_missed(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS, kind=Kind.COMPLAINT)
    due = reply(ticket).due_at
    late = due + timedelta(hours=1)
    escalation.fire_due(by=None, at=late, limit=500)
    assert reply(ticket).missed_at == due
    asked = propose(cast, ticket, Kind.OPINION, at=late)
    approve(cast, asked, at=late)
    assert reply(ticket).missed_at == due
    assert reply(ticket).due_at > late, "the new limit runs on beside it"


def test_a_limit_that_ended_in_time_is_not_judged_by_the_new_one(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.DONE_PENDING_REVIEW, kind=Kind.OPINION, step=2 * DAY)
    before = reply(ticket)
    assert before.stopped_at is not None
    assert before.missed_at is None
    at = ticket.latest_event_at
    approve(cast, propose(cast, ticket, Kind.COMPLAINT, at=at), at=at)
    after = reply(ticket)
    assert (after.missed_at, after.due_at) == (None, before.due_at)


def test_a_graver_kind_is_due_at_once_where_its_time_is_over(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS, kind=Kind.OPINION)
    at = cast.at + 6 * DAY
    approve(cast, propose(cast, ticket, Kind.COMPLAINT, at=at), at=at)
    assert reply(ticket).due_at < at
    waiting = Deadline.objects.filter(
        ticket=ticket, clock="reply", next_fire_at__isnull=False
    ).values_list("stage", flat=True)
    assert "due" in waiting
    assert not [stage for stage in waiting if stage.startswith("remind")], "nobody is warned now"
    escalation.fire_due(by=None, at=at, limit=500)
    overdue = Event.objects.filter(ticket=ticket, code="overdue", facts__clock="reply").get()
    assert "late_seconds" not in overdue.facts, "the engine was not late, the limit is new"
    assert reply(ticket).missed_at is not None


def test_a_kind_without_a_limit_lets_it_go(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS, kind=Kind.COMPLAINT)
    done = approve(cast, propose(cast, ticket, Kind.LOOKUP))
    if done.policy_id is None:
        assert done.next_due_at is None
    names = set(Clock.objects.filter(ticket=ticket, stopped_at=None).values_list("name", flat=True))
    known = set() if done.policy_id is None else set(
        done.policy.limits.values_list("clock", flat=True)
    )  # fmt: skip
    assert names <= known


def test_what_becomes_a_report_is_confidential_and_stays_so(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    done = approve(cast, propose(cast, ticket, Kind.REPORT))
    assert done.is_confidential
    assert not Ticket.objects.visible_to(cast.leader).filter(pk=ticket.pk).exists()
    back = approve(cast, propose(cast, done, Kind.COMPLAINT))
    assert (back.kind, back.is_confidential) == ("COMPLAINT", True)


def test_only_a_reviewer_from_outside_proposes(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    for who in (cast.handler, cast.leader, cast.operator):
        with pytest.raises(permissions.NotYours):
            propose(cast, ticket, Kind.OPINION, by=who)
    cast.reviewer.unit = cast.unit
    cast.reviewer.save()
    with pytest.raises(permissions.OwnWork):
        propose(cast, ticket, Kind.OPINION)


def test_nobody_approves_their_own_proposal(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    cast.supervisor.roles = ["supervisor", "quality_reviewer"]
    cast.supervisor.save()
    asked = propose(cast, ticket, Kind.OPINION, by=cast.supervisor)
    with pytest.raises(approvals.OwnRequest):
        approve(cast, asked)
    assert Ticket.objects.get(pk=ticket.pk).kind == "COMPLAINT"


@pytest.mark.parametrize("who", ["handler", "leader", "reviewer", "outsider", "stranger"])
def test_only_a_supervisor_decides(cast: Cast, who: str) -> None:
    asked = propose(cast, a_ticket(cast, state=State.IN_PROGRESS), Kind.OPINION)
    with pytest.raises(permissions.NotYours):
        approve(cast, asked, by=getattr(cast, who))


def test_a_category_of_another_kind_or_line_is_refused(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    for code in ("power-fault-one", "telecom-opinion-policy", "power-opinion"):
        found = ticket.category.__class__.objects.filter(code=code).first()
        if found is not None:
            with pytest.raises(reclassification.CategoryDoesNotFit):
                propose(cast, ticket, Kind.OPINION, category=found)
    with pytest.raises(reclassification.NothingElse):
        propose(cast, ticket, Kind.COMPLAINT)


def test_a_closed_ticket_is_reclassified_too(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.CLOSED)
    before = sorted(Clock.objects.filter(ticket=ticket).values_list("name", "due_at", "missed_at"))
    done = approve(cast, propose(cast, ticket, Kind.OPINION, at=ticket.latest_event_at))
    assert (done.kind, done.state) == ("OPINION", State.CLOSED)
    after = sorted(Clock.objects.filter(ticket=ticket).values_list("name", "due_at", "missed_at"))
    assert after == before
    assert not Deadline.objects.filter(ticket=ticket, next_fire_at__isnull=False).exists()


def test_a_cause_found_later_gives_the_limit_of_a_cable_from_the_same_receipt(cast: Cast) -> None:
    """Seeds 28 and 29: 24 h on average where no cable is the cause, 72 h where one is."""
    for person in (cast.reviewer, cast.supervisor):
        person.unit = cast.group
        person.save()
    request = a_request(
        cast, kind=Kind.FAULT, category=cast.category("telecom-fault-broadband"), account=None,
        premises=None, customer=None, address="",
    )  # fmt: skip
    ticket = intake.receive(request=request, by=cast.stranger, at=cast.at)
    first = Clock.objects.get(ticket=ticket, name="restore", measure="avg")
    assert first.due_at == ticket.received_at + DAY
    asked = propose(cast, ticket, Kind.FAULT, category=cast.category("telecom-fault-cable"))
    done = approve(cast, asked)
    after = Clock.objects.get(ticket=ticket, name="restore", measure="avg")
    assert (after.started_at, after.due_at) == (ticket.received_at, ticket.received_at + 3 * DAY)
    assert after.first_due_at == first.due_at
    event = Event.objects.get(ticket=ticket, code="reclassified")
    assert (event.facts["from_category"], event.facts["to_category"]) == (
        "telecom-fault-broadband", "telecom-fault-cable"
    )  # fmt: skip
    assert done.policy.code == "telecom-fault-cable"
    story = next(
        one
        for one in timeline.stories(done, list(done.events.order_by("id")), done.latest_event_at)
        if (one.clock, one.kind) == ("restore", "avg")
    )
    assert "reclassified" in [step.code for step in story.latest.steps]
