"""The shipped limits: loaded once, versioned when edited, and due when the sources say."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import translation

from organisation.models import Calendar
from tests import reading
from tests.cast import Cast
from tests.factories.tickets import a_ticket
from tickets import preset_book, presetting
from tickets.kinds import Kind
from tickets.models import Category, Clock, Ladder, Limit, Policy

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "presets.md"


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
    assert loaded == presetting.Loaded(0, 1, 4)
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


def test_an_edition_never_overrides_what_somebody_wrote(cast: Cast, tmp_path: Path) -> None:
    Policy.objects.create(
        code="power-praise", version=2, effective_at=cast.at, name_en="Ours", name_zh="自定",
        made_by=cast.administrator, created_at=cast.at,
    )  # fmt: skip
    folder = _copy(tmp_path)
    data = json.loads((folder / "policies.json").read_text("utf-8"))
    praise = next(one for one in data["policies"] if one["code"] == "power-praise")
    praise["name_en"] = "Edited by the makers"
    newcomer = praise | {"code": "new-in-this-edition"}
    data["policies"].append(newcomer)
    (folder / "policies.json").write_text(json.dumps(data), "utf-8")
    later = cast.at + timedelta(days=1)
    assert presetting.load(by=None, at=later, folder=folder).policies == 1
    assert Policy.objects.filter(code="power-praise").latest("version").name_en == "Ours"
    # What came with a later edition holds from then on, not for what was received before.
    assert Policy.objects.get(code="new-in-this-edition").effective_at == later


def test_the_library_is_not_in_force_and_names_what_there_is(cast: Cast) -> None:
    book = preset_book.read()
    codes = [one.code for one in book.presets]
    assert len(codes) == len(set(codes))
    assert not Policy.objects.filter(code__in=[one.code for one in book.library])
    known = {
        "category_code": set(Category.objects.values_list("code", flat=True)) | {""},
        "calendar_code": set(Calendar.objects.values_list("code", flat=True)),
        "ladder": set(Ladder.objects.values_list("code", flat=True)) | {""},
    }
    for preset in book.presets:
        assert preset.columns["category_code"] in known["category_code"], preset.code
        for limit in preset.limits:
            for name in ("calendar_code", "ladder"):
                assert limit[name] in known[name], (preset.code, limit[name])


def test_every_preset_tells_its_source_and_doubt_in_both_languages() -> None:
    for preset in preset_book.read().presets:
        for name in ("source", "doubt"):
            assert preset.columns[f"{name}_en"] and preset.columns[f"{name}_zh"], preset.code
            assert reading.chinese(preset.columns[f"{name}_en"]) == [], preset.code
            assert reading.latin(preset.columns[f"{name}_zh"]) == [], preset.code


def test_the_document_of_presets_names_each_in_its_row() -> None:
    text = DOCUMENT.read_text("utf-8")
    lines = [line.split(" | ") for line in text.splitlines() if line.startswith("| ")]
    stands = {
        cells[0].removeprefix("| "): (cells[2], cells[3]) for cells in lines if len(cells) == 5
    }
    book = preset_book.read()
    named = {row for preset in book.presets for row in preset.rows}
    for row, places in stands.items():
        if row == "row":
            continue
        for presets, place in zip((book.in_force, book.library), places, strict=True):
            wanted = {f"`{one.code}`" for one in presets if row in one.rows} or {"–"}
            assert set(place.split(", ")) == wanted, row
    assert named <= set(stands)
    rest = text.split("## Beyond the tables")[1]
    for preset in book.presets:
        assert preset.rows or f"`{preset.code}`" in rest, preset.code


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
