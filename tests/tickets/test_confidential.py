"""Confidential reports (举报): handled in the open by those named, unheard of by the accused."""

from datetime import datetime

from django.test import Client
from django.urls import reverse

from notifications.models import Notice, Outbox
from tests.cast import Cast
from tests.factories.tickets import STEP, a_request, a_ticket
from tickets import dispatching, escalation, intake, supervision
from tickets.kinds import Kind
from tickets.models import Deadline, Ticket
from tickets.states import State


def fire_everything(cast: Cast, ticket: Ticket) -> None:
    waiting = Deadline.objects.filter(ticket=ticket, next_fire_at__isnull=False)
    assert waiting.exists()
    waiting.update(next_fire_at=datetime(2020, 1, 1, tzinfo=cast.at.tzinfo))
    while escalation.fire_due(by=None, at=cast.at + STEP):
        pass


def test_the_accused_unit_hears_nothing_even_if_it_took_the_report_itself(cast: Cast) -> None:
    request = a_request(cast, kind=Kind.REPORT, accused_unit=cast.branch)
    ticket = intake.receive(request=request, by=cast.clerk, at=cast.at)
    fire_everything(cast, ticket)
    told = set(Notice.objects.filter(subject=ticket.number).values_list("staff", flat=True))
    assert not told & {cast.leader.pk, cast.liaison.pk, cast.handler.pk, cast.executive.pk}
    mailed = set(Outbox.objects.values_list("recipient", flat=True))
    assert not mailed & {cast.leader.email, cast.liaison.email, cast.executive.email}


def test_whoever_handles_a_report_can_open_it_and_nobody_else_of_the_unit(
    cast: Cast, client: Client
) -> None:
    ticket = a_ticket(
        cast, kind=Kind.REPORT, state=State.IN_PROGRESS, accused_unit=cast.other_unit
    )
    page = reverse("tickets:ticket", args=[ticket.number])
    client.force_login(cast.handler)
    assert client.get(page).status_code == 200
    for person in (cast.field_worker, cast.leader, cast.outsider, cast.executive):
        client.force_login(person)
        assert client.get(page).status_code == 404


def test_chasing_a_report_tells_only_those_who_may_see_it(cast: Cast) -> None:
    ticket = a_ticket(
        cast, kind=Kind.REPORT, state=State.DISPATCHED, accused_unit=cast.other_unit
    )
    ticket = dispatching.accept(ticket=ticket, by=cast.handler, at=cast.at + 2 * STEP)
    Notice.objects.all().delete()
    for _ in range(2):
        supervision.urge(ticket=ticket, note="Again", by=cast.operator, at=cast.at + 3 * STEP)
    told = set(Notice.objects.values_list("staff", flat=True))
    assert told == {cast.handler.pk}
