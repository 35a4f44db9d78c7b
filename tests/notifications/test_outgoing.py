"""The list of outgoing messages: people read and send again what tells of their company alone."""

import pytest
from django.test import Client
from django.urls import reverse

from notifications import outbox
from notifications.models import Channel, Outbox, OutboxState
from organisation import appointments
from organisation.models import Staff
from organisation.roles import Role
from tests.cast import PASSWORD, Cast

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
