"""Two versions beside each other: what changed, limit by limit, and how due times move."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tickets import limit_differences, policy_keeping, policy_wording
from tickets.limit_differences import Differences
from tickets.models import Policy
from tickets.policy_wording import Wording


def first() -> Wording:
    return policy_wording.says(Policy.objects.get(code="power-complaint", version=1))


def second() -> Wording:
    """Two working days instead of four, no first contact, a total of ten days, another doubt."""
    said = first()
    limits = tuple(
        replace(one, amount=Decimal(2), reminder_percents=(80,)) if one.clock == "reply" else one
        for one in said.limits
        if one.clock != "first_contact"
    )
    total = replace(
        limits[0], clock="total", amount=Decimal(10), unit="calendar_days", stops_on=("closed",)
    )
    return replace(said, limits=(*limits, total), doubt_en="Confirmed.", doubt_zh="已确认。")


def between(cast: Cast) -> Differences:
    return limit_differences.between(first(), second(), at=cast.at)


def test_each_limit_is_added_left_out_or_changed_in_its_aspects(cast: Cast) -> None:
    told = {one.limit.clock: one for one in between(cast).limits}
    assert set(told) == {"reply", "first_contact", "total"}
    assert told["reply"].aspects == ("length", "reminders")
    assert (told["first_contact"].after, told["total"].before) == (None, None)


def test_what_else_is_said_otherwise_is_listed(cast: Cast) -> None:
    changes = {one.name: (one.before, one.after) for one in between(cast).changes}
    assert set(changes) == {"doubt_en", "doubt_zh"}
    assert changes["doubt_en"][1] == "Confirmed."
    assert limit_differences.between(first(), first(), at=cast.at).is_none


def test_due_times_move_from_three_telling_moments(cast: Cast) -> None:
    shift = next(one for one in between(cast).shifts if one.limit.clock == "reply")
    # Tuesday the 10th at ten, Friday at five, the day before Qingming at four, in Shanghai.
    assert [start.at.astimezone(UTC) for start, _before, _after in shift.due] == [
        datetime(2026, 3, 10, 2, 0, tzinfo=UTC), datetime(2026, 3, 13, 9, 0, tzinfo=UTC),
        datetime(2026, 4, 3, 8, 0, tzinfo=UTC),
    ]  # fmt: skip
    assert [start.sort for start, _before, _after in shift.due] == ["morning", "friday", "holiday"]
    _start, before, after = shift.due[2]
    # Three days off follow; then four working days, or two.
    assert before == datetime(2026, 4, 10, 9, 30, tzinfo=UTC)
    assert after == datetime(2026, 4, 8, 9, 30, tzinfo=UTC)


def test_what_does_not_move_a_due_time_is_not_counted_through(cast: Cast) -> None:
    said = first()
    limits = tuple(replace(one, reminder_percents=(10,)) for one in said.limits)
    found = limit_differences.between(said, replace(said, limits=limits), at=cast.at)
    assert found.limits and not found.shifts


def test_the_page_tells_it_to_everyone_who_sees_the_policy(cast: Cast, client: Client) -> None:
    planned = policy_keeping.change(
        policy=Policy.objects.get(code="power-complaint"), wording=second(), note="新承诺", by=None,
        at=cast.at, effective_at=cast.at + timedelta(days=3),
    )  # fmt: skip
    address = reverse("tickets:policy-compare", args=["power-complaint"])
    client.force_login(cast.clerk)
    page = client.get(address, headers={"accept-language": "en"}).content.decode()
    for word in ("4 working days", "2 working days", "Confirmed.", "新承诺", "the end of a week"):
        assert word in page, word
    same = client.get(address, {"from": 1, "to": 1}, headers={"accept-language": "en"})
    assert "Both say the same." in same.content.decode()
    assert client.get(address, {"from": "9"}).status_code == 404
    assert client.get(reverse("tickets:policy-compare", args=["gas-leak"])).status_code == 404
    assert planned.version == 2


def test_the_check_is_a_piece_of_the_policys_page(cast: Cast, client: Client) -> None:
    client.force_login(cast.clerk)
    address = reverse("tickets:policy-check", args=["power-complaint"])
    assert address in client.get(reverse("tickets:policy", args=["power-complaint"])).content.decode()
    page = client.get(address, headers={"accept-language": "en"}).content.decode()
    assert "Can it be kept?" in page
    assert client.get(reverse("tickets:policy-check", args=["gas-leak"])).status_code == 404


def test_a_limit_that_only_the_end_stops_can_be_written_again_as_it_reads(cast: Cast) -> None:
    changed = policy_keeping.change(
        policy=Policy.objects.get(code="power-complaint"), wording=second(), note="", by=None,
        at=cast.at,
    )  # fmt: skip
    said = policy_wording.says(changed)
    assert next(one for one in said.limits if one.clock == "total").stops_on == ("closed",)
    again = replace(said, doubt_en="Once more.")
    assert policy_keeping.change(
        policy=changed, wording=again, note="", by=None, at=cast.at
    ).version == 3  # fmt: skip
