"""Every look at a confidential report stands in the access log (查阅记录)."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.factories.tickets import a_request, a_ticket
from tickets import intake
from tickets.kinds import Kind
from tickets.models import Reading, Ticket


@pytest.fixture
def report(cast: Cast) -> Ticket:
    request = a_request(cast, kind=Kind.REPORT, accused_unit=cast.other_unit)
    return intake.receive(request=request, by=cast.operator, at=cast.at)


def test_each_page_of_a_report_leaves_its_row(
    report: Ticket, cast: Cast, client: Client
) -> None:
    client.force_login(cast.operator)
    for name in ("ticket", "slip", "phone", "urge"):
        assert client.get(reverse(f"tickets:{name}", args=[report.number])).status_code == 200
    assert client.get(reverse("surveys:of-ticket", args=[report.number])).status_code == 200
    rows = Reading.objects.order_by("id").values_list("page", "staff", "ticket")
    pages = ("tickets:ticket", "tickets:slip", "tickets:phone", "tickets:urge", "surveys:of-ticket")
    assert list(rows) == [(page, cast.operator.pk, report.pk) for page in pages]


def test_an_ordinary_ticket_leaves_none(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast)
    client.force_login(cast.operator)
    assert client.get(reverse("tickets:ticket", args=[ticket.number])).status_code == 200
    assert not Reading.objects.exists()


def test_a_page_that_renews_itself_counts_once_a_minute(
    report: Ticket, cast: Cast, client: Client
) -> None:
    client.force_login(cast.operator)
    for _ in range(3):
        client.get(reverse("tickets:ticket", args=[report.number]))
    assert Reading.objects.count() == 1


def test_who_is_shut_out_leaves_none(report: Ticket, cast: Cast, client: Client) -> None:
    client.force_login(cast.outsider)
    assert client.get(reverse("tickets:ticket", args=[report.number])).status_code == 404
    assert not Reading.objects.exists()


def test_a_list_tells_no_content_and_so_leaves_none(
    report: Ticket, cast: Cast, client: Client
) -> None:
    client.force_login(cast.reviewer)
    page = client.get(reverse("tickets:list")).content.decode()
    assert report.number in page
    for told in ("抢修师傅", "李测试", "滨河路", "139****0001"):
        assert told not in page
    assert not Reading.objects.exists()


def test_the_log_is_never_changed(report: Ticket, cast: Cast, client: Client) -> None:
    client.force_login(cast.operator)
    client.get(reverse("tickets:ticket", args=[report.number]))
    row = Reading.objects.get()
    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(TypeError):
        Reading.objects.all().delete()
    with pytest.raises(TypeError):
        Reading.objects.update(page="")


def test_the_log_is_read_by_those_who_watch_over_it(
    report: Ticket, cast: Cast, client: Client
) -> None:
    client.force_login(cast.operator)
    client.get(reverse("tickets:ticket", args=[report.number]))
    everything, one = reverse("tickets:readings"), reverse("tickets:access", args=[report.number])
    client.force_login(cast.reviewer)
    for address in (everything, one):
        assert cast.operator.name_en in client.get(
            address, headers={"accept-language": "en"}
        ).content.decode()
    # The auditor's own seat is above the unit the report is about.
    client.force_login(cast.auditor)
    assert report.number not in client.get(everything).content.decode()
    assert client.get(one).status_code == 404
    for person in (cast.handler, cast.executive, cast.administrator):
        client.force_login(person)
        assert client.get(everything).status_code == 403


def test_the_auditor_reads_who_read_without_reading(cast: Cast, client: Client) -> None:
    request = a_request(cast, kind=Kind.REPORT)
    report = intake.receive(request=request, by=cast.operator, at=cast.at)
    client.force_login(cast.operator)
    client.get(reverse("tickets:ticket", args=[report.number]))
    client.force_login(cast.auditor)
    assert report.number in client.get(reverse("tickets:readings")).content.decode()
    assert client.get(reverse("tickets:ticket", args=[report.number])).status_code == 404


def test_naming_and_ending_a_reader_on_screen(report: Ticket, cast: Cast, client: Client) -> None:
    client.force_login(cast.reviewer)
    page = reverse("tickets:access", args=[report.number])
    offered = client.get(page).content.decode()
    assert cast.handler.name_zh in offered
    assert cast.outsider.name_zh not in offered
    assert client.post(page, {"staff": cast.handler.pk, "reason": "现场"}).status_code == 302
    refused = client.post(page, {"staff": cast.outsider.pk, "reason": "现场"})
    assert refused.status_code == 422
    client.force_login(cast.handler)
    assert client.get(reverse("tickets:ticket", args=[report.number])).status_code == 200
    assert client.get(page).status_code == 403
    client.force_login(cast.reviewer)
    end = reverse("tickets:dismiss-reader", args=[report.number, cast.handler.pk])
    assert client.post(end).status_code == 302
    assert client.post(end).status_code == 409
    client.force_login(cast.handler)
    assert client.get(reverse("tickets:ticket", args=[report.number])).status_code == 404
