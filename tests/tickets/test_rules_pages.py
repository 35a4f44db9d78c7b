"""Routing rules on their pages: read, add, change, switch off, try out; and for whom not."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assignment.models import Change, Responsibility, RoutingRule
from tests.assignment.test_duty_roster import absent
from tests.cast import Cast
from tickets.models import Ticket

RULES, ADD, TRY = (reverse(f"tickets:{name}") for name in ("rules", "rule-add", "try-out"))


def typed(cast: Cast, **changes: object) -> dict[str, object]:
    plain: dict[str, object] = {
        "company": cast.company.pk, "unit": cast.unit.pk, "kind": "FAULT", "category": "",
        "territory": "", "is_key_account": "", "utility": "", "skill": "", "rank": 100,
    }  # fmt: skip
    return plain | changes


def tried(cast: Cast, **changes: object) -> dict[str, object]:
    plain: dict[str, object] = {
        "company": cast.company.pk, "kind": "FAULT",
        "category": cast.category("power-fault-one").pk, "territory": cast.territory.pk,
    }  # fmt: skip
    return plain | changes


def test_a_rule_is_added_changed_and_switched_off_and_the_log_keeps_it(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.administrator)
    assert client.post(ADD, typed(cast, skill="line")).status_code == 302
    rule = RoutingRule.objects.latest("pk")
    twice = client.post(ADD, typed(cast, skill="line"))
    assert twice.status_code == 409
    assert str(rule.pk) in twice.content.decode()
    address = reverse("tickets:rule", args=[rule.pk])
    assert 'value="line"' in client.get(address).content.decode()
    client.post(address, typed(cast, unit=cast.other_unit.pk, is_key_account="yes"))
    rule.refresh_from_db()
    assert (rule.unit, rule.is_key_account, rule.skill) == (cast.other_unit, True, "")
    switch = reverse("tickets:rule-switch", args=[rule.pk])
    for _ in range(2):
        assert client.post(switch, {"is_on": "no"}).status_code == 302
    rule.refresh_from_db()
    assert not rule.is_active
    log = list(Change.objects.filter(subject_id=rule.pk).order_by("pk"))
    assert [(line.act, line.by) for line in log] == [
        (act, cast.administrator) for act in ("added", "changed", "switched_off")
    ]
    assert log[1].facts["is_key_account"] == [None, True]
    page = client.get(RULES).content.decode()
    assert "安管理" in page
    assert "switched off" in page or "已停用" in page


def test_wrong_rules_are_refused_at_the_field(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    count = RoutingRule.objects.count()
    for wrong in (
        {"unit": cast.hall.pk}, {"unit": cast.other_company.pk}, {"rank": 0},
        {"company": cast.other_company.pk}, {"category": "power-complaint-staff"},
        {"utility": "gas", "category": "power-fault-one"},
    ):  # fmt: skip
        assert client.post(ADD, typed(cast, **wrong)).status_code == 422
    assert RoutingRule.objects.count() == count


def test_a_rule_that_can_never_win_is_saved_with_a_warning(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    client.post(ADD, typed(cast))
    first = RoutingRule.objects.latest("pk")
    answer = client.post(ADD, typed(cast, unit=cast.other_unit.pk), follow=True)
    later = RoutingRule.objects.latest("pk")
    assert later.pk != first.pk
    warned = [str(one) for one in answer.context["messages"] if one.level_tag == "warning"]
    assert len(warned) == 1
    assert str(first.pk) in warned[0]
    entry = next(one for one in answer.context["entries"] if one.rule == later)
    assert entry.beaten_by == (first.pk,)


def test_the_try_out_shows_unit_person_rules_and_people_with_reasons(
    cast: Cast, client: Client
) -> None:
    Responsibility.objects.create(staff=cast.field_worker, territory=cast.territory)
    general = RoutingRule.objects.create(
        company=cast.company, utility="power", unit=cast.other_unit
    )
    green = RoutingRule.objects.create(
        company=cast.company, is_key_account=True, unit=cast.other_unit
    )
    absent(cast.handler)
    client.force_login(cast.dispatcher)
    answer = client.get(TRY, tried(cast, wished=cast.handler.pk))
    trial = answer.context["trial"]
    assert (trial.unit, trial.prospect.person) == (cast.unit, cast.field_worker)
    assert [(one.rule.pk, one.verdict.lost_by) for one in trial.fitting[1:]] == [
        (general.pk, "territory")
    ]
    missed = {one.rule.pk: one.verdict.misfits for one in trial.others}
    assert missed[green.pk] == ("is_key_account",)
    codes = [reason["code"] for reason in trial.prospect.reasons]
    assert codes[0] == "wish_not_kept"
    assert "has_territory" in codes
    rows = {row.staff: row.standing for row in trial.prospect.rows}
    assert (rows[cast.field_worker].place, rows[cast.handler].out) == (1, "absent")
    page = answer.content.decode()
    assert "费现场" in page and "韩承办" in page
    keyed = client.get(TRY, tried(cast, is_key_account="on"))
    assert keyed.context["trial"].unit == cast.other_unit
    assert not Ticket.objects.exists()


def test_the_try_out_of_a_matter_no_rule_fits_says_so(cast: Cast, client: Client) -> None:
    RoutingRule.objects.all().delete()
    client.force_login(cast.administrator)
    answer = client.get(TRY, tried(cast))
    assert answer.context["trial"].unit is None
    assert client.get(TRY, {"kind": "x"}).status_code == 422


@pytest.mark.parametrize("who", ["leader", "handler", "operator", "auditor", "outsider"])
def test_others_neither_read_nor_write_the_rules(who: str, cast: Cast, client: Client) -> None:
    client.force_login(getattr(cast, who))
    rule = RoutingRule.objects.first()
    assert rule is not None
    for address in (RULES, TRY, ADD, reverse("tickets:rule", args=[rule.pk])):
        assert client.get(address).status_code == 403
    assert client.post(ADD, typed(cast)).status_code == 403
    switch = reverse("tickets:rule-switch", args=[rule.pk])
    assert client.post(switch, {"is_on": "no"}).status_code == 403
    rule.refresh_from_db()
    assert rule.is_active


def test_another_companys_administrator_finds_no_rule_of_ours(cast: Cast, client: Client) -> None:
    cast.stranger.roles = ["administrator"]
    cast.stranger.save()
    client.force_login(cast.stranger)
    rule = RoutingRule.objects.first()
    assert rule is not None
    assert client.get(RULES).context["entries"] == []
    for pk in (rule.pk, 999_999):
        assert client.get(reverse("tickets:rule", args=[pk])).status_code == 404
        assert client.post(reverse("tickets:rule-switch", args=[pk])).status_code == 404
    assert client.post(ADD, typed(cast)).status_code == 422


def test_the_list_of_rules_costs_the_same_however_long_it_is(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(RULES).status_code == 200
        return len(captured)

    statements()
    few = statements()
    for kind in ("FAULT", "COMPLAINT", "PRAISE"):
        RoutingRule.objects.create(company=cast.company, kind=kind, unit=cast.unit)
    assert statements() == few <= 12
