"""Every preset, in force or in the library, can be entered through the form, and reads back as it
was published; and what the library's own pages do."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tickets import preset_book, preset_library
from tickets.models import Limit, Policy
from tickets.preset_book import ENDS, Preset

NEW = reverse("tickets:policy-new")
LIBRARY = reverse("tickets:preset-library")
BOOK = preset_book.read()
LINES = sorted({one.utility for one in BOOK.presets})


def typed(preset: Preset) -> dict[str, Any]:
    """What an administrator types into the form to enter the preset."""
    columns = preset.columns
    form: dict[str, Any] = {
        name: columns[name]
        for name in (
            "name_en", "name_zh", "utility", "kind", "area_class", "channel", "customer_class",
            "special_period", "source_en", "source_zh", "doubt_en", "doubt_zh", "return_unit",
            "most_extensions",
        )
    }  # fmt: skip
    form |= {
        "category": columns["category_code"], "level": columns["level"] or "", "company": "",
        "return_amount": str(columns["return_amount"]), "effective_at": "", "note": "",
        "return_calendar": columns["return_calendar_code"],
        "limits-TOTAL_FORMS": len(preset.limits), "limits-INITIAL_FORMS": 0,
    }  # fmt: skip
    for number, limit in enumerate(preset.limits):
        form |= {f"limits-{number}-{name}": value for name, value in _typed_limit(limit).items()}
    return form


def _typed_limit(limit: Mapping[str, Any]) -> dict[str, Any]:
    same = ("clock", "unit", "measure", "counting", "ends", "starts_on", "ladder")
    return {name: limit[name] for name in same} | {
        "amount": str(limit["amount"]), "calendar": limit["calendar_code"],
        "stops_on": [code for code in limit["stops_on"] if code not in ENDS],
        "is_internal": "yes" if limit["is_internal"] else "no",
        "reminder_percents": ", ".join(f"{n}" for n in limit["reminder_percents"]),
        "reminder_minutes": ", ".join(f"{n} min" for n in limit["reminder_minutes"]),
    }  # fmt: skip


def stored(policy: Policy) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the rows say, in the terms of a preset; events in one order."""
    names = (*preset_book.SELECTORS, *preset_book.TEXTS, "level", *preset_book.ALLOWANCES)
    limits = []
    for row in policy.limits.select_related("ladder").order_by("pk"):
        columns = {name: getattr(row, name) for name in BOOK.presets[0].limits[0] if name != "ladder"}
        columns["ladder"] = row.ladder.code if row.ladder else ""
        limits.append(columns | {"stops_on": sorted(row.stops_on)})
    return {name: getattr(policy, name) for name in names}, limits


def published(preset: Preset) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The same of the preset itself."""
    limits = [dict(one) | {"stops_on": sorted(one["stops_on"])} for one in preset.limits]
    return dict(preset.columns), limits


@pytest.fixture
def keeper(cast: Cast, client: Client) -> Client:
    """Signed in as who keeps the limits of every company."""
    cast.administrator.unit = cast.group
    cast.administrator.save()
    client.force_login(cast.administrator)
    return client


def _clear() -> None:
    Limit.objects.all().delete()
    Policy.objects.all().delete()


@pytest.mark.parametrize("line", LINES, ids=lambda line: line or "every-line")
def test_every_preset_can_be_entered_through_the_form(keeper: Client, line: str) -> None:
    entered = 0
    for preset in (one for one in BOOK.presets if one.utility == line):
        # An older promise and a newer one are for the same matters: only one of them can hold.
        _clear()
        answer = keeper.post(NEW, typed(preset))
        assert answer.status_code == 302, (preset.code, _errors(answer))
        assert stored(Policy.objects.get()) == published(preset), preset.code
        entered += 1
    assert entered >= 3


def test_what_is_typed_is_checked_before_it_is_saved(keeper: Client) -> None:
    _clear()
    odd = next(one for one in BOOK.library if one.code == "power-request-reading-internal")
    answer = keeper.post(NEW, typed(odd) | {"check": "1"}, headers={"accept-language": "en"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "always too short for the steps on the way (Reply, Review, Callback)" in page
    # What was typed is still there, and nothing was written.
    assert odd.columns["source_en"].split(":")[0] in page
    assert not Policy.objects.exists()
    wrong = typed(odd) | {"check": "1", "limits-0-amount": "0"}
    assert keeper.post(NEW, wrong).status_code == 422


def test_the_lines_together_are_all_presets() -> None:
    assert len(BOOK.presets) == len(BOOK.in_force) + len(BOOK.library) >= 100
    assert {"", "power", "telecom", "heating", "water", "gas"} == set(LINES)


def _errors(answer: Any) -> Any:
    context = answer.context or {}
    return [getattr(context.get(name), "errors", None) for name in ("form", "limits")]


def test_the_library_shows_each_with_source_and_doubt(cast: Cast, client: Client) -> None:
    client.force_login(cast.clerk)
    page = client.get(LIBRARY, headers={"accept-language": "en"}).content.decode()
    for shelved in preset_library.shelves(cast.clerk):
        assert shelved.preset.code in page
        assert shelved.preset.utility in ("", "power")
    found = client.get(LIBRARY, {"text": "older"}).content.decode()
    assert "power-complaint-older" in found
    assert "power-complaint-newer" not in found
    assert client.get(LIBRARY, {"utility": "gas"}).status_code == 200


def test_a_preset_is_taken_once_as_the_next_version(keeper: Client, cast: Cast) -> None:
    take = reverse("tickets:preset-take", args=["power-complaint-older"])
    shown = reverse("tickets:preset", args=["power-complaint-older"])
    assert take in keeper.get(shown).content.decode()
    for _ in range(2):
        assert keeper.post(take, {"note": "以旧承诺为准"}).status_code == 302
    versions = Policy.objects.filter(code="power-complaint").order_by("version")
    assert [one.version for one in versions] == [1, 2]
    second = versions[1]
    assert (second.made_by, second.note) == (cast.administrator, "以旧承诺为准")
    preset = next(one for one in BOOK.library if one.code == "power-complaint-older")
    assert stored(second) == published(preset)
    assert take not in keeper.get(shown).content.decode()


def test_one_without_a_twin_is_a_new_policy(keeper: Client) -> None:
    take = reverse("tickets:preset-take", args=["hotline-life"])
    assert keeper.post(take, {}).status_code == 302
    taken = Policy.objects.get(channel="via12345", level=1)
    assert taken.version == 1
    assert taken.limits.get(clock="reply").amount == 2


def test_an_administrator_of_one_company_takes_it_for_that_company(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.administrator)
    take = reverse("tickets:preset-take", args=["hotline-general"])
    client.post(take, {})
    assert Policy.objects.get(channel="via12345", kind="").company == cast.company


def test_nobody_else_takes_one_and_nobody_takes_another_lines(cast: Cast, client: Client) -> None:
    take = reverse("tickets:preset-take", args=["power-complaint-older"])
    for person in (cast.supervisor, cast.leader, cast.outsider, cast.external_supervisor):
        client.force_login(person)
        assert client.post(take, {}).status_code == 403
    client.force_login(cast.administrator)
    for code in ("gas-leak-henan", "not-there"):
        assert client.get(reverse("tickets:preset", args=[code])).status_code == 404
        assert client.post(reverse("tickets:preset-take", args=[code]), {}).status_code == 404
    assert client.post(take, {"effective_at": "2020-01-01T00:00"}).status_code == 422
    assert Policy.objects.filter(code="power-complaint").count() == 1
