"""The list of outgoing messages: people read and send again what tells of their company alone."""

import pytest
from django.test import Client
from django.urls import reverse

from notifications import lanes, outbox
from notifications.models import Channel, Outbox, OutboxState, Trouble
from organisation import appointments
from organisation.models import Staff
from organisation.roles import Role
from tests.cast import PASSWORD, Cast
from tests.factories import tickets
from tickets.kinds import Kind
from tickets.models import Ticket

OURS, THEIRS, NOBODYS = "20260309-0001-6", "20260309-0002-4", "20260309-0003-2"


@pytest.fixture
def given_up(cast: Cast) -> dict[str, Outbox]:
    """Three messages that did not leave: of the company, of another one, of none that is known."""
    paths = {OURS: cast.company.path, THEIRS: cast.other_company.path, NOBODYS: ""}
    rows = [
        outbox.row(
            key=f"event:{number}", channel=Channel.EMAIL, recipient="su@desk.example",
            template="overdue", language="zh-hans", facts={}, subject=number, scope_path=path,
            at=cast.at,
        )
        for number, path in paths.items()
    ]  # fmt: skip
    outbox.queue(rows=rows, by=None, at=cast.at)
    Outbox.objects.update(state=OutboxState.DEAD, next_try_at=None)
    return {message.subject: message for message in Outbox.objects.all()}


def listed(person: Staff) -> set[str]:
    client = Client()
    client.force_login(person)
    page = client.get(reverse("notifications:outgoing")).content.decode()
    return {number for number in (OURS, THEIRS, NOBODYS) if number in page}


def sent_again(person: Staff, message: Outbox) -> int:
    client = Client()
    client.force_login(person)
    return client.post(reverse("notifications:send-again", args=[message.pk])).status_code


@pytest.mark.parametrize("role", ["supervisor", "executive", "administrator"])
def test_whoever_runs_the_desk_reads_the_messages_of_the_company_alone(
    role: str, cast: Cast, given_up: dict[str, Outbox]
) -> None:
    person = getattr(cast, role)
    assert listed(person) == {OURS}
    assert sent_again(person, given_up[THEIRS]) == sent_again(person, given_up[NOBODYS]) == 404
    assert set(Outbox.objects.values_list("state", flat=True)) == {OutboxState.DEAD}
    assert sent_again(person, given_up[OURS]) == 302
    assert Outbox.objects.get(pk=given_up[OURS].pk).state == OutboxState.PENDING


def test_the_group_reads_those_of_its_companies(cast: Cast, given_up: dict[str, Outbox]) -> None:
    person = appointments.appoint(
        staff_number="4010", name_en="Ji Group", name_zh="季集团", unit=cast.group,
        roles=[Role.SUPERVISOR], password=PASSWORD, by=None, at=cast.at,
    )  # fmt: skip
    assert listed(person) == {OURS, THEIRS}
    assert sent_again(person, given_up[THEIRS]) == 302


@pytest.mark.parametrize("role", ["clerk", "handler", "reviewer", "stranger"])
def test_nobody_else_reads_any(role: str, cast: Cast, given_up: dict[str, Outbox]) -> None:
    assert listed(getattr(cast, role)) == set()
    assert sent_again(getattr(cast, role), given_up[OURS]) == 403


def test_everything_of_one_channel_is_sent_again_at_once(
    cast: Cast, given_up: dict[str, Outbox]
) -> None:
    client = Client()
    client.force_login(cast.supervisor)
    address = reverse("notifications:send-all-again")
    assert client.post(address, {"channel": "sms"}).status_code == 409
    assert client.post(address, {"channel": "nonsense"}).status_code == 409
    assert client.post(address, {"channel": "email"}).status_code == 302
    states = {one.subject: one.state for one in Outbox.objects.all()}
    assert states == {
        OURS: OutboxState.PENDING, THEIRS: OutboxState.DEAD, NOBODYS: OutboxState.DEAD,
    }  # fmt: skip
    ours = Outbox.objects.get(subject=OURS)
    assert (ours.attempts, ours.again_by) == (0, cast.supervisor)
    assert client.post(address, {"channel": "email"}).status_code == 409


def test_the_second_press_says_that_it_is_on_its_way(
    cast: Cast, given_up: dict[str, Outbox]
) -> None:
    assert sent_again(cast.supervisor, given_up[OURS]) == 302
    assert sent_again(cast.supervisor, given_up[OURS]) == 409


def test_what_may_have_arrived_twice_is_marked(cast: Cast, given_up: dict[str, Outbox]) -> None:
    Outbox.objects.filter(subject=OURS).update(
        state=OutboxState.SENT, sent_at=cast.at, doubts=1
    )
    client = Client()
    client.force_login(cast.supervisor)
    page = client.get(reverse("notifications:outgoing") + "?state=doubtful").content.decode()
    assert OURS in page
    assert "可能送达两次" in page


def test_what_is_out_of_order_stands_above_the_list(
    cast: Cast, given_up: dict[str, Outbox]
) -> None:
    for _ in range(lanes.MOST_FAILURES):
        lanes.stumbled(lane="sms", trouble=Trouble.NO_WAY, error="x", by=None, at=cast.at)
    client = Client()
    client.force_login(cast.supervisor)
    page = client.get(reverse("notifications:outgoing")).content.decode()
    assert str(Trouble.NO_WAY.label) in page


def test_messages_about_reports_show_to_those_who_may_see_the_report(cast: Cast) -> None:
    report = tickets.a_ticket(cast, kind=Kind.REPORT)
    row = outbox.row(
        key="survey:1", channel=Channel.SMS, recipient="13900000001", template="survey_link",
        language="zh-hans", facts={"token": "geheim", "number": report.number}, subject="",
        scope_path=cast.company.path, at=cast.at,
    )  # fmt: skip
    outbox.queue(rows=[row], by=None, at=cast.at)
    Outbox.objects.update(state=OutboxState.DEAD, next_try_at=None, trouble=Trouble.REFUSED)
    message = Outbox.objects.get(template="survey_link")
    shown = {}
    for name, person in cast.everyone().items():
        client = Client()
        client.force_login(person)
        page = client.get(reverse("tickets:undelivered")).content.decode()
        assert "geheim" not in page and "13900000001" not in page
        shown[name] = report.number in page
        visible = Ticket.objects.visible_to(person).filter(pk=report.pk).exists()
        assert shown[name] == visible
        address = reverse("tickets:undelivered-again", args=[message.pk])
        if not visible:
            assert client.post(address).status_code == 404
    assert shown["reviewer"] and shown["supervisor"]
    assert not shown["administrator"] and not shown["stranger"]
    client = Client()
    client.force_login(cast.reviewer)
    address = reverse("tickets:undelivered-again", args=[message.pk])
    assert client.post(address).status_code == 302
    message.refresh_from_db()
    assert (message.state, message.again_by) == (OutboxState.PENDING, cast.reviewer)


def test_a_message_about_no_ticket_is_no_secret(cast: Cast, given_up: dict[str, Outbox]) -> None:
    Outbox.objects.filter(subject=OURS).update(subject="", facts={"hand_over": 7})
    client = Client()
    client.force_login(cast.supervisor)
    page = client.get(reverse("notifications:outgoing")).content.decode()
    assert reverse("notifications:send-again", args=[given_up[OURS].pk]) in page
