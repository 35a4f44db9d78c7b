"""What the check of limits finds, counted over a year; and that the shipped ones stand it."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from organisation import working_time
from organisation.models import Staff
from tests.cast import Cast
from tickets import limit_checks, limit_review, policy_wording, preset_book
from tickets.limit_checks import Code, Finding, Severity
from tickets.limit_wording import LimitWording
from tickets.models import Ladder, Policy
from tickets.policy_wording import Wording

AT = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
_WEEK = {day: [["08:30", "12:00"], ["14:00", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")}
CALENDARS = {
    "always": working_time.calendar_from_data(
        "always", 1, "Asia/Shanghai", {}, {}, None, is_round_the_clock=True
    ),
    "office": working_time.calendar_from_data(
        "office", 1, "Asia/Shanghai", _WEEK,
        {f"2026-10-0{day}": "off" for day in range(1, 8)}, date(2026, 12, 31),
    ),
    "shut": working_time.calendar_from_data(
        "shut", 1, "Asia/Shanghai", {}, {"2020-01-06": [["08:00", "12:00"]]}, None
    ),
}  # fmt: skip
TRIED = limit_checks.starts(AT, "Asia/Shanghai")


def limit(clock: str, amount: str, unit: str = "hours", **changes: Any) -> LimitWording:
    """A limit that begins and stops as is usual for its clock."""
    usual = {
        "dispatch": ("received", ("dispatched",)), "sign": ("dispatched", ("signed",)),
        "first_contact": ("received", ("contacted",)), "arrive": ("received", ("arrived", "done")),
        "restore": ("received", ("done",)), "reply": ("received", ("done",)),
        "review": ("done", ("approved", "rejected")),
        "callback": ("approved", ("called_back", "sent_back")), "total": ("received", ("closed",)),
    }  # fmt: skip
    starts_on, stops_on = usual[clock]
    is_by_day = unit.endswith("days")
    plain: dict[str, Any] = {
        "clock": clock, "amount": Decimal(amount), "unit": unit, "starts_on": starts_on,
        "stops_on": stops_on, "calendar_code": "office" if "working" in unit else "always",
        "is_internal": clock not in ("reply", "restore", "arrive", "total"),
        "counting": "from_next_day" if is_by_day else "from_instant",
    }  # fmt: skip
    return LimitWording(**plain | changes)


def found(*limits: LimitWording) -> list[Finding]:
    return list(limit_checks.of_limits(limits, CALENDARS, TRIED))


def codes(findings: Sequence[Finding]) -> list[tuple[Code, Severity]]:
    return [(one.code, one.severity) for one in findings]


def test_a_year_is_tried_four_times_a_day() -> None:
    assert len(TRIED) == 4 * 366
    assert TRIED[1] == datetime(2026, 3, 9, 1, 0, tzinfo=UTC)


def test_an_internal_limit_with_callback_longer_than_the_promise_is_an_error() -> None:
    (one,) = found(
        limit("reply", "4", "working_days", is_internal=True), limit("review", "1", "working_days"),
        limit("callback", "1", "working_days"), limit("total", "5", "working_days"),
    )
    assert (one.code, one.severity) == (Code.STEPS_EXCEED, Severity.ERROR)
    assert one.facts["steps"] == ("reply", "review", "callback")
    assert (one.facts["clock"], one.facts["times"]) == ("total", len(TRIED))
    assert one.facts["reached"] > one.facts["due"]


def test_the_same_with_room_for_the_callback_is_sound() -> None:
    assert not found(
        limit("reply", "3", "working_days", is_internal=True), limit("review", "1", "working_days"),
        limit("callback", "1", "working_days"), limit("total", "5", "working_days"),
    )


def test_working_days_meet_calendar_days_only_where_a_holiday_lies_between() -> None:
    (one,) = found(
        limit("reply", "5", "working_days", is_internal=True),
        limit("total", "10", "calendar_days", ends="midnight_24"),
    )
    # Five working days are a week, but not over the first week of October.
    assert (one.code, one.severity) == (Code.STEPS_EXCEED, Severity.WARNING)
    assert 0 < one.facts["times"] < 60
    start = one.facts["start"].astimezone(CALENDARS["office"].tz).date()
    assert date(2026, 9, 24) <= start <= date(2026, 9, 30)


def test_a_signature_in_office_hours_leaves_no_time_to_arrive_by_night() -> None:
    arrive = limit("arrive", "45", "minutes")
    (one,) = found(limit("sign", "2", "working_hours", starts_on="received"), arrive)
    assert one.facts["steps"] == ("sign",)
    assert one.severity == Severity.ERROR
    assert not found(limit("sign", "15", "minutes", starts_on="received"), arrive)


def test_what_does_not_begin_with_the_receipt_is_counted_from_where_it_begins() -> None:
    (one,) = found(
        limit("dispatch", "20", "minutes"), limit("sign", "15", "minutes"),
        limit("arrive", "60", "minutes"), limit("restore", "3", starts_on="arrived"),
        limit("reply", "3"),
    )
    assert (one.facts["clock"], one.facts["steps"]) == ("reply", ("arrive", "restore"))
    assert (one.facts["reached"] - one.facts["due"]).total_seconds() == 3600


def test_a_first_contact_after_the_answer_is_found() -> None:
    (one,) = found(limit("first_contact", "24"), limit("reply", "8"))
    assert (one.code, one.severity) == (Code.CONTACT_AFTER_PROMISE, Severity.ERROR)
    assert not found(limit("first_contact", "8"), limit("reply", "24"))


def test_reminders_lie_between_start_and_due() -> None:
    (never,) = found(limit("reply", "4", reminder_minutes=(300,)))
    assert (never.code, never.severity) == (Code.REMINDER_BEFORE_START, Severity.ERROR)
    (late,) = found(limit("reply", "4", reminder_percents=(100,)))
    assert late.code == Code.REMINDER_AFTER_DUE
    assert not found(limit("reply", "4", reminder_minutes=(60,), reminder_percents=(50,)))


def test_an_average_without_maximum_and_a_policy_without_promise_are_told() -> None:
    assert codes(found(limit("restore", "24", measure="avg"))) == [
        (Code.AVERAGE_ALONE, Severity.WARNING)
    ]
    assert codes(found(limit("sign", "1"))) == [(Code.NO_PROMISE, Severity.WARNING)]


def test_a_promise_that_does_not_count_from_the_receipt_is_told() -> None:
    assert codes(found(limit("reply", "24", starts_on="signed"))) == [
        (Code.PROMISE_NOT_FROM_RECEIPT, Severity.WARNING)
    ]


def test_calendars_that_are_missing_shut_or_end_too_soon_are_told() -> None:
    assert codes(found(limit("reply", "1", calendar_code="nowhere")))[0] == (
        Code.NO_SUCH_CALENDAR, Severity.ERROR,
    )  # fmt: skip
    shut = found(limit("reply", "1", "working_days", calendar_code="shut"))
    assert codes(shut)[0] == (Code.NEVER_DUE, Severity.ERROR)
    (one,) = found(limit("reply", "300", "working_days"))
    assert (one.code, one.facts["known_until"]) == (Code.YEAR_UNKNOWN, date(2026, 12, 31))


def said(code: str = "power-complaint", **changes: Any) -> Wording:
    wording = policy_wording.says(Policy.objects.get(code=code, version=1))
    columns = {name: getattr(wording, name) for name in Wording.__dataclass_fields__}
    return Wording(**columns | changes)


def reviewed(cast: Cast, wording: Wording, code: str = "power-complaint") -> set[Code]:
    return {one.code for one in limit_review.of_wording(wording, code=code, at=cast.at)}


def test_selectors_that_nothing_fits_are_errors(cast: Cast) -> None:
    assert reviewed(cast, said()) == set()
    assert reviewed(cast, said(category_code="no-such-thing")) == {Code.UNKNOWN_CATEGORY}
    assert reviewed(cast, said(category_code="gas-complaint-bill")) == {Code.OTHER_MATTER}
    assert reviewed(cast, said(special_period="no-such-time")) == {Code.UNKNOWN_PERIOD}


def test_two_policies_for_the_very_same_matters_are_an_error(cast: Cast) -> None:
    found = limit_review.of_wording(said(), code="another", at=cast.at)
    assert [(one.code, one.severity) for one in found] == [(Code.SAME_WEIGHT, Severity.ERROR)]
    assert found[0].facts["policy"] == "power-complaint"


def test_two_sorts_of_customers_that_one_may_be_of_at_once_are_a_warning(cast: Cast) -> None:
    row = Policy.objects.get(code="power-complaint")
    row.customer_class = "ordinary"
    row.save()
    assert reviewed(cast, said(customer_class="firm"), "another") == {Code.BOTH_MAY_FIT}
    assert reviewed(cast, said(customer_class="key_account"), "another") == set()


def test_a_rung_that_nobody_stands_on_is_told(cast: Cast) -> None:
    Staff.objects.filter(pk=cast.executive.pk).update(is_active=False)
    found = limit_review.of_wording(said(), code="power-complaint", at=cast.at)
    assert {(one.code, one.facts["role"]) for one in found} == {(Code.NOBODY_HOLDS, "executive")}
    assert {one.facts["ladder"] for one in found} <= set(
        Ladder.objects.values_list("code", flat=True)
    )


def test_the_shipped_limits_in_force_can_be_kept(cast: Cast) -> None:
    policies = 0
    for policy, found in limit_review.of_all_in_force(cast.at):
        policies += 1
        errors = [one for one in found if one.severity == Severity.ERROR]
        assert not errors, (policy.code, errors)
    assert policies == len(preset_book.read().in_force)


def test_the_command_lists_what_it_finds_and_fails_on_errors(cast: Cast) -> None:
    # One row is enough for the ways out; that all are counted is tried above.
    Policy.objects.exclude(code="telecom-fault-cable").update(is_withdrawn=True)
    out, err = StringIO(), StringIO()
    call_command("check_limits", "--json", stdout=out, stderr=err)
    summary = json.loads(out.getvalue().splitlines()[-1])
    assert (summary["policies"], summary["errors"]) == (1, 0)
    assert summary["warnings"] == len(err.getvalue().splitlines()) > 0
    assert "average_alone" in err.getvalue()
    Policy.objects.filter(code="telecom-fault-cable").update(category_code="no-such-thing")
    with pytest.raises(CommandError):
        call_command("check_limits", stdout=out)
    assert "unknown_category" in out.getvalue()
