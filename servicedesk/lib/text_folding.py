"""Fold text so that what means the same is found the same: width, case, traditional and simplified,
damage."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib import resources

HAN = "㐀-䶿一-鿿豈-﫿\U00020000-\U0003134f〇々"
MAX_TERM_CHARACTERS = 64
# A full-text column holds less than a megabyte; Chinese takes three bytes a character.
MAX_TERM_BYTES = 800_000
MAX_QUERY_TERMS = 40

# Merged for finding alone, where too much is better than too little: 沿著 must find 沿着.
_VARIANTS = {"著": "着", "瞭": "了", "妳": "你", "牠": "它", "麽": "么", "徵": "征"}
_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
# One syllable of pinyin with its tone mark, as inserted after a character: 服務(wù).
_SYLLABLE = rf"[a-zü]{{0,5}}[{_TONED}][a-zü]{{0,4}}\)"
# One syllable of pinyin with its tone mark, as inserted after a character: 服務(wù).
_GLOSS = re.compile(rf"(?<=[{HAN}])\s?\({_SYLLABLE}")
# What is left of a character lost in conversion: 我們?nèi)w or ?,f(xiàn).
_DAMAGE = re.compile(rf"\?(?:,?[a-z]\()?{_SYLLABLE}(?:[a-z](?=[{HAN}]))?")
_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000e-\u001f\u007f\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufffc\ufffd]"
)
_SPACE = re.compile(r"\s+")
_RUN = re.compile(rf"(?P<han>[{HAN}]+)|(?P<word>[^\W_{HAN}]+)")


@cache
def _simplified() -> dict[int, str]:
    """Traditional to simplified by OpenCC's table of characters.

    Not by its converter, which reads phrases: a character must fold alike in every neighbourhood,
    and the table alone costs a megabyte of memory instead of sixteen.
    """
    table = resources.files("opencc") / "dictionary" / "TSCharacters.txt"
    pairs = (
        line.split() for line in table.read_text(encoding="utf-8").splitlines() if line.strip()
    )
    folded = {
        ord(traditional): simplified
        for traditional, simplified, *_ in pairs
        if traditional != simplified
    }
    return folded | {ord(variant): usual for variant, usual in _VARIANTS.items()}


def fold(text: str) -> str:
    """NFKC, lower case, simplified, without inserted pinyin, damage and invisible characters;
    spaces made single."""
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).lower()
    plain = _DAMAGE.sub("", _GLOSS.sub("", plain))
    return _SPACE.sub(" ", plain.translate(_simplified())).strip()


def one_line(text: str) -> str:
    """The text as people wrote it, on one line and without invisible characters."""
    return _SPACE.sub(" ", _INVISIBLE.sub("", text)).strip()


def bigrams(text: str) -> list[str]:
    """The terms a text is found by, each once: pairs of neighbouring Chinese characters, words,
    numbers.

    The last character of a Chinese run stands alone as well, so that a search for one character by
    prefix finds every place where it occurs.
    """
    terms: dict[str, None] = {}
    room = MAX_TERM_BYTES
    for term in _terms(fold(text), with_ends=True):
        if term not in terms:
            room -= len(term.encode())
            if room < 0:
                break
            terms[term] = None
    return list(terms)


def query_terms(typed: str) -> list[str]:
    """The terms that a text must all hold to answer what was typed; at most 40.

    A term that is a single Chinese character is meant as a prefix: see `is_prefix`.
    """
    return list(dict.fromkeys(_terms(fold(typed[:1000]), with_ends=False)))[:MAX_QUERY_TERMS]


def is_prefix(term: str) -> bool:
    """Whether a query term stands for every term that begins with it."""
    return len(term) == 1 and re.fullmatch(f"[{HAN}]", term) is not None


def _terms(folded: str, *, with_ends: bool) -> Iterator[str]:
    for run in _RUN.finditer(folded):
        word = run["word"]
        if word is not None:
            yield word[:MAX_TERM_CHARACTERS]
            continue
        han = run["han"]
        for place in range(len(han) - 1):
            yield han[place : place + 2]
        if with_ends or len(han) == 1:
            yield han[-1]
