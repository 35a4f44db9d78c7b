"""How grave a matter is by what is known of it: pure rules over words and counts (sum).

Raising is automatic, lowering is a named person's act (domain §2a, [V2b] for the third contact).
"""

from dataclasses import dataclass

# Folded words; a matter that holds one is grave whatever its kind (domain §3c, safety words).
SAFETY_WORDS = (
    "触电", "受伤", "伤亡", "死亡", "中毒", "燃气味", "煤气味", "天然气味", "燃气泄漏", "漏气",
    "着火", "起火", "爆炸", "断线", "电线掉", "淹水", "electric shock", "injur", "hurt",
    "gas smell", "smell of gas", "smell gas", "gas leak", "on fire", "explosion", "wire down",
    "flooded", "carbon monoxide",
)  # fmt: skip
MEDIA_WORDS = (
    "媒体", "记者", "曝光", "电视台", "报社", "热搜", "journalist", "reporter", "newspaper",
    "the press", "television", "tv station",
)  # fmt: skip

# The third contact on one matter and its second reopening raise it by one (domain §3c, [V2b]).
CONTACTS = 3
REOPENINGS = 2

SPECIAL, MAJOR, IMPORTANT, GENERAL = 1, 2, 3, 4


@dataclass(frozen=True)
class Known:
    """What is known of a matter; `text` is folded, `contacts` counts the first one too."""

    text: str
    is_safety: bool = False
    is_key_account: bool = False
    is_referred: bool = False
    contacts: int = 1
    reopenings: int = 0


def judge(known: Known) -> tuple[int, tuple[str, ...]]:
    """The level by rule, 1 the gravest, and the codes of the grounds for it."""
    level, grounds = GENERAL, []
    for code, is_so, least in (
        ("safety", known.is_safety or _holds(known.text, SAFETY_WORDS), MAJOR),
        ("media", _holds(known.text, MEDIA_WORDS), MAJOR),
        ("key_account", known.is_key_account, IMPORTANT),
        ("referred", known.is_referred, IMPORTANT),
    ):
        if is_so:
            level = min(level, least)
            grounds.append(code)
    if known.contacts >= CONTACTS:
        level, grounds = level - 1, [*grounds, "third_contact"]
    if known.reopenings >= REOPENINGS:
        level, grounds = level - 1, [*grounds, "reopened_twice"]
    return max(SPECIAL, level), tuple(grounds)


def _holds(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text for word in words)
