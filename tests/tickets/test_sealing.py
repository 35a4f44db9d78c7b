"""A matter that turns out to be a confidential report is one from then on, backwards too."""

from django.test import Client
from django.urls import reverse

from notifications.models import Notice
from tests.cast import Cast
from tests.factories.tickets import STEP, a_ticket
from tickets import informants, reclassification, search, transition
from tickets.kinds import Kind
from tickets.models import Approval, Ticket
from tickets.states import Move, State


def seal(cast: Cast, ticket: Ticket) -> None:
    asked = Approval(
        ticket=ticket, asked_by=cast.reviewer, new_kind=Kind.REPORT,
        new_category=cast.category("power-report-staff"),
    )  # fmt: skip
    step = transition.step(ticket, Move.RECLASSIFY, by=cast.supervisor, at=cast.at + 5 * STEP)
    with step as taken:
        reclassification.carry_out(taken, asked)


def test_it_leaves_every_list_search_and_notice(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    assert Notice.objects.filter(facts__title=ticket.subject).exists()
    seal(cast, ticket)
    sealed = Ticket.objects.get(pk=ticket.pk)
    assert sealed.is_confidential
    assert (sealed.customer, sealed.account, sealed.premises) == (None, None, None)
    assert sealed.subject == informants.subject(sealed.language)
    assert not Notice.objects.filter(facts__title=ticket.subject).exists()
    for typed in ("13900000001", "李测试", "滨河路"):
        assert not search.among(Ticket.objects.visible_to(cast.operator), typed).exists()
    assert search.among(Ticket.objects.visible_to(cast.operator), "抢修师傅").get() == sealed
    client.force_login(cast.leader)
    assert client.get(reverse("tickets:ticket", args=[ticket.number])).status_code == 404
