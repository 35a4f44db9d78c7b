"""The words of the desk as a catalogue: found in code and templates, merged, checked, compiled.

One committed file, servicedesk/locale/zh_Hans/LC_MESSAGES/django.po, holds the Chinese of every
English msgid. English needs no file: Django shows the msgid itself, in one or many.
"""

import io
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages import extract, mofile, pofile
from babel.messages.catalog import Catalog, Message
from django.utils.translation.template import templatize

LOCALE = "zh_Hans"
WHERE = Path("servicedesk/locale") / LOCALE / "LC_MESSAGES"
FRAGMENTS = Path("servicedesk/locale/fragments")

_APPS = (
    "servicedesk", "organisation", "customers", "notifications", "assignment", "tickets",
    "surveys", "reports",
)  # fmt: skip
_PLAIN = ("gettext", "gettext_noop", "gettext_lazy", "_")
_KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(_PLAIN),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|%[sd]|\{(\w*)\}")

_Found = tuple[str | tuple[str, ...], str | None, str]


def extracted(root: Path) -> Catalog:
    """Every string that people see, with the files that say it; nothing translated."""
    found = Catalog(locale=LOCALE, project="Servicedesk", fuzzy=False)
    for message, context, place in sorted(_all_found(root), key=lambda row: row[2]):
        found.add(message, locations=[(place, 0)], context=context)
    return found


def read(path: Path) -> Catalog:
    """The catalogue in the file, or an empty one."""
    if not path.exists():
        return Catalog(locale=LOCALE, fuzzy=False)
    with path.open("rb") as file:
        return pofile.read_po(file, locale=LOCALE, charset="utf-8", ignore_obsolete=True)


def merged(found: Catalog, sources: Iterable[Catalog]) -> tuple[Catalog, list[str]]:
    """`found` with the first translation that a source has, and what the sources quarrel about."""
    quarrels = []
    chosen: dict[object, Message] = {}
    for source in sources:
        for message in _messages(source):
            key = found._key_for(message.id, message.context)
            if not any(_strings(message)):
                continue
            if chosen.setdefault(key, message).string != message.string:
                quarrels.append(
                    f"{_first(message.id)!r}: {chosen[key].string} or {message.string}?"
                )
    for message in _messages(found):
        known = chosen.get(found._key_for(message.id, message.context))
        if known is not None:
            message.string = _fitted(_strings(known), bool(message.pluralizable))
    return found, quarrels


def problems(catalogue: Catalog) -> list[str]:
    """A sentence for each message that is missing, doubtful, or names other placeholders."""
    return [said for message in _messages(catalogue) for said in _problems_of(message)]


def write(catalogue: Catalog, path: Path) -> None:
    """The catalogue as a .po file whose lines depend on nothing but the words."""
    buffer = io.BytesIO()
    pofile.write_po(
        buffer, catalogue, width=100, sort_output=True, include_lineno=False, omit_header=True
    )
    head = (
        'msgid ""\nmsgstr ""\n"Language: zh_Hans\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        '"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    )
    _replace(path, head.encode() + buffer.getvalue())


def compile_all(root: Path) -> list[Path]:
    """A .mo beside each .po; doubtful messages stay out."""
    written = []
    for source in sorted((root / "servicedesk/locale").glob("*/LC_MESSAGES/*.po")):
        buffer = io.BytesIO()
        mofile.write_mo(buffer, read(source), use_fuzzy=False)
        _replace(source.with_suffix(".mo"), buffer.getvalue())
        written.append(source.with_suffix(".mo"))
    return written


def _all_found(root: Path) -> Iterator[_Found]:
    for app in _APPS:
        for path in sorted((root / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield from _found_in(path.read_text(encoding="utf-8"), str(path.relative_to(root)))
    for path in sorted((root / "templates").rglob("*.*")):
        if path.suffix in {".html", ".txt"}:
            place = str(path.relative_to(root))
            source = templatize(path.read_text(encoding="utf-8"), origin=place)
            # What is left of the template is no Python: without indents the tokens still are.
            yield from _found_in("\n".join(line.strip() for line in source.splitlines()), place)


def _found_in(source: str, place: str) -> Iterator[_Found]:
    file = io.BytesIO(source.encode("utf-8"))
    for _line, message, _comments, context in extract.extract("python", file, _KEYWORDS):
        if message:
            yield message, context, place


def _messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _problems_of(message: Message) -> Iterator[str]:
    name = repr(_first(message.id))
    if message.fuzzy:
        yield f"{name} is marked fuzzy."
    strings = _strings(message)
    if not all(strings):
        yield f"{name} has no translation."
        return
    if message.pluralizable and len(strings) != 1:
        yield f"{name} has {len(strings)} plural forms; Chinese has one."
    # The plural form names them all; a singular may say "one day" instead.
    wanted = _placeholders(message.id[-1] if message.pluralizable else _first(message.id))
    for string in strings:
        if _placeholders(string) != wanted:
            yield f"{name} names {sorted(wanted)}, its translation {sorted(_placeholders(string))}."


def _placeholders(text: str) -> set[str]:
    return {match.group(0) for match in _PLACEHOLDER.finditer(text)}


def _first(identity: str | tuple[str, ...] | list[str]) -> str:
    return identity if isinstance(identity, str) else identity[0]


def _strings(message: Message) -> tuple[str, ...]:
    string = message.string or ""
    return (string,) if isinstance(string, str) else tuple(string)


def _fitted(strings: tuple[str, ...], is_plural: bool) -> str | tuple[str, ...]:
    """One string for a message in one form, a tuple of one for a message with a plural."""
    return strings[:1] if is_plural else strings[0]


def _replace(path: Path, content: bytes) -> None:
    """Never half a file: two processes may compile at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(path)
