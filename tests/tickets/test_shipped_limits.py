"""The shipped limits: loaded once, versioned when edited, and due when the sources say."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import translation

from tests import reading
from tests.cast import Cast
from tests.factories.tickets import a_ticket
from tickets import presetting
from tickets.kinds import Kind
from tickets.models import Category, Clock, Ladder, Limit, Policy


def test_loading_again_changes_nothing(cast: Cast) -> None:
    before = (Category.objects.count(), Ladder.objects.count(), Limit.objects.count())
    assert presetting.load(by=None, at=cast.at) == presetting.Loaded(0, 0, 0)
    assert before == (Category.objects.count(), Ladder.objects.count(), Limit.objects.count())


def test_an_edited_policy_becomes_a_new_version_in_force_from_then(
    cast: Cast, tmp_path: Path
) -> None:
    folder = _copy(tmp_path)
    data = json.loads((folder / "policies.json").read_text("utf-8"))
    data["limits"]["reply-4-working-days"]["amount"] = "3"
    (folder / "policies.json").write_text(json.dumps(data), "utf-8")
    later = cast.at + timedelta(days=1)
    assert presetting.load(by=None, at=later, folder=folder) == presetting.Loaded(0, 0, 2)
    assert presetting.load(by=None, at=later, folder=folder) == presetting.Loaded(0, 0, 0)
    first, second = Policy.objects.filter(code="power-complaint").order_by("version")
    assert (first.limits.get(clock="reply").amount, second.limits.get(clock="reply").amount) == (4, 3)
    assert second.effective_at == later
    assert Policy.objects.in_force(cast.at).get(code="power-complaint") == first


def test_an_edited_ladder_gives_its_policies_new_versions_too(cast: Cast, tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    ladders = json.loads((folder / "ladders.json").read_text("utf-8"))
    safety = next(ladder for ladder in ladders if ladder["code"] == "safety")
    safety["rungs"][0]["after"] = 4
    (folder / "ladders.json").write_text(json.dumps(ladders), "utf-8")
    loaded = presetting.load(by=None, at=cast.at, folder=folder)
    assert loaded == presetting.Loaded(0, 1, 2)
    newest = Policy.objects.filter(code="gas-leak").latest("version")
    assert {limit.ladder.version for limit in newest.limits.all() if limit.ladder} >= {2}


def test_what_an_administrator_made_of_a_policy_is_left_alone(cast: Cast) -> None:
    shipped = Policy.objects.get(code="power-praise")
    Policy.objects.create(
        code="power-praise", version=2, effective_at=cast.at, name_en="Ours", name_zh="自定",
        utility=shipped.utility, kind=shipped.kind, created_at=cast.at,
    )  # fmt: skip
    assert presetting.load(by=None, at=cast.at).policies == 0
    assert Policy.objects.filter(code="power-praise").latest("version").name_en == "Ours"


def test_every_kind_of_power_and_telecom_has_limits_with_a_source(cast: Cast) -> None:
    for utility in ("power", "telecom"):
        policies = Policy.objects.filter(utility=utility)
        wanted = set(Kind) - {Kind.INSPECT, Kind.INCIDENT}
        assert {policy.kind for policy in policies} == wanted
        assert all(policy.source_en and policy.source_zh for policy in policies)
        leaves = Category.objects.filter(utility=utility, parent__isnull=False)
        assert {leaf.kind for leaf in leaves} == set(Kind)


def test_every_reason_for_a_limit_is_told_in_the_readers_language(cast: Cast) -> None:
    for policy in Policy.objects.all():
        for language, foreign in (("en", reading.chinese), ("zh-hans", reading.latin)):
            with translation.override(language):
                assert policy.source and policy.doubt, policy.code
                assert foreign(policy.source + policy.doubt) == [], policy.code
    first = Policy.objects.get(code="power-fault")
    with translation.override("zh-hans"):
        assert first.source.startswith("国家电网供电服务“十项承诺”（现行）：")
    with translation.override("en"):
        assert first.source.startswith("State Grid ten commitments, current wording: ")


@pytest.mark.parametrize(
    ("received", "due"),
    [
        # Friday before the Spring Festival; Saturday 14 February is a make-up workday.
        (datetime(2026, 2, 13, 2, tzinfo=UTC), datetime(2026, 2, 26, 9, 30, tzinfo=UTC)),
        (datetime(2026, 9, 19, 2, tzinfo=UTC), datetime(2026, 9, 23, 9, 30, tzinfo=UTC)),
        (datetime(2026, 9, 30, 2, tzinfo=UTC), datetime(2026, 10, 12, 9, 30, tzinfo=UTC)),
    ],
)
def test_a_power_complaint_is_answered_in_four_working_days(
    cast: Cast, received: datetime, due: datetime
) -> None:
    ticket = a_ticket(cast, kind=Kind.COMPLAINT, at=received)
    assert Clock.objects.get(ticket=ticket, name="reply").due_at == due
    assert ticket.promised_at == due


def test_the_way_to_a_fault_depends_on_the_ground(cast: Cast) -> None:
    for territory, minutes in ((cast.territory, 60), (cast.other_territory, 120)):
        ticket = a_ticket(cast, kind=Kind.FAULT, territory=territory)
        arrive = Clock.objects.get(ticket=ticket, name="arrive", measure="max")
        assert arrive.due_at == ticket.received_at + timedelta(minutes=minutes)


def _copy(tmp_path: Path) -> Path:
    folder = tmp_path / "presets"
    shutil.copytree(presetting.PRESETS, folder)
    return folder
