"""The words of the desk: complete in Chinese, nothing new, and faults in a catalogue are seen."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from servicedesk.lib import catalogue

ROOT = Path(__file__).parents[2]
FILE = ROOT / catalogue.WHERE / "django.po"


def _keys(words: Catalog) -> set[tuple[object, str | None]]:
    return {(message.id, message.context) for message in words if message.id}


def test_extracting_again_finds_nothing_new() -> None:
    found, kept = _keys(catalogue.extracted(ROOT)), _keys(catalogue.read(FILE))
    assert found - kept == set()
    assert kept - found == set()


def test_every_word_has_its_chinese() -> None:
    assert catalogue.problems(catalogue.read(FILE)) == []


def test_strings_are_found_in_code_and_templates(tmp_path: Path) -> None:
    (tmp_path / "tickets").mkdir()
    (tmp_path / "tickets/a.py").write_text(
        "from django.utils.translation import gettext_lazy as _, npgettext\n"
        'A = _("One %(n)s")\nB = npgettext("badge", "%(n)s day", "%(n)s days", 2)\n'
    )
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/a.html").write_text(
        "{% load i18n %}\n    <p>{% translate 'Close' context 'window' %}</p>\n  <b>it's\n"
        "{% blocktranslate trimmed count n=n %}\n one thing \n{% plural %}{{ n }} things"
        "{% endblocktranslate %}\n"
        "{% include 'x.html' with title=_('Given') %}"
    )
    assert _keys(catalogue.extracted(tmp_path)) == {
        ("One %(n)s", None), (("%(n)s day", "%(n)s days"), "badge"), ("Close", "window"),
        (("one thing", "%(n)s things"), None), ("Given", None),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("identity", "string", "flags"),
    [
        ("Save", "", ()),
        ("Save", "保存", ("fuzzy",)),
        ("%(name)s is missing", "请填写%(nmae)s", ("python-format",)),
        ("%(name)s is missing", "请填写", ("python-format",)),
        (("%(n)s day", "%(n)s days"), ("%(n)s天", "%(n)s天们"), ("python-format",)),
    ],
)
def test_a_fault_in_the_catalogue_is_named(
    identity: str | tuple[str, str], string: str | tuple[str, str], flags: tuple[str, ...]
) -> None:
    words = Catalog(locale=catalogue.LOCALE)
    words.add(identity, string, flags=flags)
    assert catalogue.problems(words)


def test_a_singular_may_leave_its_number_unsaid() -> None:
    words = Catalog(locale=catalogue.LOCALE)
    words.add(("one thing", "%(n)s things"), ("%(n)s件",), flags=("python-format",))
    assert catalogue.problems(words) == []


def test_sources_that_quarrel_are_named_and_the_first_wins() -> None:
    found, first, second = (Catalog(locale=catalogue.LOCALE) for _ in range(3))
    found.add("Close", context="window")
    first.add("Close", "关闭", context="window")
    second.add("Close", "办结", context="window")
    complete, quarrels = catalogue.merged(found, [first, second])
    assert complete.get("Close", "window").string == "关闭"
    assert len(quarrels) == 1


def test_what_is_written_reads_the_same_and_compiles(tmp_path: Path) -> None:
    words = Catalog(locale=catalogue.LOCALE)
    words.add("Close", "关闭", context="window")
    words.add(("%(n)s day", "%(n)s days"), ("%(n)s天",), flags=("python-format",))
    path = tmp_path / catalogue.WHERE / "django.po"
    catalogue.write(words, path)
    again = path.read_bytes()
    catalogue.write(catalogue.read(path), path)
    assert path.read_bytes() == again
    assert catalogue.compile_all(tmp_path) == [path.with_suffix(".mo")]
    assert path.with_suffix(".mo").stat().st_size > 100
    assert [file.name for file in sorted(path.parent.iterdir())] == ["django.mo", "django.po"]
