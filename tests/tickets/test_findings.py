"""Who answers for a complaint: recorded by outsiders, with its chain, and open to one appeal."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from notifications.models import Notice
from organisation import appointments
from organisation.models import Staff, Unit
from organisation.roles import Role
from reports import monthly, readers
from reports.months import Month
from servicedesk.lib import clock
from servicedesk.lib.errors import DeskError, NotVisible
from tests.cast import PASSWORD, Cast
from tests.factories.tickets import STEP, a_ticket
from tickets import findings, found, permissions
from tickets.found import Held, Part, Ruling, Verdict
from tickets.kinds import Kind
from tickets.models import Appeal, Event, Finding, Ticket
from tickets.states import Happening, State

DAY = timedelta(days=1)


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return a_ticket(cast, state=State.CALLBACK)


@pytest.fixture
def colleague(cast: Cast) -> Staff:
    """A second reviewer."""
    return appointments.appoint(
        staff_number="3012", name_en="Bo Reviewer", name_zh="薄质检", unit=cast.quality,
        roles=[Role.QUALITY_REVIEWER], password=PASSWORD, by=None, at=cast.at,
    )  # fmt: skip


def whole_chain(cast: Cast) -> Ruling:
    return Ruling(
        Verdict.UPHELD, "录音与现场记录一致，迟到两小时且未告知。",
        [
            Held(cast.unit, Part.DIRECT, cast.handler), Held(cast.branch, Part.LEADING),
            Held(cast.other_unit, Part.SUPPORTING),
        ],
    )  # fmt: skip


def recorded(cast: Cast, ticket: Ticket, ruling: Ruling | None = None) -> Finding:
    return findings.record(
        ticket=ticket, ruling=ruling or whole_chain(cast), by=cast.reviewer,
        at=ticket.latest_event_at + STEP,
    )  # fmt: skip


def appealed(cast: Cast, finding: Finding, by: Staff | None = None) -> Appeal:
    return findings.appeal(
        finding=finding, grounds="道路封闭，有交警证明。", by=by or cast.handler, at=finding.at + DAY
    )


def decided(appeal: Appeal, by: Staff, ruling: Ruling | None = None) -> Appeal:
    return findings.decide(
        appeal=appeal, decision="证明属实。", ruling=ruling, by=by, at=appeal.at + DAY
    )


def test_a_finding_names_the_whole_chain_and_tells_it(cast: Cast, ticket: Ticket) -> None:
    finding = recorded(cast, ticket)
    ticket.refresh_from_db()
    assert ticket.finding == Verdict.UPHELD
    parts = finding.chain.values_list("unit__code", "part", "staff__staff_number").order_by("pk")
    assert list(parts) == [
        ("EAST-1", "direct", "2001"), ("EAST", "leading", None), ("WEST-1", "supporting", None),
    ]  # fmt: skip
    told = set(Notice.objects.filter(code="found").values_list("staff__staff_number", flat=True))
    assert told == {"2001", "2003"}
    event = Event.objects.get(ticket=ticket, code=Happening.FOUND)
    assert event.facts["verdict"] == "upheld"


def test_it_holds_nobody_responsible_by_itself(cast: Cast, ticket: Ticket) -> None:
    """一次申告下岗 is for people to decide: a finding changes no account and no role."""
    before = Staff.objects.filter(pk=cast.handler.pk).values().get()
    recorded(cast, ticket)
    assert Staff.objects.filter(pk=cast.handler.pk).values().get() == before


@pytest.mark.parametrize(
    ("verdict", "note", "parts", "error"),
    [
        ("upheld", " ", ["direct"], findings.NoteMissing),
        ("upheld", "x", [], findings.ChainMissing),
        ("partly", "x", ["leading"], findings.ChainMissing),
        ("not_upheld", "x", ["direct"], findings.ChainTooMuch),
    ],
)
def test_a_finding_that_does_not_hold_together_is_refused(
    cast: Cast, ticket: Ticket, verdict: str, note: str, parts: list[str],
    error: type[DeskError],
) -> None:  # fmt: skip
    chain = [Held(cast.unit, part) for part in parts]
    with pytest.raises(error):
        recorded(cast, ticket, Ruling(verdict, note, chain))
    assert not Finding.objects.exists()


def test_a_person_is_named_with_their_own_unit(cast: Cast, ticket: Ticket) -> None:
    chain = [Held(cast.other_unit, Part.DIRECT, cast.handler)]
    with pytest.raises(findings.NotOfThatUnit, match=cast.handler.name_en + "|韩承办"):
        recorded(cast, ticket, Ruling(Verdict.UPHELD, "x", chain))


def test_nobody_finds_on_their_own_unit(cast: Cast, ticket: Ticket) -> None:
    chain = [Held(cast.quality, Part.DIRECT)]
    with pytest.raises(findings.InTheChain):
        recorded(cast, ticket, Ruling(Verdict.UPHELD, "x", chain))
    with pytest.raises(permissions.NotYours):
        findings.record(
            ticket=ticket, ruling=whole_chain(cast), by=cast.operator, at=ticket.latest_event_at
        )


def test_nothing_is_found_before_the_work_is_done(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    with pytest.raises(permissions.NotAllowedNow):
        recorded(cast, ticket)


def test_an_appeal_goes_to_another_than_who_found(
    cast: Cast, ticket: Ticket, colleague: Staff
) -> None:
    appeal = appealed(cast, recorded(cast, ticket))
    with pytest.raises(findings.OwnFinding):
        decided(appeal, cast.reviewer)
    decided(appeal, colleague, Ruling(Verdict.NOT_UPHELD, "道路封闭，非本方责任。"))
    ticket.refresh_from_db()
    assert ticket.finding == Verdict.NOT_UPHELD
    assert [one.verdict for one in found.of_ticket(ticket)] == ["not_upheld", "upheld"]
    told = set(Notice.objects.filter(code="appeal_decided").values_list("staff__name_zh", flat=True))
    assert told == {"韩承办", "芮质检"}


def test_a_refused_appeal_leaves_the_finding(
    cast: Cast, ticket: Ticket, colleague: Staff
) -> None:
    appeal = decided(appealed(cast, recorded(cast, ticket), cast.leader), colleague)
    assert appeal.is_accepted is False
    ticket.refresh_from_db()
    assert ticket.finding == Verdict.UPHELD
    with pytest.raises(findings.AppealedAlready):
        appealed(cast, appeal.finding)
    with pytest.raises(findings.DecidedAlready):
        decided(appeal, colleague)


def test_only_whom_it_names_appeals_and_in_time(cast: Cast, ticket: Ticket) -> None:
    finding = recorded(cast, ticket)
    for person in (cast.field_worker, cast.operator, cast.outsider, cast.stranger):
        with pytest.raises(findings.NotConcerned):
            appealed(cast, finding, person)
    last = finding.at + found.APPEAL_WINDOW
    with pytest.raises(findings.TooLateToAppeal):
        findings.appeal(
            finding=finding, grounds="x", by=cast.handler, at=last + timedelta(seconds=1)
        )
    assert findings.appeal(finding=finding, grounds="x", by=cast.handler, at=last).at == last


def test_while_an_appeal_is_open_nothing_else_is_found(cast: Cast, ticket: Ticket) -> None:
    appeal = appealed(cast, recorded(cast, ticket))
    with pytest.raises(findings.AppealOpen):
        findings.record(
            ticket=ticket, ruling=Ruling(Verdict.NOT_UPHELD, "x"), by=cast.supervisor,
            at=appeal.at + STEP,
        )  # fmt: skip


def test_the_report_counts_received_and_upheld_apart(
    cast: Cast, ticket: Ticket, colleague: Staff
) -> None:
    other = a_ticket(cast, state=State.CALLBACK)
    recorded(cast, other, Ruling(Verdict.NOT_UPHELD, "无事实依据。"))
    decided(appealed(cast, recorded(cast, ticket)), colleague)
    report = monthly.build(
        reader=readers.of(cast.supervisor), month=Month(2026, 3), unit=None, at=cast.at + 20 * DAY
    )
    upheld = report.total.cells["upheld"]
    assert (upheld.n, upheld.hit) == (2, 1)
    assert report.total.cells["received"].n == 2


def test_who_is_named_reads_the_finding_and_not_the_ticket(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, state=State.CALLBACK, at=clock.now() - timedelta(hours=3))
    finding = recorded(cast, ticket)
    appointments.lead(unit=cast.other_unit, leader=cast.outsider, liaison=None, by=None, at=cast.at)
    client.force_login(cast.outsider)
    assert client.get(f"/tickets/{ticket.number}/").status_code == 404
    page = client.get("/tickets/findings/").content.decode()
    assert finding.note in page
    assert ticket.text not in page
    assert f"/tickets/findings/{finding.pk}/appeal/" in page


def test_a_stranger_gets_what_an_absent_finding_gives(
    cast: Cast, ticket: Ticket, client: Client
) -> None:
    finding = recorded(cast, ticket)
    client.force_login(cast.stranger)
    assert finding.note not in client.get("/tickets/findings/").content.decode()
    answers = [client.get(f"/tickets/findings/{pk}/appeal/") for pk in (finding.pk, 999_999)]
    assert [answer.status_code for answer in answers] == [404, 404]


def test_a_finding_on_a_report_stays_with_those_who_may_read_it(cast: Cast) -> None:
    ticket = a_ticket(cast, kind=Kind.REPORT, accused_unit=cast.other_unit)
    Ticket.objects.filter(pk=ticket.pk).update(state=State.CALLBACK, lead_unit=cast.quality)
    ticket.refresh_from_db()
    chain = [Held(cast.other_unit, Part.DIRECT, cast.outsider)]
    finding = findings.record(
        ticket=ticket, ruling=Ruling(Verdict.UPHELD, "属实。", chain), by=cast.supervisor,
        at=ticket.latest_event_at + STEP,
    )  # fmt: skip
    assert not Notice.objects.filter(staff=cast.outsider).exists()
    assert found.recent(cast.outsider, "all") == []
    with pytest.raises(NotVisible):
        found.one(cast.outsider, finding.pk)


def test_from_the_form_to_the_appeal_and_its_answer(
    cast: Cast, ticket: Ticket, colleague: Staff, client: Client
) -> None:
    client.force_login(cast.reviewer)
    address = f"/tickets/{ticket.number}/finding/"
    typed = {"verdict": "upheld", "note": "迟到两小时。", "version": ticket.version}
    refused = client.post(address, typed)
    assert refused.status_code == 409
    assert "迟到两小时。" in refused.content.decode()
    typed |= {"unit": cast.unit.pk, "staff": cast.handler.pk, "supporting": [cast.other_unit.pk]}
    assert client.post(address, typed).status_code == 302
    again = client.post(address, typed)
    assert again.status_code == 409
    finding = Finding.objects.get()

    client.force_login(cast.handler)
    appeal = f"/tickets/findings/{finding.pk}/appeal/"
    assert appeal in client.get("/tickets/findings/").content.decode()
    assert client.post(appeal, {"reason": "道路封闭。"}).status_code == 302
    assert client.post(appeal, {"reason": "道路封闭。"}).status_code == 409
    assert Appeal.objects.count() == 1

    client.force_login(colleague)
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    decide = f"/tickets/{ticket.number}/appeal/{Appeal.objects.get().pk}/decide/"
    assert decide in page
    half = client.post(decide, {"is_accepted": "yes", "decision": "证明属实。"})
    assert half.status_code == 422
    whole = {"is_accepted": "yes", "decision": "证明属实。", "verdict": "not_upheld", "note": "非责任。"}
    assert client.post(decide, whole).status_code == 302
    assert client.post(decide, whole).status_code == 404
    ticket.refresh_from_db()
    assert ticket.finding == Verdict.NOT_UPHELD


@pytest.mark.django_db(transaction=True)
def test_two_deciders_at_once_decide_it_once(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.CALLBACK)
    appeal = appealed(cast, recorded(cast, ticket))
    errors: list[type] = []
    ready = threading.Barrier(2)

    def decide() -> None:
        try:
            ready.wait()
            decided(Appeal.objects.get(pk=appeal.pk), cast.supervisor)
        except DeskError as error:
            errors.append(type(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=decide) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert errors == [findings.DecidedAlready]
    assert Event.objects.filter(ticket=ticket, code=Happening.APPEAL_DECIDED).count() == 1


def test_units_of_the_form_are_the_companys_own(cast: Cast, ticket: Ticket, client: Client) -> None:
    client.force_login(cast.reviewer)
    page = client.get(f"/tickets/{ticket.number}/finding/").content.decode()
    assert cast.unit.name_zh in page
    assert Unit.objects.get(pk=cast.other_company.pk).name_zh not in page
