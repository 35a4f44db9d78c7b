"""The look: contrast in both themes, one dark, no raw colours, vendored files unchanged."""

import base64
import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CSS = ROOT / "static/css"
VENDOR = ROOT / "static/vendor"

# Every pair of writing and ground that base.css, components.css and public.css make.
READ = [
    ("ink", "paper"), ("ink", "ground"), ("ink", "hover"), ("ink-2", "paper"), ("ink-2", "ground"),
    ("ink-2", "hover"), ("ink-3", "paper"), ("ink-3", "ground"), ("ink-3", "hover"),
    ("accent", "paper"), ("accent", "ground"), ("accent", "hover"), ("accent", "accent-soft"),
    ("accent-2", "paper"), ("on-accent", "accent"), ("on-accent", "accent-2"),
    ("ink", "accent-soft"), ("ink", "late-soft"), ("ink", "soon-soft"), ("ink", "good-soft"),
    ("late", "paper"), ("late", "ground"), ("late", "hover"), ("late", "late-soft"),
    ("soon", "paper"), ("soon", "ground"), ("soon", "hover"), ("soon", "soon-soft"),
    ("good", "paper"), ("good", "ground"), ("good", "good-soft"), ("seal", "seal-soft"),
]  # fmt: skip
# Marks and borders of fields need 3 : 1.
SEEN = [
    ("line-2", "paper"), ("line-2", "ground"), ("late-mark", "paper"), ("soon-mark", "paper"),
    ("good-mark", "paper"), ("done-mark", "paper"), ("accent", "ground"),
]  # fmt: skip


def _blocks() -> list[dict[str, str]]:
    text = (CSS / "tokens.css").read_text()
    bodies = re.findall(r"(?:^|\n\s*):root[^{]*\{([^}]*)\}", text)
    return [dict(re.findall(r"--([\w-]+):\s*([^;]+);", body)) for body in bodies]


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("least", "pairs"), [(4.5, READ), (3.0, SEEN)])
def test_each_pair_of_colours_can_be_read(
    theme: str, least: float, pairs: list[tuple[str, str]]
) -> None:
    light, dark, _chosen = _blocks()
    colours = light if theme == "light" else light | dark
    ratios = {pair: _contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}
    assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < least} == {}


def test_the_two_dark_themes_are_one() -> None:
    _light, by_system, by_choice = _blocks()
    assert by_system == by_choice
    assert by_system


@pytest.mark.parametrize(
    "name", [path.name for path in sorted(CSS.glob("*.css")) if path.name != "tokens.css"]
)
def test_a_style_sheet_names_its_colours(name: str) -> None:
    raw = re.findall(r":[^;{}]*(#[0-9a-fA-F]{3,8}\b|rgba?\()", (CSS / name).read_text())
    assert raw == []


def test_no_template_carries_style_or_script() -> None:
    forbidden = re.compile(
        r"\sstyle=|<style|\son\w+=|<script(?![^>]*\bsrc=)|hx-on|javascript:", re.IGNORECASE
    )
    wrong = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if "messages" not in path.parts and (match := forbidden.search(path.read_text()))
    ]
    assert wrong == []


def test_the_survey_page_has_little_to_load() -> None:
    sizes = [(CSS / name).stat().st_size for name in ("tokens.css", "public.css")]
    assert sum(sizes) < 24_000


def test_each_vendored_file_is_the_one_released() -> None:
    rows = re.findall(
        r"^\| `([^`]+)` \|.*\| `([A-Za-z0-9+/=]{64})` \|$", (VENDOR / "README.md").read_text(), re.M
    )
    told = dict(rows)
    there = {
        str(path.relative_to(VENDOR)): base64.b64encode(
            hashlib.sha384(path.read_bytes()).digest()
        ).decode()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name not in {"README.md", "LICENSE"}
    }
    assert told == there


def test_a_behaviour_of_the_page_is_short() -> None:
    lengths = {
        path.name: len(path.read_text().splitlines()) for path in (ROOT / "static/js").glob("*.js")
    }
    assert lengths
    assert {name: lines for name, lines in lengths.items() if lines > 80} == {}
