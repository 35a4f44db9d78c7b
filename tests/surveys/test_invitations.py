"""Who is drawn, who is left out, and what the end of a window does."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from notifications import wording
from notifications.models import Outbox
from organisation.roles import Role
from surveys import invitations, links, plans
from surveys.models import Ending, Exclusion, Invitation, MonthSeed, Why
from tests.cast import Cast
from tests.factories.surveys import a_callback, a_link, draw, not_drawn, token_of
from tests.factories.tickets import a_ticket, settled_on_the_spot
from tickets import supervision
from tickets.kinds import Channel, Kind, Priority
from tickets.models import Event, Ticket
from tickets.states import State


def test_it_invites_once_per_round(cast: Cast) -> None:
    invitation = a_callback(cast)
    assert invitations.draw_new(by=None, at=invitation.created_at) == 0
    assert Invitation.objects.count() == 1


def test_it_leaves_other_states_alone(cast: Cast) -> None:
    a_ticket(cast, state=State.DONE_PENDING_REVIEW)
    a_ticket(cast, state=State.CLOSED)
    assert invitations.draw_new(by=None, at=cast.at) == 0


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"kind": Kind.COMPLAINT}, Why.COMPLAINT),
        ({"kind": Kind.REQUEST, "priority": Priority.EMERGENCY}, Why.EMERGENCY),
        ({"kind": Kind.REQUEST, "channel": Channel.EXECUTIVE}, Why.EXECUTIVE),
    ],
)
def test_everybody_of_some_sorts_is_called(cast: Cast, changes: dict[str, Any], why: Why) -> None:
    invitation = a_callback(cast, **changes)
    assert (invitation.is_drawn, invitation.why) == (True, why)
    assert invitation.phone == "13900000001"
    assert invitation.acts_at is None


def test_a_supervised_matter_is_called(cast: Cast) -> None:
    ticket = a_ticket(cast, kind=Kind.REQUEST, state=State.CALLBACK)
    supervision.supervise(
        ticket=ticket, reason="Third time", by=cast.supervisor, at=ticket.latest_event_at
    )
    assert draw(ticket).why == Why.SUPERVISED


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"is_anonymous": True}, Exclusion.ANONYMOUS),
        ({"contact_phone": "", "customer": None, "account": None}, Exclusion.NO_NUMBER),
    ],
)
def test_who_cannot_be_asked_is_left_out_with_a_code(
    cast: Cast, changes: dict[str, Any], code: Exclusion
) -> None:
    invitation = a_callback(cast, kind=Kind.COMPLAINT, **changes)
    assert (invitation.exclusion, invitation.is_drawn) == (code, False)


def test_who_wants_no_calls_is_left_out(cast: Cast) -> None:
    cast.customer.wants_no_calls = True
    cast.customer.save()
    assert a_callback(cast).exclusion == Exclusion.NO_CALLS


def test_our_own_staff_are_left_out(cast: Cast) -> None:
    cast.customer.email = cast.handler.email.upper()
    cast.customer.save()
    assert a_callback(cast).exclusion == Exclusion.STAFF


def test_the_same_customer_is_not_asked_again_within_thirty_days(cast: Cast) -> None:
    first = a_callback(cast, kind=Kind.REQUEST)
    later = a_callback(cast, kind=Kind.REQUEST, at=cast.at + timedelta(days=29))
    assert (first.exclusion, later.exclusion) == ("", Exclusion.REPEATED)
    month_on = a_callback(cast, kind=Kind.REQUEST, at=cast.at + timedelta(days=45))
    assert month_on.exclusion == ""


def test_two_matters_drawn_at_once_ask_the_customer_once(cast: Cast) -> None:
    for _ in range(2):
        ticket = a_ticket(cast, kind=Kind.REQUEST, state=State.CALLBACK)
    draw(ticket)
    assert sorted(Invitation.objects.values_list("exclusion", flat=True)) == ["", "repeated"]


def test_a_complaint_is_asked_about_even_so(cast: Cast) -> None:
    a_callback(cast, kind=Kind.REQUEST)
    assert a_callback(cast, kind=Kind.COMPLAINT).why == Why.COMPLAINT


def test_what_was_settled_on_the_spot_waits_too(cast: Cast) -> None:
    invitation = draw(settled_on_the_spot(cast))
    assert invitation.unit == cast.centre


def test_where_nobody_independent_could_ring_the_link_goes_out(cast: Cast) -> None:
    """The only callback agent is of the very team that took and answered the matter."""
    cast.callback_agent.unit = cast.centre
    cast.callback_agent.save()
    ticket = settled_on_the_spot(cast)
    Ticket.objects.filter(pk=ticket.pk).update(priority=Priority.EMERGENCY)
    invitation = draw(ticket)
    assert (invitation.is_drawn, invitation.exclusion) == (False, "")
    assert invitation.acts_at == invitation.window_ends_at


def test_a_named_report_is_called_where_somebody_may_read_it(cast: Cast) -> None:
    ticket = a_ticket(cast, kind=Kind.REPORT, state=State.CALLBACK, accused_unit=cast.other_unit)
    assert not draw(ticket).is_drawn
    Invitation.objects.all().delete()
    cast.callback_agent.roles = [Role.CALLBACK_AGENT, Role.QUALITY_REVIEWER]
    cast.callback_agent.save()
    assert draw(ticket).why == Why.REPORT


def test_the_seed_of_the_month_is_made_once_and_kept(cast: Cast) -> None:
    one = a_callback(cast)
    other = a_callback(cast, at=cast.at + timedelta(days=1))
    assert MonthSeed.objects.get().seed == one.seed == other.seed
    assert one.stratum == f"{cast.unit.pk}:COMPLAINT:2026-03"


def test_about_a_tenth_is_drawn_once_the_minimum_is_reached(cast: Cast) -> None:
    ticket = a_ticket(cast, kind=Kind.REQUEST, state=State.CALLBACK)
    first = draw(ticket)
    Invitation.objects.all().delete()
    columns = {
        name.attname: getattr(ticket, name.attname)
        for name in Ticket._meta.concrete_fields
        if name.attname not in {"id", "words"}
    }
    Ticket.objects.bulk_create(
        Ticket(
            **columns
            | {"number": f"20260309-{n:05d}-0", "contact_phone": f"1380000{n:04d}",
               "customer_id": None}
        )
        for n in range(400)
    )  # fmt: skip
    Ticket.objects.filter(pk=ticket.pk).update(state=State.CLOSED, closed_at=cast.at)
    assert invitations.draw_new(by=None, at=first.created_at) == 400
    drawn = Invitation.objects.filter(why=Why.SAMPLE).count()
    # A tenth of 400 and a few of the minimum; six standard deviations either way.
    assert 8 <= drawn <= 80


def test_the_window_closes_the_ticket_and_sends_the_link(cast: Cast) -> None:
    invitation = not_drawn(cast)
    early = invitation.window_ends_at - timedelta(seconds=1)
    assert invitations.close_windows(by=None, at=early) == 0
    invitations.close_windows(by=None, at=invitation.window_ends_at)
    invitation.refresh_from_db()
    assert invitation.ticket.state == State.CLOSED
    closed = Event.objects.get(ticket=invitation.ticket, code="closed")
    assert closed.facts["reason"] == "window_over"
    assert invitation.link_expires_at == invitation.window_ends_at + timedelta(days=7)
    message = Outbox.objects.get(key=f"survey:{invitation.pk}:sms")
    assert message.recipient == "13900000001"
    assert invitation.link_token_hash == links.digest(token_of(invitation))


def test_the_text_message_says_it_in_the_customers_language(cast: Cast) -> None:
    invitation, token, _ = a_link(cast)
    message = Outbox.objects.get(key=f"survey:{invitation.pk}:sms")
    _, words = wording.of(message)
    assert f"/s/{token}/" in words
    assert invitation.ticket.number in words
    assert words.startswith("【测试供电公司】")
    beside_the_address = words.replace(words[words.index("http") :].split("/s/")[0], "")
    # One part has 70 characters; this leaves eleven for “https://” and a short name.
    assert len(beside_the_address) <= 59
    Outbox.objects.filter(pk=message.pk).update(language="en")
    _, english = wording.of(Outbox.objects.get(pk=message.pk))
    assert "How did we do?" in english


def test_the_link_goes_by_mail_where_only_that_is_known(cast: Cast) -> None:
    invitation = a_callback(cast, contact_phone="", kind=Kind.COMPLAINT)
    assert not invitation.is_drawn
    invitations.close_windows(by=None, at=invitation.window_ends_at)
    message = Outbox.objects.get(key=f"survey:{invitation.pk}:email")
    subject, body = wording.of(message)
    assert message.recipient == cast.customer.email
    assert "/s/" in body and "/s/" not in subject


def test_who_is_left_out_gets_no_link(cast: Cast) -> None:
    invitation = a_callback(cast, is_anonymous=True)
    invitations.close_windows(by=None, at=invitation.window_ends_at)
    invitation.refresh_from_db()
    assert (invitation.ending, invitation.ticket.state) == (Ending.EXCLUDED, State.CLOSED)
    assert not Outbox.objects.filter(key__startswith="survey:").exists()


def test_a_drawn_ticket_waits_for_its_call(cast: Cast) -> None:
    invitation = a_callback(cast)
    invitations.close_windows(by=None, at=invitation.window_ends_at + timedelta(days=30))
    invitation.ticket.refresh_from_db()
    assert invitation.ticket.state == State.CALLBACK


def test_a_link_that_runs_out_is_no_answer(cast: Cast) -> None:
    invitation, _, _ = a_link(cast)
    invitations.close_windows(by=None, at=invitation.link_expires_at)
    invitation.refresh_from_db()
    assert invitation.ending == Ending.NO_ANSWER
    assert not hasattr(invitation, "answer")


def test_one_that_raises_is_pushed_away_and_the_rest_go_on(cast: Cast) -> None:
    broken = not_drawn(cast)
    Ticket.objects.filter(pk=broken.ticket_id).update(replied_at=None)
    sound = not_drawn(cast, at=cast.at + timedelta(days=40))
    invitations.close_windows(by=None, at=sound.window_ends_at)
    broken.refresh_from_db()
    sound.refresh_from_db()
    assert broken.ticket.state == State.CALLBACK and broken.acts_at > sound.window_ends_at
    assert sound.ticket.state == State.CLOSED and sound.is_link_out


def test_nothing_stays_when_the_message_cannot_be_written(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    invitation = not_drawn(cast)
    monkeypatch.setattr("notifications.outbox.queue", _refuse)
    invitations.close_windows(by=None, at=invitation.window_ends_at)
    invitation.refresh_from_db()
    assert (invitation.link_sent_at, invitation.ticket.state) == (None, State.CALLBACK)


def _refuse(**_: object) -> None:
    raise IntegrityError("no room")


def test_the_database_refuses_a_second_invitation_of_a_round(cast: Cast) -> None:
    invitation = a_callback(cast)
    invitation.pk = None
    with pytest.raises(IntegrityError, match="one_invitation_per_ticket_and_round"):
        invitation.save(force_insert=True)


def test_the_database_refuses_to_ask_who_is_left_out(cast: Cast) -> None:
    invitation = a_callback(cast, is_anonymous=True)
    with pytest.raises(IntegrityError, match="excluded"), transaction.atomic():
        Invitation.objects.filter(pk=invitation.pk).update(is_drawn=True, why=Why.SAMPLE)


def test_without_a_plan_it_says_so(cast: Cast) -> None:
    a_ticket(cast, state=State.CALLBACK)
    with pytest.raises(plans.NothingSetUp):
        invitations.draw_new(by=None, at=cast.at)
