"""Out of hours an escalation reaches the leader on duty (带班领导)."""

from datetime import datetime, timedelta

from assignment.models import Duty
from notifications.models import Notice
from organisation.roles import Role
from tests.cast import Cast
from tests.factories.tickets import a_ticket
from tests.tickets.test_escalation import fire, make_due
from tickets.models import Deadline, Event, Ticket
from tickets.states import State

NIGHT = timedelta(hours=13)  # Monday 23:00 in Shanghai


def on_duty(cast: Cast, at: datetime) -> None:
    Duty.objects.create(
        unit=cast.company, role=Role.EXECUTIVE, staff=cast.auditor,
        from_at=at - timedelta(hours=1), to_at=at + timedelta(hours=1),
    )  # fmt: skip


def told(row: Deadline) -> set[int]:
    return set(Notice.objects.filter(key=f"deadline:{row.pk}").values_list("staff", flat=True))


def test_at_night_a_missed_limit_and_a_rung_reach_the_leader_on_duty(cast: Cast) -> None:
    night = cast.at + NIGHT
    on_duty(cast, night)
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    due = make_due(ticket)
    fire(night)
    assert told(due) == {
        cast.handler.pk, cast.operator.pk, cast.leader.pk, cast.liaison.pk, cast.auditor.pk
    }  # fmt: skip
    rung = Deadline.objects.filter(ticket=ticket, clock="reply", role=Role.SUPERVISOR).first()
    assert rung is not None
    rung = make_due(ticket, stage=rung.stage)
    fire(night)
    assert told(rung) == {cast.supervisor.pk, cast.auditor.pk}
    assert cast.auditor.name_zh in Event.objects.latest("id").facts["told"]
    assert Ticket.objects.visible_to(cast.auditor).filter(pk=ticket.pk).exists()


def test_in_office_hours_the_holder_of_the_post_answers_alone(cast: Cast) -> None:
    noon = cast.at + timedelta(days=1, hours=1)
    on_duty(cast, noon)
    due = make_due(a_ticket(cast, state=State.IN_PROGRESS))
    fire(noon)
    assert cast.auditor.pk not in told(due)
    assert cast.leader.pk in told(due)
