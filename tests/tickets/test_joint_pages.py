"""The pages of tasks, joint handling, merging, splitting and linking."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from servicedesk.lib import clock
from tests.cast import Cast
from tests.factories.tasks import a_task
from tests.factories.tickets import STEP, a_ticket
from tests.tickets.test_co_handling import helped
from tests.tickets.test_merging import a_fault, done, merged
from tickets.kinds import Kind
from tickets.models import Event, Link, Task, Ticket
from tickets.states import State

pytestmark = pytest.mark.django_db


def soon() -> str:
    return (clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")


def page(client: Client, name: str, *args: object, query: str = "") -> str:
    answer = client.get(reverse(f"tickets:{name}", args=args) + query)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


def post(client: Client, name: str, *args: object, **typed: Any) -> Any:
    return client.post(reverse(f"tickets:{name}", args=args), typed)


def test_a_promise_is_given_seen_and_kept_on_the_pages(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    client.force_login(cast.operator)
    assert reverse("tickets:follow-up", args=[ticket.number]) in page(
        client, "ticket", ticket.number
    )
    page(client, "follow-up", ticket.number)
    typed = {"text": "三天后复测电压", "staff": cast.handler.pk, "due_at": soon()}
    assert post(client, "follow-up", ticket.number, **typed).status_code == 302
    task = Task.objects.get()
    client.force_login(cast.handler)
    assert "三天后复测电压" in page(client, "tasks")
    shown = page(client, "ticket", ticket.number)
    for name in ("task-sign", "task-finish"):
        assert reverse(f"tickets:{name}", args=[ticket.number, task.pk]) in shown
    assert reverse("tickets:task-drop", args=[ticket.number, task.pk]) not in shown
    page(client, "task-finish", ticket.number, task.pk)
    assert post(client, "task-sign", ticket.number, task.pk, to=cast.handler.pk).status_code == 302
    for status in (302, 409):
        answer = post(client, "task-finish", ticket.number, task.pk, result="电压正常")
        assert answer.status_code == status
    assert "电压正常" in page(client, "ticket", ticket.number)
    assert "三天后复测电压" not in page(client, "tasks")


def test_a_promise_due_in_the_past_keeps_what_was_typed(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    client.force_login(cast.operator)
    typed = {"text": "复测", "staff": cast.handler.pk, "due_at": "2020-01-01T10:00"}
    answer = post(client, "follow-up", ticket.number, **typed)
    assert answer.status_code == 409
    assert "复测" in answer.content.decode()
    assert not Task.objects.exists()


def test_my_tasks_stand_by_due_time_and_show_nothing_of_others(cast: Cast, client: Client) -> None:
    a_task(cast, text="后办", due_at=cast.at + timedelta(days=5))
    a_task(cast, text="先办", due_at=cast.at + timedelta(days=3))
    a_task(cast, text="本班的", unit=cast.unit, due_at=cast.at + timedelta(days=4))
    a_task(cast, text="同事的", staff=cast.field_worker)
    client.force_login(cast.handler)
    shown = page(client, "tasks")
    assert shown.index("先办") < shown.index("本班的") < shown.index("后办")
    assert "同事的" not in shown
    client.force_login(cast.leader)
    assert "同事的" in page(client, "tasks", query="?tab=unit")
    client.force_login(cast.operator)
    assert "同事的" in page(client, "tasks", query="?tab=given")
    for person in (cast.outsider, cast.stranger, cast.auditor):
        client.force_login(person)
        for tab in ("mine", "unit", "given"):
            assert "先办" not in page(client, "tasks", query=f"?tab={tab}")


@pytest.mark.parametrize(
    "key", ["x", "2026~1", "~", "1~2~3", "2026-03-09T02:00:00+00:00~99999999999999999999"]
)
def test_no_paging_key_of_my_tasks_is_an_error(key: str, cast: Cast, client: Client) -> None:
    client.force_login(cast.handler)
    page(client, "tasks", query=f"?after={key}")


def test_my_tasks_page_by_key_and_show_each_once(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    for _ in range(30):
        a_task(cast, ticket=ticket)
    client.force_login(cast.handler)
    first = client.get(reverse("tickets:tasks")).context["page"]
    rest = client.get(reverse("tickets:tasks"), {"after": first.next_key}).context["page"]
    seen = [task.pk for task in [*first.rows, *rest.rows]]
    assert len(seen) == len(set(seen)) == 30
    assert rest.next_key == ""


def test_a_task_of_a_foreign_ticket_is_not_there(cast: Cast, client: Client) -> None:
    task, other = a_task(cast), a_ticket(cast, state=State.IN_PROGRESS)
    for person, number in ((cast.outsider, task.ticket.number), (cast.handler, other.number)):
        client.force_login(person)
        for name in ("task-sign", "task-finish", "task-drop"):
            assert post(client, name, number, task.pk, result="x").status_code == 404


def test_whoever_does_not_owe_it_is_refused(cast: Cast, client: Client) -> None:
    task = a_task(cast)
    client.force_login(cast.field_worker)
    answer = post(client, "task-finish", task.ticket.number, task.pk, result="x")
    assert answer.status_code == 403
    assert Task.objects.get().done_at is None


def test_a_unit_is_asked_to_help_and_sees_what_it_is_to_do(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    client.force_login(cast.leader)
    assert reverse("tickets:invite", args=[ticket.number]) in page(client, "ticket", ticket.number)
    page(client, "invite", ticket.number)
    typed = {"unit": cast.other_unit.pk, "text": "请配合查线路", "due_at": soon()}
    for status in (302, 409):
        assert post(client, "invite", ticket.number, **typed).status_code == status
    client.force_login(cast.outsider)
    shown = page(client, "ticket", ticket.number)
    assert "请配合查线路" in shown
    assert reverse("tickets:done", args=[ticket.number]) not in shown
    for asked in (client.get, client.post):
        answer = asked(reverse("tickets:done", args=[ticket.number]))
        assert answer.status_code == 403
        assert (
            "only the lead unit" in answer.content.decode().lower()
            or "主办" in answer.content.decode()
        )
    client.force_login(cast.handler)
    assert client.get(reverse("tickets:invite", args=[ticket.number])).status_code == 403


def test_the_lead_sees_who_still_owes_a_part_before_reporting_done(
    cast: Cast, client: Client
) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    helped(cast, ticket)
    client.force_login(cast.handler)
    shown = page(client, "done", ticket.number)
    assert "请配合查线路" in shown
    version = Ticket.objects.get(pk=ticket.pk).version
    typed = {"result": "已修复", "is_customer_told": "on", "version": version}
    refused = post(client, "done", ticket.number, **typed)
    assert refused.status_code == 409
    assert "unfinished_reason" in refused.content.decode()
    typed["unfinished_reason"] = "对方部分不影响送电"
    assert post(client, "done", ticket.number, **typed).status_code == 302
    assert "对方部分不影响送电" in page(client, "ticket", ticket.number)


def test_the_merge_page_finds_what_is_near_and_nothing_foreign(cast: Cast, client: Client) -> None:
    parent, child = a_fault(cast), a_fault(cast)
    elsewhere = a_fault(cast, premises=None, territory=cast.other_territory)
    complaint = a_ticket(cast, customer=child.customer)
    client.force_login(cast.dispatcher)
    shown = page(client, "merge", child.number)
    assert f"?into={parent.number}" in shown
    for other in (elsewhere, complaint, child):
        assert f"?into={other.number}" not in shown
    assert f'value="{parent.number}"' in page(
        client, "merge", child.number, query=f"?into={parent.number}"
    )
    typed = {"number": parent.number, "reason": "同一次停电", "version": child.version}
    assert post(client, "merge", child.number, **typed).status_code == 302
    assert post(client, "merge", child.number, **typed).status_code == 409
    assert child.number in page(client, "ticket", parent.number)
    assert parent.number in page(client, "ticket", child.number)
    assert post(client, "unmerge", child.number, reason="不是一回事").status_code == 302
    assert Ticket.objects.get(pk=child.pk).state == State.IN_PROGRESS


def test_a_number_one_may_not_see_is_no_number(cast: Cast, client: Client) -> None:
    child, report = a_fault(cast), a_ticket(cast, kind=Kind.REPORT)
    client.force_login(cast.dispatcher)
    said = []
    for number in (report.number, "20200101-0001-1", "nonsense"):
        typed = {"number": number, "reason": "x", "version": child.version}
        answer = post(client, "merge", child.number, **typed)
        assert answer.status_code == 422
        said.append(str(answer.context["form"].errors["number"]))
        assert (
            post(client, "link", child.number, number=number, meaning="derived").status_code == 422
        )
    assert Ticket.objects.filter(state=State.MERGED).count() == 0
    assert len(set(said)) == 1


def test_reporting_the_parent_done_leads_to_an_answer_for_each(cast: Cast, client: Client) -> None:
    parent, one, other = a_fault(cast), a_fault(cast), a_fault(cast)
    merged(cast, one, parent)
    merged(cast, other, parent, at=cast.at + 10 * STEP)
    client.force_login(cast.handler)
    version = Ticket.objects.get(pk=parent.pk).version
    typed: dict[str, Any] = {"result": "换了熔丝", "is_customer_told": "on", "version": version}
    answer = post(client, "done", parent.number, **typed)
    assert answer["Location"] == reverse("tickets:children", args=[parent.number])
    shown = page(client, "children", parent.number)
    assert shown.count("换了熔丝") >= 2
    rows = {}
    for child, told in ((one, "yes"), (other, "later")):
        now = Ticket.objects.get(pk=child.pk)
        rows |= {
            f"c{child.pk}-version": now.version, f"c{child.pk}-result": "换了熔丝，已恢复",
            f"c{child.pk}-told": told, f"c{child.pk}-no_reply_reason": "",
        }  # fmt: skip
    assert post(client, "children", parent.number, **rows).status_code == 302
    assert Ticket.objects.get(pk=one.pk).state == State.DONE_PENDING_REVIEW
    assert Ticket.objects.get(pk=other.pk).state == State.MERGED
    again = post(client, "children", parent.number, **rows)
    assert again.status_code in (302, 409, 422)
    assert Event.objects.filter(ticket=one, code="done").count() == 1


def test_an_answer_that_says_too_little_keeps_what_was_typed(cast: Cast, client: Client) -> None:
    parent, child = a_fault(cast), a_fault(cast)
    merged(cast, child, parent)
    done(cast, parent)
    client.force_login(cast.handler)
    name = f"c{child.pk}"
    now = Ticket.objects.get(pk=child.pk)
    typed = {f"{name}-version": now.version, f"{name}-result": "我的话", f"{name}-told": "no"}
    answer = post(client, "children", parent.number, **typed)
    assert answer.status_code == 422
    assert "我的话" in answer.content.decode()
    assert Ticket.objects.get(pk=child.pk).state == State.MERGED


def test_those_who_do_not_lead_answer_nobody(cast: Cast, client: Client) -> None:
    parent, child = a_fault(cast), a_fault(cast)
    merged(cast, child, parent)
    done(cast, parent)
    client.force_login(cast.outsider)
    assert client.get(reverse("tickets:children", args=[parent.number])).status_code == 404
    client.force_login(cast.operator)
    assert f'name="c{child.pk}' not in page(client, "children", parent.number)
    client.force_login(cast.reviewer)
    assert client.get(reverse("tickets:children", args=[parent.number])).status_code == 403


def test_a_merged_ticket_stays_in_the_work_of_whoever_has_the_other(
    cast: Cast, client: Client
) -> None:
    parent, child = a_fault(cast), a_fault(cast, state=State.NEW)
    merged(cast, child, parent)
    done(cast, parent)
    client.force_login(cast.handler)
    assert child.number in page(client, "work", query="?tab=held")
    shown = page(client, "ticket", child.number)
    assert reverse("tickets:children", args=[parent.number]) in shown


def test_a_ticket_is_split_on_its_page_once(cast: Cast, client: Client) -> None:
    whole = a_ticket(cast, state=State.IN_PROGRESS)
    client.force_login(cast.dispatcher)
    page(client, "split", whole.number)
    typed = {
        "part-TOTAL_FORMS": 3, "part-INITIAL_FORMS": 0, "version": whole.version,
        "part-0-category": cast.category("power-fault-one").pk, "part-0-text": "楼道灯也不亮",
        "part-1-category": "", "part-1-text": "", "part-2-category": "", "part-2-text": "",
    }  # fmt: skip
    assert post(client, "split", whole.number, **typed).status_code == 302
    assert post(client, "split", whole.number, **typed).status_code == 409
    child = Link.objects.get().later
    assert child.number in page(client, "ticket", whole.number)
    assert whole.number in page(client, "ticket", child.number)


@pytest.mark.parametrize(
    "broken", [{"part-0-text": ""}, {"part-0-category": ""}, {"part-0-text": "", "part-0-category": ""},
               {"part-TOTAL_FORMS": "x"}, {"part-TOTAL_FORMS": "999"}, {"part-0-category": "x"}],
)  # fmt: skip
def test_half_a_matter_is_no_matter(broken: dict[str, str], cast: Cast, client: Client) -> None:
    whole = a_ticket(cast, state=State.IN_PROGRESS)
    client.force_login(cast.dispatcher)
    typed = {
        "part-TOTAL_FORMS": 1, "part-INITIAL_FORMS": 0, "version": whole.version,
        "part-0-category": cast.category("power-fault-one").pk, "part-0-text": "灯不亮",
    }  # fmt: skip
    assert post(client, "split", whole.number, **typed | broken).status_code in (409, 422)
    assert Ticket.objects.count() == 1


def test_a_link_shows_on_both_and_only_to_those_who_may_see_the_other(
    cast: Cast, client: Client
) -> None:
    fault = a_ticket(cast, kind=Kind.FAULT, state=State.IN_PROGRESS)
    complaint = a_ticket(cast, at=cast.at + STEP, text="没人管的投诉")
    client.force_login(cast.operator)
    page(client, "link", complaint.number)
    typed = {"number": fault.number, "meaning": "derived"}
    for status in (302, 409):
        assert post(client, "link", complaint.number, **typed).status_code == status
    assert fault.number in page(client, "ticket", complaint.number)
    client.force_login(cast.handler)
    assert complaint.subject not in page(client, "ticket", fault.number)


def test_the_ticket_page_costs_nothing_more_without_tasks_and_family(
    cast: Cast, client: Client, django_assert_num_queries: Any
) -> None:
    plain, busy = (a_ticket(cast, kind=Kind.FAULT, state=State.IN_PROGRESS) for _ in range(2))
    merged(cast, a_fault(cast), busy)
    a_task(cast, ticket=busy)
    client.force_login(cast.operator)
    counts = []
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for ticket in (plain, plain, busy):
        with CaptureQueriesContext(connection) as captured:
            page(client, "ticket", ticket.number)
        counts.append(len(captured))
    assert counts[2] - counts[1] <= 5
