"""Names and addresses as most people may see them: enough to know them again, not to find them
(sum)."""

import re

_NUMERALS = "一二三四五六七八九十百零〇○两"
_PLACES = "[号號栋棟幢座楼樓层層室户戶弄巷组組]|单元|單元"
_NUMBERED = re.compile(rf"[{_NUMERALS}]+(?={_PLACES})")
_DIGITS = re.compile(r"[0-9０-９]+[A-Za-z]?(?![A-Za-z])")
_FLAT = re.compile(r"\b(apt|apartment|flat|unit|room|suite|block)\.?\s+\w+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}", re.UNICODE)
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_FIRM = 5


def name(full: str) -> str:
    """李**, C*** W***; of a firm's long name the first two characters; nothing for none."""
    full = full.strip()
    if not _HAN.search(full):
        return _WORD.sub(lambda word: word[0][0] + "***", full)
    return full[:2] + "***" if len(full) >= _FIRM else full[:1] + "**"


def address(full: str) -> str:
    """The road without the house: 滨河路*号*栋*室, * Main Street."""
    masked = _FLAT.sub(lambda found: f"{found[1]} *", full)
    return _DIGITS.sub("*", _NUMBERED.sub("*", masked))
