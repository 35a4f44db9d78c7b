"""The words that a page shows to whoever reads it, told from its markup."""

import re
from html.parser import HTMLParser

_SPOKEN = ("title", "aria-label", "placeholder", "alt")
_VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"})
_UNREAD = frozenset({"script", "style", "kbd", "code", "svg"})


def words(html: str, *, without_language: str) -> list[str]:
    """Every text and spoken attribute of the page, save keys, code and what is marked as being
    in the language that is left out or in none that is known."""
    reader = _Reader(without_language)
    reader.feed(html)
    reader.close()
    return [" ".join(text.split()) for text in reader.found if text.strip()]


class _Reader(HTMLParser):
    def __init__(self, without_language: str) -> None:
        super().__init__(convert_charrefs=True)
        self.left_out = without_language
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        language = given.get("lang", "").lower()
        is_other = tag != "html" and language.startswith((self.left_out, "und"))
        is_unread = self._is_hidden() or tag in _UNREAD or is_other
        if not is_unread or tag == "svg":
            self._note_spoken(tag, given)
        if tag not in _VOID:
            self.open.append((tag, is_unread))

    def handle_endtag(self, tag: str) -> None:
        while self.open and any(name == tag for name, _ in self.open):
            if self.open.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self._is_hidden():
            self.found.append(data)

    def _is_hidden(self) -> bool:
        return bool(self.open) and self.open[-1][1]

    def _note_spoken(self, tag: str, given: dict[str, str]) -> None:
        if tag in {"meta", "link"}:
            return
        self.found += [given[name] for name in _SPOKEN if name in given]
        if tag == "input" and given.get("type") in {"submit", "button"}:
            self.found.append(given.get("value", ""))


_ADDRESS = re.compile(r"https?://\S+|[\w.+-]+@[\w.-]+|/[\w./?=&-]{3,}")


def latin(text: str) -> list[str]:
    """The words in Latin letters, addresses of pages and mail aside."""
    return re.findall(r"[A-Za-z]+", _ADDRESS.sub(" ", text))


def chinese(text: str) -> list[str]:
    """The runs of Chinese characters."""
    return re.findall(r"[\u3400-\u9fff]+", text)
