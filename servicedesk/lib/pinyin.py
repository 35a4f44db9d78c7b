"""Keys by which Chinese sorts and is found from the keyboard: the database itself knows no Chinese
order."""

import os
import re
import unicodedata
from collections.abc import Iterator

# Its table of phrases costs every process 45 MB; read before the import, as pypinyin itself asks.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
from pypinyin import Style, lazy_pinyin, load_phrases_dict

MAX_CHARACTERS = 100
_DIGITS = re.compile(r"\d+")
# Read otherwise as a surname than elsewhere.
_SURNAMES = {
    "单": "shan4", "單": "shan4", "曾": "zeng1", "区": "ou1",
    "區": "ou1", "仇": "qiu2", "解": "xie4", "朴": "piao2",
    "查": "zha1", "盖": "ge3", "蓋": "ge3", "任": "ren2",
    "华": "hua4", "華": "hua4", "尉迟": "yu4 chi2", "乐": "yue4",
    "冼": "xian3", "缪": "miao4", "繆": "miao4", "翟": "zhai2",
    "员": "yun4", "種": "chong2", "种": "chong2", "逄": "pang2",
}  # fmt: skip
# Places and words of the trade whose usual reading is not the first one of their characters.
_PLACES = {
    "重庆": "chóng qìng", "成都": "chéng dū", "厦门": "xià mén", "长沙": "cháng shā",
    "长春": "cháng chūn", "六安": "lù ān", "乐清": "yuè qīng", "朝阳": "cháo yáng",
    "东莞": "dōng guǎn", "蚌埠": "bèng bù", "银行": "yín háng", "行业": "háng yè",
    "会计": "kuài jì", "调度": "diào dù", "重复": "chóng fù", "供给": "gōng jǐ",
}  # fmt: skip
_UNREAD = "\x00"


def sort_key(text: str, *, is_name: bool = False) -> str:
    """A key that sorts by plain byte order: pinyin with tones, numbers by value, then the text
    itself.

    With `is_name` the first character is read as a surname. A blank ends a syllable, so xi'an sorts
    before xian.
    """
    plain = _plain(text)
    return f"{' '.join(_syllables(plain, is_name=is_name))}\t{plain}"


def initials(text: str, *, is_name: bool = False) -> str:
    """The first letter of each syllable, and Latin letters and digits as they are: 建设路3号 gives
    jsl3h."""
    plain = _plain(text)
    parts = (part[0] if is_read else part for part, is_read in _parts(plain, is_name=is_name))
    return re.sub(r"[^a-z0-9]", "", "".join(parts))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:MAX_CHARACTERS]).replace(_UNREAD, "").strip().lower()


def _syllables(plain: str, *, is_name: bool) -> list[str]:
    """Syllables with their tone, and what is not Chinese with its numbers padded to eight
    digits."""
    syllables: list[str] = []
    for part, is_read in _parts(plain, is_name=is_name):
        syllables.extend(
            [part] if is_read else _DIGITS.sub(lambda digits: digits[0].zfill(8), part).split()
        )
    return syllables


def _parts(plain: str, *, is_name: bool) -> Iterator[tuple[str, bool]]:
    """Each syllable read (True), and each run that was left as it is (False)."""
    surname = (
        next((plain[:size] for size in (2, 1) if plain[:size] in _SURNAMES), "") if is_name else ""
    )
    for syllable in _SURNAMES.get(surname, "").split():
        yield syllable, True
    # A mark that the text no longer holds tells unread runs from syllables.
    read = lazy_pinyin(
        plain[len(surname) :],
        style=Style.TONE3,
        neutral_tone_with_five=True,
        errors=lambda run: _UNREAD + run,
    )
    for part in read:
        yield part.removeprefix(_UNREAD), not part.startswith(_UNREAD)


load_phrases_dict({word: [[sound] for sound in sounds.split()] for word, sounds in _PLACES.items()})
