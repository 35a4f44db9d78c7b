"""Limits on their pages: read, written as versions, copied, withdrawn, called off; for whom not."""

import dataclasses
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from organisation.models import Staff
from tests.cast import Cast
from tests.factories.tickets import a_ticket
from tickets import policy_keeping, policy_wording
from tickets.forms import limits as limit_forms
from tickets.forms import policies as policy_forms
from tickets.models import Ladder, Policy
from tickets.states import State

LIMITS, NEW = reverse("tickets:limits"), reverse("tickets:policy-new")
CODE = "power-complaint"


def page(code: str = CODE) -> str:
    return reverse("tickets:policy", args=[code])


def edit(code: str = CODE) -> str:
    return reverse("tickets:policy-edit", args=[code])


def typed(limits: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    """What a browser sends, as tickets.forms.policies describes it."""
    plain: dict[str, Any] = {
        "name_zh": "供电投诉", "name_en": "Power complaint", "utility": "power", "kind": "COMPLAINT",
        "return_amount": "1", "return_unit": "working_days", "return_calendar": "working-days-cn",
        "most_extensions": "1", "limits-TOTAL_FORMS": str(len(limits)), "limits-INITIAL_FORMS": "0",
    }  # fmt: skip
    for n, limit in enumerate(limits):
        plain |= {f"limits-{n}-{name}": value for name, value in (A_LIMIT | limit).items()}
    return plain | fields


A_LIMIT = {
    "clock": "reply", "amount": "4", "unit": "working_days", "measure": "max",
    "counting": "from_next_day", "ends": "business_close", "calendar": "working-days-cn",
    "is_internal": "no", "reminder_percents": "50, 80", "ladder": "standard",
}  # fmt: skip
CONTACT = {
    "clock": "first_contact", "amount": "24", "unit": "hours", "counting": "from_instant",
    "calendar": "round-the-clock", "reminder_percents": "", "reminder_minutes": "2 h, 30 min",
    "ladder": "fast",
}  # fmt: skip


def as_it_stands(code: str, **changes: Any) -> dict[str, Any]:
    """The form of a policy as a browser would send it back untouched, with some fields changed."""
    newest = policy_wording.newest(code)
    assert newest is not None
    said = policy_wording.says(newest)
    rows = limit_forms.initial_of(said.limits)
    fields = {k: v for k, v in policy_forms.initial_of(said).items() if v is not None}
    blank = {"cut_off", "next_opening"}
    rows = [{k: v for k, v in row.items() if k not in blank or v} for row in rows]
    sent = fields | {
        "base": str(newest.pk), "limits-TOTAL_FORMS": str(len(rows)),
        "limits-INITIAL_FORMS": str(len(rows)),
    }  # fmt: skip
    for n, row in enumerate(rows):
        sent |= {f"limits-{n}-{name}": value for name, value in row.items()}
    return sent | changes


@pytest.fixture
def admin(cast: Cast, client: Client) -> Client:
    client.force_login(cast.administrator)
    return client


def test_contact_in_24_hours_and_an_answer_in_four_working_days_is_typed_as_it_is_said(
    cast: Cast, admin: Client
) -> None:
    sent = typed([CONTACT, {}], customer_class="key_account", note="Contract of 2026")
    answer = admin.post(NEW, sent)
    assert answer.status_code == 302, answer.content.decode()
    made = Policy.objects.latest("pk")
    assert (made.code, made.version, made.made_by) == (
        "key-account-power-complaint",
        1,
        cast.administrator,
    )
    contact, reply = made.limits.order_by("pk")
    assert (contact.amount, contact.unit, contact.starts_on) == (24, "hours", "received")
    assert contact.reminder_minutes == [120, 30]
    assert contact.stops_on == ["contacted", "resolved_on_the_spot", "closed", "cancelled"]
    assert (reply.counting, reply.ends, reply.reminder_percents) == (
        "from_next_day", "business_close", [50, 80],
    )  # fmt: skip
    assert reply.ladder == Ladder.objects.get(code="standard")
    shown = admin.get(page(made.code)).content.decode()
    assert "Contract of 2026" in shown
    cast.customer.is_key_account = True
    cast.customer.save()
    ticket = a_ticket(cast, state=State.NEW, at=timezone.now())
    assert ticket.policy == made


def test_an_edit_is_a_new_version_and_open_tickets_keep_theirs(cast: Cast, admin: Client) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    before = list(ticket.clocks.values_list("name", "due_at"))
    answer = admin.post(edit(), as_it_stands(CODE, **{"limits-3-amount": "3", "note": "Tighter"}))
    assert answer.status_code == 302
    first, second = Policy.objects.filter(code=CODE).order_by("version")
    assert [one.limits.get(clock="reply").amount for one in (first, second)] == [4, 3]
    assert (second.supersedes, second.made_by, second.note) == (
        first,
        cast.administrator,
        "Tighter",
    )
    ticket.refresh_from_db()
    assert ticket.policy == first
    assert list(ticket.clocks.values_list("name", "due_at")) == before
    later = a_ticket(cast, state=State.NEW, at=timezone.now())
    assert later.policy == second


def test_what_a_step_demands_is_read_beside_its_limit(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    words = {"limits-2-procedure_zh": "先致歉，再核实户号。", "limits-2-procedure_en": "Apologise first."}
    assert client.post(edit(), as_it_stands(CODE, **words)).status_code == 302
    client.force_login(cast.handler)
    client.cookies["django_language"] = "en"
    assert "Apologise first." in client.get(page()).content.decode()
    client.cookies["django_language"] = "zh-hans"
    assert "先致歉，再核实户号。" in client.get(page()).content.decode()


def test_what_is_not_changed_is_not_saved(cast: Cast, admin: Client) -> None:
    for code in Policy.objects.filter(utility="power").values_list("code", flat=True):
        answer = admin.post(edit(code), as_it_stands(code))
        assert answer.status_code == 409, (code, answer.content.decode())
    assert not Policy.objects.filter(version=2).exists()


def test_the_same_form_sent_twice_makes_one_version(admin: Client) -> None:
    sent = as_it_stands(CODE, **{"limits-3-amount": "3"})
    new = typed([{}], channel="web")
    for _ in range(2):
        assert admin.post(edit(), sent).status_code == 302
        assert admin.post(NEW, new).status_code == 302
    assert Policy.objects.filter(code=CODE).count() == 2
    assert Policy.objects.filter(channel="web").count() == 1


def test_the_second_of_two_administrators_sees_the_others_version_and_keeps_what_was_typed(
    cast: Cast, admin: Client
) -> None:
    mine = as_it_stands(CODE, **{"limits-3-amount": "3", "name_en": "My own words"})
    first = policy_wording.newest(CODE)
    other = Staff.objects.get(pk=cast.administrator.pk)
    said = policy_wording.says(first)
    policy_keeping.change(
        policy=first, wording=dataclasses.replace(said, most_extensions=2), note="Theirs", by=None,
        at=timezone.now(),
    )  # fmt: skip
    answer = admin.post(edit(), mine)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "My own words" in text
    theirs = policy_wording.newest(CODE)
    assert f'name="base" value="{theirs.pk}"' in text
    assert Policy.objects.filter(code=CODE).count() == 2
    again = admin.post(edit(), mine | {"base": str(theirs.pk)})
    assert again.status_code == 302
    assert policy_wording.newest(CODE).made_by == other


def test_one_more_limit_without_script_keeps_what_was_typed(admin: Client) -> None:
    sent = typed([CONTACT, {"amount": "soon", "DELETE": ""}], name_en="Half typed", more="1")
    text = admin.post(NEW, sent).content.decode()
    assert "Half typed" in text
    assert 'value="soon"' in text
    assert "limits-2-clock" in text
    assert "limits-3-clock" not in text
    assert not Policy.objects.filter(name_en="Half typed").exists()
    sent["limits-0-DELETE"] = "on"
    assert "limits-2-clock" not in admin.post(NEW, sent).content.decode()


WRONG = [
    {"amount": "-1"}, {"amount": "0", "counting": "from_instant"}, {"amount": "99999999999"},
    {"amount": "4000"}, {"amount": "soon"}, {"amount": "NaN"}, {"amount": ""},
    {"unit": "fortnights"}, {"clock": "lunch"},
    {"calendar": "moon"}, {"ladder": "snake"}, {"reminder_percents": "half"},
    {"reminder_percents": "100"}, {"reminder_percents": "1,2,3,4,5,6,7"},
    {"reminder_minutes": "soon"}, {"reminder_minutes": "9" * 40},
    {"unit": "hours", "counting": "from_instant", "reminder_minutes": "5 h"},
    {"counting": "same_clock_time", "amount": "1.5"},
    {"counting": "same_clock_time", "cut_off": "15:00"},
    {"cut_off": "15:00", "next_opening": "09:00"},
    {"starts_on": "done", "stops_on": ["done"]}, {"clock": "total", "starts_on": "arrived"},
    {"measure": "avg"}, {"procedure_en": "x" * 2001},
]  # fmt: skip


def test_what_contradicts_itself_is_told_beside_the_limit(admin: Client) -> None:
    count = Policy.objects.count()
    for wrong in WRONG:
        answer = admin.post(NEW, typed([CONTACT, wrong], channel="web", name_zh="别丢了我"))
        text = answer.content.decode()
        assert answer.status_code == 422, wrong
        assert "别丢了我" in text, wrong
        assert 'href="#limit-2"' in text, wrong
        assert 'class="limit-form is-wrong" id="limit-2"' in text, wrong
    assert Policy.objects.count() == count


WRONG_FIELDS = [
    {"name_zh": "", "name_en": ""}, {"utility": "coal"}, {"level": "9"},
    {"category": "gas-fault-leak"}, {"special_period": "never"}, {"company": "999999"},
    {"return_amount": "-1"}, {"most_extensions": "99"}, {"rest_parts": "-3"},
    {"effective_at": "2020-01-01T00:00"}, {"effective_at": "9999-12-31T23:59"},
    {"effective_at": "yesterday"}, {"note": "x" * 301}, {"limits-TOTAL_FORMS": "10000"},
    {"limits-TOTAL_FORMS": "0"}, {"limits-TOTAL_FORMS": "-1"}, {"limits-TOTAL_FORMS": "x"},
]  # fmt: skip


def test_wrong_fields_of_the_policy_are_refused_with_everything_kept(admin: Client) -> None:
    count = Policy.objects.count()
    for wrong in WRONG_FIELDS:
        answer = admin.post(NEW, typed([CONTACT], channel="web", source_en="Keep me") | wrong)
        assert answer.status_code == 422, wrong
        assert "Keep me" in answer.content.decode(), wrong
    assert Policy.objects.count() == count


def test_a_broken_request_is_refused_and_not_a_fault(admin: Client) -> None:
    assert admin.post(NEW, typed([CONTACT], name_en="a\0b")).status_code == 400
    assert admin.post(NEW, {"more": "1", "limits-TOTAL_FORMS": "9" * 50}).status_code == 200
    assert admin.post(NEW, {}).status_code == 422
    assert admin.post(edit(), {"base": "9" * 40}).status_code == 422
    assert admin.get(page() + "?version=" + "9" * 40).status_code == 404
    assert admin.get(LIMITS + "?utility=coal&kind=x&text=" + "y" * 500).status_code == 200


def test_the_same_clock_stands_once_as_a_maximum_and_once_as_an_average(admin: Client) -> None:
    average = {"measure": "avg", "reminder_percents": "", "ladder": ""}
    twice = admin.post(NEW, typed([{}, {"amount": "5"}], channel="web"))
    assert twice.status_code == 422
    assert 'href="#limit-2"' in twice.content.decode()
    assert admin.post(NEW, typed([{}, average], channel="web")).status_code == 302


def test_two_policies_for_the_very_same_matters_are_refused(admin: Client) -> None:
    answer = admin.post(NEW, typed([{}]))
    assert answer.status_code == 409
    assert not Policy.objects.filter(code=CODE, version=2).exists()


def test_a_planned_version_takes_effect_on_its_day_and_can_be_called_off(
    cast: Cast, admin: Client
) -> None:
    sent = as_it_stands(CODE, **{"limits-3-amount": "3", "effective_at": "2030-01-01T00:00"})
    # The desk plans ten years ahead at the most; the test world's clock is the database's own.
    assert admin.post(edit(), sent).status_code == 302
    planned = policy_wording.newest(CODE)
    assert planned.effective_at == datetime(2029, 12, 31, 16, tzinfo=UTC)
    assert a_ticket(cast, state=State.NEW).policy.version == 1
    assert Policy.objects.in_force(planned.effective_at).get(code=CODE) == planned
    address = reverse("tickets:policy-call-off", args=[CODE, 2])
    assert address in admin.get(page()).content.decode()
    assert admin.post(address).status_code == 302
    assert admin.post(address).status_code == 409
    assert Policy.objects.in_force(planned.effective_at).get(code=CODE).version == 1
    first = reverse("tickets:policy-call-off", args=[CODE, 1])
    assert admin.post(first).status_code == 409, "what is in force is not called off"


def test_a_version_saved_now_calls_off_what_was_planned(admin: Client) -> None:
    sent = as_it_stands(CODE, **{"limits-3-amount": "3", "effective_at": "2030-01-01T00:00"})
    admin.post(edit(), sent)
    assert admin.post(edit(), as_it_stands(CODE, **{"limits-3-amount": "2"})).status_code == 302
    assert Policy.objects.get(code=CODE, version=2).called_off_at is not None
    assert Policy.objects.in_force(datetime(2031, 1, 1, tzinfo=UTC)).get(code=CODE).version == 3


def test_a_clock_that_the_end_of_the_ticket_alone_stops_survives_an_edit(admin: Client) -> None:
    total = {"clock": "total", "amount": "9", "ladder": "", "reminder_percents": ""}
    sent = typed([{"stops_on": ["closed"]}, total], channel="web")
    assert admin.post(NEW, sent).status_code == 302
    made = Policy.objects.latest("pk")
    ends = {"resolved_on_the_spot", "closed", "cancelled"}
    assert [set(limit.stops_on) for limit in made.limits.all()] == [ends] * 2
    assert admin.post(edit(made.code), as_it_stands(made.code)).status_code == 409
    changed = as_it_stands(made.code, most_extensions="3")
    assert admin.post(edit(made.code), changed).status_code == 302
    newest = Policy.objects.latest("pk")
    assert [set(limit.stops_on) for limit in newest.limits.all()] == [ends] * 2


def test_a_withdrawn_policy_lets_the_less_specific_hold_and_can_come_back(
    cast: Cast, admin: Client
) -> None:
    address = reverse("tickets:policy-withdraw", args=[CODE])
    assert admin.post(address, {"note": ""}).status_code == 422
    assert admin.post(address, {"note": "Merged into the general one"}).status_code == 302
    assert admin.post(address, {"note": "again"}).status_code == 409
    later = timezone.now()
    assert a_ticket(cast, state=State.NEW, at=later).policy.code == "any-complaint"
    assert page() not in admin.get(LIMITS).content.decode()
    assert page() in admin.get(LIMITS + "?withdrawn=on").content.decode()
    assert admin.post(edit(), as_it_stands(CODE)).status_code == 302
    assert a_ticket(cast, state=State.NEW, at=timezone.now()).policy.code == CODE


def test_an_earlier_version_can_be_the_start_of_the_next(admin: Client) -> None:
    admin.post(edit(), as_it_stands(CODE, **{"limits-3-amount": "3"}))
    text = admin.get(edit() + "?from=1").content.decode()
    assert 'name="limits-3-amount" value="4"' in text
    assert f'name="base" value="{policy_wording.newest(CODE).pk}"' in text


def test_everybody_reads_the_limits_and_only_administrators_write_them(
    cast: Cast, client: Client
) -> None:
    for who in (cast.handler, cast.clerk, cast.supervisor):
        client.force_login(who)
        assert client.get(page()).status_code == 200
        assert edit() not in client.get(page()).content.decode()
        for address in (NEW, edit()):
            assert client.post(address, as_it_stands(CODE)).status_code == 403
    client.force_login(cast.stranger)
    assert client.get(page()).status_code == 404
    assert client.get(page("any")).status_code == 200


def test_an_administrator_keeps_the_limits_of_the_own_companies_alone(
    cast: Cast, client: Client
) -> None:
    """What holds for all companies is kept at the group; telecom's limits are not there at all."""
    client.force_login(cast.administrator)
    assert client.post(edit("any"), as_it_stands("any", most_extensions="2")).status_code == 403
    assert client.get(edit("telecom-complaint")).status_code == 404
    general = typed([{}], utility="", kind="", channel="letter")
    assert client.post(NEW, general).status_code == 403
    ours = typed([{}], utility="", kind="", channel="letter", company=cast.company.pk)
    assert client.post(NEW, ours).status_code == 302
    assert Policy.objects.latest("pk").company == cast.company
    cast.administrator.unit = cast.group
    cast.administrator.save()
    assert client.post(edit("any"), as_it_stands("any", most_extensions="2")).status_code == 302
    assert (
        client.post(
            edit("telecom-complaint"), as_it_stands("telecom-complaint", most_extensions="2")
        ).status_code
        == 302
    )


def test_the_own_limits_of_another_company_are_not_there(cast: Cast, client: Client) -> None:
    said = policy_wording.says(policy_wording.newest(CODE))
    theirs = policy_keeping.add(
        wording=dataclasses.replace(said, company=cast.other_company), note="", by=None,
        at=timezone.now(),
    )  # fmt: skip
    client.force_login(cast.administrator)
    for address in (page(theirs.code), edit(theirs.code)):
        assert client.get(address).status_code == 404
    assert theirs.code not in client.get(LIMITS).content.decode()


def test_the_list_is_narrowed_and_takes_as_many_statements_for_two_as_for_forty(
    admin: Client,
) -> None:
    admin.get(LIMITS)
    with CaptureQueriesContext(connection) as many:
        everything = admin.get(LIMITS).content.decode()
    with CaptureQueriesContext(connection) as few:
        narrow = admin.get(LIMITS + "?kind=PRAISE").content.decode()
    assert page("power-praise") in everything
    assert page(CODE) in everything
    assert page("power-praise") in narrow
    assert page(CODE) not in narrow
    assert abs(len(many) - len(few)) <= 1
    assert len(many) <= 17
    assert page("power-report") in admin.get(LIMITS + "?text=举报").content.decode()


def test_the_clock_of_the_database_is_what_versions_are_dated_by(admin: Client) -> None:
    before = timezone.now() - timedelta(minutes=5)
    admin.post(edit(), as_it_stands(CODE, **{"limits-3-amount": "3"}))
    newest = policy_wording.newest(CODE)
    assert before < newest.effective_at == newest.created_at


def test_of_two_who_save_at_the_same_moment_one_is_told(transactional_db: None, cast: Cast) -> None:
    """Two threads, two connections: one version is written, the other person keeps what they typed."""
    first = policy_wording.newest(CODE)
    assert first is not None
    said = policy_wording.says(first)
    start = threading.Barrier(2)
    answers: list[str] = []

    def save(extensions: int) -> None:
        try:
            start.wait(10)
            wording = dataclasses.replace(said, most_extensions=extensions)
            policy_keeping.change(
                policy=first, wording=wording, note="", by=cast.administrator, at=timezone.now()
            )
            answers.append("saved")
        except policy_keeping.WrittenMeanwhile as error:
            answers.append(f"told of {error.details['version']}")
        finally:
            connection.close()

    both = [threading.Thread(target=save, args=(count,)) for count in (2, 3)]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert sorted(answers) == ["saved", "told of 2"]
    assert Policy.objects.filter(code=CODE).count() == 2
