"""Ladders and special periods on their pages: written, changed, ended; what stands on them; for
whom not."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tickets import policy_wording, presetting
from tickets.models import Ladder, Limit, Policy, SpecialPeriod

LADDERS, PERIODS = reverse("tickets:ladders"), reverse("tickets:periods")


@pytest.fixture
def admin(cast: Cast, client: Client) -> Client:
    client.force_login(cast.administrator)
    return client


# Ladders


def ladder_typed(rungs: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    sent: dict[str, Any] = {
        "name_zh": "夜间", "name_en": "At night", "rungs-TOTAL_FORMS": str(len(rungs)),
        "rungs-INITIAL_FORMS": "0",
    }  # fmt: skip
    plain = {
        "after_amount": "30",
        "after_unit": "minutes",
        "role": "supervisor",
        "repeat_unit": "minutes",
    }
    for n, rung in enumerate(rungs):
        sent |= {f"rungs-{n}-{name}": value for name, value in (plain | rung).items()}
    return sent | fields


def test_a_ladder_is_written_and_its_change_carries_the_limits_on_it_along(
    cast: Cast, client: Client
) -> None:
    cast.administrator.unit = cast.group
    cast.administrator.save()
    client.force_login(cast.administrator)
    new = reverse("tickets:ladder-new")
    up = {"after_amount": "2", "after_unit": "hours", "role": "executive"}
    for _ in range(2):
        assert client.post(new, ladder_typed([{}, up])).status_code == 302
    ladder = Ladder.objects.get(code="at-night")
    assert [(r.after_amount, r.role) for r in ladder.rungs.order_by("order")] == [
        (30, "supervisor"), (2, "executive"),
    ]  # fmt: skip
    standard = Ladder.objects.filter(code="standard").latest("version")
    users = Limit.objects.filter(ladder=standard).values("policy__code").distinct().count()
    again = {"most_repeats": "3", "repeat_amount": "1", "repeat_unit": "hours"}
    last = {"after_amount": "2", "after_unit": "working_days", "role": "executive"} | again
    sent = ladder_typed(
        [up, last],
        name_zh=standard.name_zh,
        name_en=standard.name_en,
        base=standard.pk,
        note="Faster",
    )
    for _ in range(2):
        answer = client.post(reverse("tickets:ladder-edit", args=["standard"]), sent)
        assert answer.status_code == 302, answer.content.decode()
    changed = Ladder.objects.filter(code="standard").latest("version")
    assert (changed.version, changed.made_by) == (standard.version + 1, cast.administrator)
    assert changed.rungs.get(order=2).most_repeats == 3
    on_it = Policy.objects.filter(limits__ladder=changed).distinct()
    assert on_it.count() == users
    assert {one.made_by for one in on_it} == {cast.administrator}
    assert policy_wording.newest("power-complaint").note == "Faster"


WRONG_RUNGS: list[list[dict[str, Any]]] = [
    [], [{"after_amount": "-1"}], [{"after_amount": "x"}], [{"role": "cook"}], [{"role": ""}],
    [{"after_amount": "4000", "after_unit": "hours"}], [{}, {"after_amount": "5"}],
    [{"most_repeats": "3"}], [{"most_repeats": "99", "repeat_amount": "1"}],
]  # fmt: skip


def test_rungs_that_lead_nowhere_are_refused(admin: Client) -> None:
    for wrong in WRONG_RUNGS:
        answer = admin.post(reverse("tickets:ladder-new"), ladder_typed(wrong))
        assert answer.status_code == 422, wrong
        assert "夜间" in answer.content.decode(), wrong
    assert not Ladder.objects.filter(name_zh="夜间").exists()


def test_a_shared_ladder_is_not_changed_by_one_company(cast: Cast, admin: Client) -> None:
    address = reverse("tickets:ladder-edit", args=["standard"])
    assert admin.post(address, ladder_typed([{}])).status_code == 403
    assert Ladder.objects.filter(code="standard").count() == 1
    assert "standard" in admin.get(LADDERS).content.decode()


# Special periods


def period_typed(**fields: Any) -> dict[str, Any]:
    return {
        "name_zh": "抗旱保电", "name_en": "Drought relief", "starts_on": "2026-06-07",
        "ends_on": "2026-06-10", "is_yearly": "on", "utility": "power",
    } | fields  # fmt: skip


def test_a_period_is_added_changed_and_ended_and_no_row_is_rewritten(
    cast: Cast, admin: Client
) -> None:
    new = reverse("tickets:period-new")
    assert admin.post(new, period_typed()).status_code == 302
    assert admin.post(new, period_typed()).status_code == 409
    first = SpecialPeriod.objects.get(name_zh="抗旱保电")
    assert "抗旱保电" in admin.get(PERIODS).content.decode()
    address = reverse("tickets:period-edit", args=[first.pk])
    assert admin.post(address, period_typed()).status_code == 409, "nothing is new"
    assert admin.post(address, period_typed(ends_on="2026-06-09")).status_code == 302
    assert admin.post(address, period_typed(ends_on="2026-06-08")).status_code == 409
    first.refresh_from_db()
    second = SpecialPeriod.objects.get(supersedes=first)
    assert (first.ends_on, first.ended_by) == (date(2026, 6, 10), cast.administrator)
    assert (second.ends_on, second.code) == (date(2026, 6, 9), first.code)
    end = reverse("tickets:period-end", args=[second.pk])
    assert admin.post(end).status_code == 302
    assert admin.post(end).status_code == 409
    again = period_typed(
        code=first.code, name_zh="", name_en="", starts_on="2027-06-07", ends_on="2027-06-09"
    )
    assert admin.post(new, again).status_code == 302
    assert SpecialPeriod.objects.latest("pk").name_zh == "抗旱保电"


WRONG_DAYS = [
    {"ends_on": "2026-06-01", "is_yearly": ""}, {"starts_on": "soon"}, {"starts_on": "0001-01-01"},
    {"ends_on": "9999-12-31"}, {"name_zh": "", "name_en": ""}, {"utility": "coal"}, {"company": "0"},
]  # fmt: skip


def test_wrong_days_are_refused_beside_them(admin: Client) -> None:
    for wrong in WRONG_DAYS:
        sent = {k: v for k, v in (period_typed(note="Keep me") | wrong).items() if v}
        answer = admin.post(reverse("tickets:period-new"), sent)
        assert answer.status_code == 422, wrong
        assert "Keep me" in answer.content.decode(), wrong
    assert not SpecialPeriod.objects.filter(note="Keep me").exists()


def test_a_period_of_all_companies_is_kept_at_the_group(cast: Cast, admin: Client) -> None:
    new = reverse("tickets:period-new")
    assert admin.post(new, period_typed(utility="")).status_code == 403
    theirs = SpecialPeriod.objects.create(
        code="t", name_en="T", name_zh="T", starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 2),
        company=cast.other_company, created_at=cast.at,
    )  # fmt: skip
    for name in ("period-edit", "period-end"):
        assert (
            admin.post(reverse(f"tickets:{name}", args=[theirs.pk]), period_typed()).status_code
            == 404
        )
    cast.administrator.unit = cast.group
    cast.administrator.save()
    assert admin.post(new, period_typed(utility="")).status_code == 302
    shared = SpecialPeriod.objects.latest("pk")
    assert shared.utility == ""


def test_shipped_periods_are_loaded_once_and_what_was_ended_stays_ended(
    cast: Cast, admin: Client
) -> None:
    shipped = SpecialPeriod.objects.get(code="summer-peak")
    assert admin.post(reverse("tickets:period-end", args=[shipped.pk])).status_code == 302
    assert presetting.load(by=None, at=cast.at) == presetting.Loaded(0, 0, 0)
    assert not SpecialPeriod.objects.standing().filter(code="summer-peak").exists()
