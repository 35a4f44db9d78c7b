"""A quarrel between two units: both sides' words, settled by somebody of neither; complaints that
went past a level."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import Notice
from organisation import appointments
from organisation.models import Staff
from organisation.roles import Role
from tests.cast import PASSWORD, Cast
from tests.factories.oversight import a_dispute
from tests.factories.tickets import STEP, a_request, a_ticket
from tickets import bypassed, bypassing, disputed, disputing, intake, permissions
from tickets.kinds import Channel, Kind
from tickets.models import Dispute, Event, Link, Task, TaskKind, Ticket
from tickets.states import Happening, State

DAY = timedelta(days=1)


@pytest.fixture
def other_leader(cast: Cast) -> Staff:
    """Who leads the west station."""
    leader = appointments.appoint(
        staff_number="2102", name_en="Xi Leader", name_zh="席班长", unit=cast.other_unit,
        roles=[Role.UNIT_LEADER], password=PASSWORD, by=None, at=cast.at,
    )  # fmt: skip
    appointments.lead(unit=cast.other_unit, leader=leader, liaison=None, by=None, at=cast.at)
    cast.other_unit.refresh_from_db()
    return leader


def answered(cast: Cast, dispute: Dispute, leader: Staff) -> Dispute:
    return disputing.answer(
        dispute=dispute, text="按产权分界属城东。", by=leader, at=dispute.opened_at + STEP
    )


def settle(cast: Cast, dispute: Dispute, by: Staff, *, days: float = 0.1) -> Dispute:
    return disputing.settle(
        dispute=dispute, decided_for=cast.unit, decision="由城西所承办。", basis="分界管理办法第3条",
        by=by, at=dispute.opened_at + timedelta(days=days),
    )  # fmt: skip


def test_the_other_side_is_asked_and_may_open_the_ticket(cast: Cast, other_leader: Staff) -> None:
    dispute = a_dispute(cast)
    task = Task.objects.get(kind=TaskKind.DISPUTE)
    assert (task.staff, task.unit) == (other_leader, cast.other_unit)
    assert Ticket.objects.visible_to(other_leader).filter(pk=dispute.ticket_id).exists()
    assert Notice.objects.filter(staff=other_leader, code="task_opened").count() == 1


def test_both_sides_stand_on_record_and_neither_settles(cast: Cast, other_leader: Staff) -> None:
    dispute = a_dispute(cast)
    with pytest.raises(disputing.NotHeard):
        settle(cast, dispute, cast.supervisor)
    answered(cast, dispute, other_leader)
    with pytest.raises(disputing.AnsweredAlready):
        answered(cast, dispute, other_leader)
    for side in (cast.leader, other_leader):
        with pytest.raises((disputing.OfOneSide, permissions.NotYours)):
            settle(cast, dispute, side)
    after = settle(cast, dispute, cast.supervisor)
    assert (after.matter, after.answer) == ("表后故障，应由城西所处理。", "按产权分界属城东。")
    assert (after.decided_for, after.basis) == (cast.unit, "分界管理办法第3条")
    assert not Task.objects.open().filter(kind=TaskKind.DISPUTE).exists()
    for leader in (cast.leader, other_leader):
        assert Notice.objects.filter(staff=leader, code="dispute_settled").count() == 1
    with pytest.raises(disputing.SettledAlready):
        settle(cast, dispute, cast.supervisor)


@pytest.mark.parametrize("side", ["unit", "other_unit"])
def test_a_supervisor_of_one_side_does_not_settle(
    side: str, cast: Cast, other_leader: Staff
) -> None:
    dispute = answered(cast, a_dispute(cast), other_leader)
    cast.supervisor.unit = getattr(cast, side)
    cast.supervisor.save()
    with pytest.raises(disputing.OfOneSide):
        settle(cast, dispute, cast.supervisor)
    assert Dispute.objects.get().decided_at is None


def test_a_side_that_stays_silent_loses_its_word_not_the_case(
    cast: Cast, other_leader: Staff
) -> None:
    dispute = a_dispute(cast)
    after = settle(cast, dispute, cast.dispatcher, days=3)
    assert (after.answer, after.decided_by) == ("", cast.dispatcher)
    with pytest.raises(disputing.SettledAlready):
        answered(cast, dispute, other_leader)


def test_only_the_other_side_answers(cast: Cast, other_leader: Staff) -> None:
    dispute = a_dispute(cast)
    with pytest.raises(disputing.NotTheOtherSide):
        answered(cast, dispute, cast.leader)
    with pytest.raises(permissions.NotYours):
        answered(cast, dispute, cast.outsider)


def test_only_a_leader_opens_one_and_never_with_their_own(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    given = {"ticket": ticket, "matter": "推给我们", "at": cast.at + DAY}
    with pytest.raises(permissions.NotYours):
        disputing.open(against=cast.other_unit, by=cast.handler, **given)
    with pytest.raises(disputing.OneAndTheSame):
        disputing.open(against=cast.unit, by=cast.leader, **given)
    with pytest.raises(disputing.OneAndTheSame):
        disputing.open(against=cast.branch, by=cast.leader, **given)
    with pytest.raises(disputing.NothingSaid):
        disputing.open(**given | {"matter": " "}, against=cast.other_unit, by=cast.leader)
    assert not Dispute.objects.exists()


def test_the_two_have_one_open_dispute_whoever_began(cast: Cast, other_leader: Staff) -> None:
    dispute = a_dispute(cast)
    with pytest.raises(disputing.OpenAlready):
        a_dispute(cast, ticket=dispute.ticket)
    with pytest.raises(disputing.OpenAlready):
        disputing.open(
            ticket=dispute.ticket, against=cast.unit, matter="反过来", by=other_leader,
            at=dispute.opened_at + STEP,
        )  # fmt: skip


def test_a_confidential_report_is_no_matter_between_units(cast: Cast) -> None:
    ticket = a_ticket(cast, kind=Kind.REPORT, state=State.IN_PROGRESS)
    with pytest.raises(disputing.NotAmongUnits):
        a_dispute(cast, ticket=ticket)


def test_it_is_decided_for_one_of_the_two(cast: Cast, other_leader: Staff) -> None:
    dispute = answered(cast, a_dispute(cast), other_leader)
    with pytest.raises(disputing.NeitherSide):
        disputing.settle(
            dispute=dispute, decided_for=cast.centre, decision="第三方", basis="第1条",
            by=cast.supervisor, at=dispute.opened_at + DAY,
        )  # fmt: skip


def test_the_pages_walk_a_dispute_from_both_sides(
    cast: Cast, other_leader: Staff, client: Client
) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    client.force_login(cast.leader)
    address = reverse("tickets:dispute", args=[ticket.number])
    typed = {"against": cast.other_unit.pk, "reason": "应由城西所处理"}
    assert client.post(address, {**typed, "reason": ""}).status_code == 422
    assert client.post(address, typed).status_code == 302
    assert client.post(address, typed).status_code == 409
    dispute = Dispute.objects.get()
    answer = reverse("tickets:dispute-answer", args=[ticket.number, dispute.pk])
    settling = reverse("tickets:dispute-settle", args=[ticket.number, dispute.pk])
    client.force_login(other_leader)
    assert client.post(answer, {"reason": "不属我所"}).status_code == 302
    client.force_login(cast.supervisor)
    ruling = {"decided_for": cast.other_unit.pk, "decision": "城东承办", "basis": "第3条"}
    assert client.post(settling, ruling).status_code == 302
    client.force_login(cast.handler)
    page = client.get(reverse("tickets:ticket", args=[ticket.number])).content.decode()
    for words in ("应由城西所处理", "不属我所", "城东承办", "第3条"):
        assert words in page
    client.force_login(cast.outsider)
    for path in (address, answer, settling):
        assert client.get(path).status_code == 404
    assert client.get(reverse("tickets:disputes")).status_code == 403


def test_disputes_are_counted_by_their_two_sides(cast: Cast, other_leader: Staff) -> None:
    a_dispute(cast)
    settle(cast, answered(cast, a_dispute(cast), other_leader), cast.supervisor)
    found = disputed.of(cast.supervisor, cast.at + DAY)
    assert (len(found.open), len(found.settled)) == (1, 1)
    assert [row["n"] for row in found.by_sides] == [2]
    nothing = disputed.of(cast.stranger, cast.at + DAY)
    assert (len(nothing.open), len(nothing.settled), len(nothing.by_sides)) == (0, 0, 0)


# Complaints past a level


def test_a_complaint_past_a_level_links_to_the_ticket_it_went_past(cast: Cast) -> None:
    original = a_ticket(cast, state=State.IN_PROGRESS)
    asked = a_request(cast, channel=Channel.BYPASS)
    with pytest.raises(intake.OriginalMissing):
        intake.receive(request=asked, by=cast.clerk, at=cast.at + DAY)
    asked = a_request(cast, channel=Channel.BYPASS, bypassed=original)
    later = intake.receive(request=asked, by=cast.clerk, at=cast.at + DAY)
    link = Link.objects.get()
    assert (link.earlier, link.later, link.meaning) == (original, later, Link.Meaning.BYPASS)
    assert Notice.objects.filter(staff=cast.leader, code="bypassed").count() == 1
    for one, other in ((later, original), (original, later)):
        event = Event.objects.get(ticket=one, code=Happening.LINKED)
        assert event.facts["other"] == other.number


def test_it_counts_against_the_unit_that_held_the_first(cast: Cast) -> None:
    original = a_ticket(cast, state=State.IN_PROGRESS)
    later = a_ticket(cast, channel=Channel.BYPASS, bypassed=original)
    found = bypassed.of(cast.supervisor, cast.at + DAY)
    assert [(row["earlier__lead_unit__code"], row["n"]) for row in found.by_unit] == [("EAST-1", 1)]
    assert [link.later for link in found.links] == [later]
    assert not bypassed.of(cast.supervisor, cast.at + 91 * DAY).links
    assert not bypassed.of(cast.stranger, cast.at + DAY).links


def test_no_ticket_goes_past_itself_or_twice_past_one(cast: Cast) -> None:
    original, later = a_ticket(cast), a_ticket(cast)
    given = {"ticket": later, "by": cast.operator, "at": cast.at + DAY}
    with pytest.raises(bypassing.SameTicket):
        bypassing.record(original=later, **given)
    bypassing.record(original=original, **given)
    with pytest.raises(bypassing.LinkedAlready):
        bypassing.record(original=original, **given)
    assert Link.objects.count() == 1


def typed_intake(cast: Cast, **changes: str) -> dict[str, str]:
    return {
        "key": str(uuid4()), "customer": str(cast.customer.pk), "account": "", "kind": "COMPLAINT",
        "category": str(cast.category("power-complaint-staff").pk), "channel": "counter",
        "priority": "normal", "text": "又来反映", "contact_phone": "13900000001",
        "contact_name": "李", "address": "滨河路88号", "territory": str(cast.territory.pk),
    } | changes  # fmt: skip


def test_the_intake_form_asks_for_what_the_channel_needs(cast: Cast, client: Client) -> None:
    original = a_ticket(cast, state=State.IN_PROGRESS)
    foreign = a_ticket(cast)
    Ticket.objects.filter(pk=foreign.pk).update(scope_path="/GRP/TEL/")
    client.force_login(cast.clerk)
    address = reverse("tickets:intake")
    for wrong in (
        {"channel": "reception"}, {"channel": "bypass"},
        {"channel": "bypass", "bypassed": foreign.number},
        {"channel": "bypass", "bypassed": "no such number"},
        {"channel": "reception", "received_by_leader": str(cast.clerk.pk)},
    ):  # fmt: skip
        answer = client.post(address, typed_intake(cast, **wrong))
        assert answer.status_code in {409, 422}, wrong
        assert "又来反映" in answer.content.decode()
    assert Ticket.objects.count() == 2
    received = typed_intake(cast, channel="reception", received_by_leader=str(cast.leader.pk))
    assert client.post(address, received).status_code == 302
    passed = typed_intake(cast, channel="bypass", bypassed=f" {original.number} ")
    assert client.post(address, passed).status_code == 302
    assert client.post(address, passed).status_code == 302, "a double click logs it once"
    assert Link.objects.get().earlier == original
    assert Ticket.objects.filter(received_by_leader=cast.leader).count() == 1
    assert Ticket.objects.count() == 4
