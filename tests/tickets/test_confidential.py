"""Confidential reports (举报): handled in the open by those named, unheard of by the accused."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import Notice, Outbox
from organisation import appointments
from organisation.models import Staff
from organisation.roles import Role
from tests.cast import Cast
from tests.factories.tickets import STEP, a_request, a_ticket
from tickets import confidants, confidence, dispatching, escalation, intake, search, supervision
from tickets.kinds import Kind
from tickets.models import Deadline, Event, NamedReader, Ticket
from tickets.states import State
from tickets.transition import AboutThem


def fire_everything(cast: Cast, ticket: Ticket) -> None:
    waiting = Deadline.objects.filter(ticket=ticket, next_fire_at__isnull=False)
    assert waiting.exists()
    waiting.update(next_fire_at=datetime(2020, 1, 1, tzinfo=cast.at.tzinfo))
    while escalation.fire_due(by=None, at=cast.at + STEP):
        pass


def a_report(cast: Cast, **changes: object) -> Ticket:
    """A report taken by the operator and not yet sent anywhere."""
    request = a_request(cast, kind=Kind.REPORT, **changes)
    return intake.receive(request=request, by=cast.operator, at=cast.at)


def sees(person: Staff, ticket: Ticket) -> bool:
    return Ticket.objects.visible_to(person).filter(pk=ticket.pk).exists()


def seeing(cast: Cast, ticket: Ticket) -> set[str]:
    return {name for name, person in cast.everyone().items() if sees(person, ticket)}


def test_the_whole_chain_is_excluded_whatever_its_rank(cast: Cast) -> None:
    assert seeing(cast, a_report(cast)) == {"operator", "reviewer", "supervisor"}
    # The supervisor's own seat is in the company, above the unit.
    assert seeing(cast, a_report(cast, accused_unit=cast.unit)) == {"operator", "reviewer"}
    assert seeing(cast, a_report(cast, accused_unit=cast.company)) == set()


def test_people_and_tickets_are_judged_by_the_same_rule(cast: Cast) -> None:
    for unit in (cast.unit, cast.branch, cast.quality, cast.centre, cast.company, None):
        ticket = a_report(cast, accused_unit=unit, accused_staff=(cast.supervisor,))
        for name, person in cast.everyone().items():
            named = NamedReader.objects.create(
                ticket=ticket, staff=person, reason="-", named_at=cast.at
            )
            assert sees(person, ticket) != confidants.is_excluded(person, ticket), (unit, name)
            named.delete()


def test_who_leads_an_accused_unit_from_another_seat_is_excluded(cast: Cast) -> None:
    appointments.lead(
        unit=cast.other_unit, leader=cast.reviewer, liaison=cast.outsider, by=None, at=cast.at
    )
    ticket = a_report(cast, accused_unit=cast.other_unit)
    assert not sees(cast.reviewer, ticket)
    assert confidants.is_excluded(cast.reviewer, ticket)


def test_a_person_named_in_the_report_is_excluded_wherever_they_sit(
    cast: Cast, client: Client
) -> None:
    ticket = a_report(cast, accused_staff=(cast.reviewer,))
    assert seeing(cast, ticket) == {"operator", "supervisor"}
    client.force_login(cast.reviewer)
    assert client.get(reverse("tickets:ticket", args=[ticket.number])).status_code == 404


def test_a_report_about_the_clerks_own_chain_is_tracked_by_somebody_else(
    cast: Cast, client: Client
) -> None:
    request = a_request(cast, kind=Kind.REPORT, accused_unit=cast.branch)
    ticket = intake.receive(request=request, by=cast.clerk, at=cast.at)
    assert ticket.tracker == cast.reviewer
    assert not sees(cast.clerk, ticket)
    born = Event.objects.get(ticket=ticket, code="received")
    assert (born.by_id, born.facts["to_id"]) == (cast.clerk.pk, cast.reviewer.pk)
    assert Notice.objects.get(staff=cast.reviewer).code == "report_entrusted"


def test_whoever_took_it_gives_the_slip_and_sees_nothing_more(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = a_request(cast, kind=Kind.REPORT, accused_unit=cast.branch, is_anonymous=True)
    ticket = intake.receive(request=request, by=cast.clerk, at=cast.at)
    client.force_login(cast.clerk)
    slip = reverse("tickets:slip", args=[ticket.number])
    monkeypatch.setattr("servicedesk.lib.clock.now", lambda: cast.at + timedelta(minutes=14))
    shown = client.get(slip, headers={"accept-language": "en"}).content.decode()
    assert ticket.number in shown
    assert "it may be impossible to answer you" in shown
    assert "Query code" not in shown
    assert client.get(reverse("tickets:ticket", args=[ticket.number])).status_code == 404
    monkeypatch.setattr("servicedesk.lib.clock.now", lambda: cast.at + timedelta(minutes=16))
    assert client.get(slip).status_code == 404


def test_a_report_that_nobody_may_read_is_not_silent_and_tells_nothing(cast: Cast) -> None:
    ticket = a_report(cast, accused_unit=cast.company)
    notice = Notice.objects.get()
    assert (notice.staff, notice.code) == (cast.administrator, "reader_wanted")
    assert ticket.number not in f"{notice.subject}{notice.facts}"
    inspector = appointments.appoint(
        staff_number="5001", name_en="Far Inspector", name_zh="远监察", unit=cast.group,
        roles=[Role.SUPERVISOR], password=None, by=None, at=cast.at,
    )  # fmt: skip
    assert not sees(inspector, ticket), "the group is above the company"


def test_the_accused_unit_hears_nothing_even_if_it_took_the_report_itself(cast: Cast) -> None:
    request = a_request(cast, kind=Kind.REPORT, accused_unit=cast.branch)
    ticket = intake.receive(request=request, by=cast.clerk, at=cast.at)
    fire_everything(cast, ticket)
    told = set(Notice.objects.filter(subject=ticket.number).values_list("staff", flat=True))
    assert told == {cast.reviewer.pk}
    assert set(Outbox.objects.values_list("recipient", flat=True)) == {cast.reviewer.email}


def test_a_missed_limit_reaches_somebody_above_who_may_see_it(cast: Cast) -> None:
    ticket = a_ticket(
        cast, kind=Kind.REPORT, state=State.IN_PROGRESS, accused_unit=cast.other_unit
    )
    Notice.objects.all().delete()
    fire_everything(cast, ticket)
    told = {notice.staff_id: notice.code for notice in Notice.objects.filter(code="escalated")}
    assert told == {cast.reviewer.pk: "escalated"}
    overdue = Event.objects.filter(ticket=ticket, code="overdue").first()
    assert overdue is not None
    assert cast.reviewer.name_zh in overdue.facts["told"]
    assert cast.leader.name_zh not in overdue.facts["told"]


def test_no_message_and_no_list_of_messages_tells_of_a_report(cast: Cast, client: Client) -> None:
    ticket = a_report(cast)
    fire_everything(cast, ticket)
    messages = Outbox.objects.all()
    assert messages
    assert {message.subject for message in messages} == {""}
    Outbox.objects.update(state="dead")
    client.force_login(cast.administrator)
    page = client.get(reverse("notifications:outgoing")).content.decode()
    assert ticket.number not in page
    assert "抢修师傅" not in f"{[one.facts for one in Notice.objects.all()]}"
    assert "抢修师傅" not in f"{[message.facts for message in messages]}"


def test_whoever_handles_a_report_can_open_it_and_nobody_else_of_the_unit(
    cast: Cast, client: Client
) -> None:
    ticket = a_ticket(
        cast, kind=Kind.REPORT, state=State.IN_PROGRESS, accused_unit=cast.other_unit
    )
    page = reverse("tickets:ticket", args=[ticket.number])
    client.force_login(ticket.lead_handler)
    assert client.get(page).status_code == 200
    others = {cast.handler, cast.field_worker} - {ticket.lead_handler}
    for person in (*others, cast.leader, cast.outsider, cast.executive):
        client.force_login(person)
        assert client.get(page).status_code == 404


def test_chasing_a_report_tells_only_those_who_may_see_it(cast: Cast) -> None:
    ticket = a_ticket(
        cast, kind=Kind.REPORT, state=State.DISPATCHED, accused_unit=cast.other_unit
    )
    ticket = dispatching.accept(ticket=ticket, by=cast.handler, at=cast.at + 2 * STEP)
    Notice.objects.all().delete()
    for minutes in (1, 40):
        at = cast.at + 3 * STEP + timedelta(minutes=minutes)
        supervision.urge(ticket=ticket, note="Again", by=cast.operator, at=at)
    told = set(Notice.objects.values_list("staff", flat=True))
    assert cast.handler.pk in told
    assert told <= {cast.handler.pk, cast.operator.pk, cast.reviewer.pk}


def test_a_report_is_never_given_to_those_it_is_about(cast: Cast) -> None:
    ticket = a_ticket(cast, kind=Kind.REPORT, state=State.DISPATCHED, accused_staff=(cast.handler,))
    assert ticket.lead_handler != cast.handler
    with pytest.raises(AboutThem):
        dispatching.accept(ticket=ticket, by=cast.handler, at=cast.at + 2 * STEP)
    with pytest.raises(AboutThem):
        supervision.supervise(
            ticket=a_report(cast, accused_unit=cast.unit), reason="-", by=cast.supervisor,
            at=cast.at + STEP,
        )  # fmt: skip


def test_readers_are_named_on_record_and_lose_it_on_record(cast: Cast) -> None:
    ticket = a_report(cast, accused_unit=cast.other_unit)
    at = cast.at + STEP
    confidence.name_reader(
        ticket=ticket, staff=cast.handler, reason="Knows the site", by=cast.reviewer, at=at
    )
    assert sees(cast.handler, ticket)
    assert Event.objects.get(ticket=ticket, code="reader_named").facts["to_id"] == cast.handler.pk
    with pytest.raises(confidence.AlreadyNamed):
        confidence.name_reader(
            ticket=ticket, staff=cast.handler, reason="Again", by=cast.reviewer, at=at
        )
    confidence.dismiss_reader(ticket=ticket, staff=cast.handler, by=cast.reviewer, at=at + STEP)
    assert not sees(cast.handler, ticket)
    assert Event.objects.filter(ticket=ticket, code="reader_dismissed").exists()
    with pytest.raises(confidence.NotNamed):
        confidence.dismiss_reader(ticket=ticket, staff=cast.handler, by=cast.reviewer, at=at)


@pytest.mark.parametrize("who", ["outsider", "executive", "supervisor"])
def test_nobody_of_the_chain_can_be_named(who: str, cast: Cast) -> None:
    ticket = a_report(cast, accused_unit=cast.other_unit)
    with pytest.raises(confidence.ReportIsAboutThem):
        confidence.name_reader(
            ticket=ticket, staff=getattr(cast, who), reason="-", by=cast.reviewer, at=cast.at
        )
    assert not NamedReader.objects.exists()


@pytest.mark.parametrize("who", ["operator", "handler", "dispatcher", "executive", "auditor"])
def test_only_those_with_eyes_for_reports_name_readers(who: str, cast: Cast) -> None:
    from tickets.permissions import NotYours

    with pytest.raises(NotYours):
        confidence.name_reader(
            ticket=a_report(cast), staff=cast.leader, reason="-", by=getattr(cast, who), at=cast.at
        )


def test_saying_later_whom_it_is_about_takes_it_from_them(cast: Cast) -> None:
    ticket = a_ticket(cast, kind=Kind.REPORT, state=State.DISPATCHED)
    held_by, at = ticket.lead_handler, cast.at + 3 * STEP
    assert held_by is not None
    confidence.name_reader(
        ticket=ticket, staff=cast.leader, reason="-", by=cast.reviewer, at=cast.at + 2 * STEP
    )
    assert Notice.objects.filter(subject=ticket.number, staff__in=[held_by, cast.leader]).exists()
    told = confidence.name_accused(
        ticket=ticket, unit=None, staff=[held_by, cast.leader, cast.operator], reason="He said so",
        by=cast.reviewer, at=at,
    )  # fmt: skip
    assert told.lead_handler is None
    assert told.tracker == cast.supervisor
    assert not NamedReader.objects.filter(ended_at=None).exists()
    assert not Notice.objects.filter(subject=ticket.number, staff__in=[held_by, cast.leader]).exists()
    assert seeing(cast, told) == {"reviewer", "supervisor"}
    assert Notice.objects.get(staff=cast.supervisor).code == "report_entrusted"


def test_nobody_names_their_own_chain_nor_the_unit_that_holds_it(cast: Cast) -> None:
    ticket = a_ticket(cast, kind=Kind.REPORT, state=State.DISPATCHED)
    at = cast.at + 3 * STEP
    given = {"ticket": ticket, "staff": [], "reason": "-", "by": cast.reviewer, "at": at}
    with pytest.raises(confidence.YourOwnChain):
        confidence.name_accused(unit=cast.quality, **given)
    with pytest.raises(confidence.HandledInTheChain):
        confidence.name_accused(unit=cast.branch, **given)
    with pytest.raises(confidence.NotConfidential):
        confidence.name_accused(unit=cast.hall, **given | {"ticket": a_ticket(cast)})


@pytest.mark.parametrize("typed", ["13900000001", "李测试", "滨河路", "139 0000 0001"])
def test_a_report_is_not_found_by_who_brought_it(typed: str, cast: Cast) -> None:
    ticket = a_report(cast)
    for person in (cast.operator, cast.reviewer, cast.supervisor):
        assert not search.among(Ticket.objects.visible_to(person), typed).exists()
        assert search.among(Ticket.objects.visible_to(person), "抢修师傅").get() == ticket


def test_a_report_has_no_thread_to_its_customer(cast: Cast, client: Client) -> None:
    ticket = a_report(cast)
    assert (ticket.customer, ticket.account, ticket.premises) == (None, None, None)
    assert ticket.contact_phone == "13900000001"
    assert "抢修师傅" not in ticket.subject
    client.force_login(cast.supervisor)
    page = client.get(reverse("tickets:of-customer", args=[cast.customer.pk])).content.decode()
    assert ticket.number not in page


def test_an_anonymous_informant_leaves_no_name(cast: Cast) -> None:
    ticket = a_report(cast, is_anonymous=True, contact_phone="")
    kept = (ticket.contact_name, ticket.contact_phone, ticket.address, ticket.customer)
    assert kept == ("", "", "", None)


def test_who_brought_it_shows_to_those_named_alone(cast: Cast, client: Client) -> None:
    ticket = a_report(cast)
    page = reverse("tickets:ticket", args=[ticket.number])
    phone = reverse("tickets:phone", args=[ticket.number])

    def told(person: Staff) -> str:
        client.force_login(person)
        shown = client.get(page).content.decode()
        full = client.post(phone, {"reason": "Must ask"})
        return shown + (full.content.decode() if full.status_code == 200 else "")

    for private in ("李测试", "13900000001", "滨河路88号"):
        assert private in told(cast.operator)
        assert private not in told(cast.supervisor)
    confidence.name_reader(
        ticket=ticket, staff=cast.supervisor, reason="I lead it", by=cast.supervisor, at=cast.at
    )
    assert "13900000001" in told(cast.supervisor)


def test_the_form_takes_names_and_staff_numbers(cast: Cast, client: Client) -> None:
    from tests.tickets.test_intake import filled

    client.force_login(cast.operator)
    typed = filled(
        cast, kind="REPORT", category=cast.category("power-report-staff").pk,
        accused_person="芮质检，2001",
    )  # fmt: skip
    assert client.post(reverse("tickets:intake"), typed).status_code == 302
    ticket = Ticket.objects.get()
    assert set(ticket.accused_staff.all()) == {cast.reviewer, cast.handler}
    unknown = filled(
        cast, kind="REPORT", category=cast.category("power-report-staff").pk, accused_person="无此人"
    )
    refused = client.post(reverse("tickets:intake"), unknown)
    assert refused.status_code == 422
    assert "无此人" in refused.content.decode()
