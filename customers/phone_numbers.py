"""Telephone numbers as people write them: one stored form, masks for the screen, keyed hashes to
find them by.

Numbers of the home country (China) are stored as dialled at home, 13812345678 or 01062345678;
others as +44... Numbers that cannot be told apart from other digits are not guessed: `normalise`
then gives an empty text.
"""

import hashlib
import hmac
import re
import unicodedata

MAX_TYPED = 60
_EXTENSION = re.compile(
    r"(?:(?:ext\.?|x|#|转|轉|分机|分機|p|,)\s*|(?<=\d{7})-)\d{1,6}\s*$", re.IGNORECASE
)
_LABEL = re.compile(
    r"^\s*(?:(?:手机|手機|电话|電話|固话|座机|联系电话|tel|phone|mobile)\s*(?:号码|号|號)?\s*[:.]?)\s*",
    re.IGNORECASE,
)
_PUNCTUATION = re.compile(r"[\s\-‐‑‒–—―−_./·()\[\]]+")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0(?:10|2\d|[3-9]\d{2})[2-8]\d{6,7}")
# 95598, 12345, 110, 400-..., 800-...: answered by an office, not by a person.
_SERVICE = re.compile(r"(?:400|800)\d{7}|9[56]\d{3,6}|1(?:[0-2]\d|00\d\d|[23]\d{3})")
_NORTH_AMERICA = re.compile(r"\+1[2-9]\d{2}[2-9]\d{6}")
_BRITAIN = re.compile(r"\+44[1-9]\d{8,9}")
_ELSEWHERE = re.compile(r"\+[2-9]\d{6,14}")
_COUNTRIES = {"CN": "86", "US": "1", "CA": "1", "GB": "44"}
_IN_TEXT = re.compile(
    r"(?<![\d*])(?:\+?\d{1,3}[\s-]?)?(?:1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}|0\d{2,3}[\s-]?[2-8]\d{2,3}[\s-]?\d{4})(?![\d*])"
)


def normalise(typed: str, *, country: str = "CN", area_code: str = "") -> str:
    """The stored form, without extension, or an empty text where this is no telephone number.

    `country` (CN, US, CA, GB) is where numbers without a country code belong; `area_code` (0394)
    completes Chinese landlines dialled within the town.
    """
    digits = _dialled(typed)
    if not digits:
        return ""
    if digits.startswith("+86"):
        return _chinese(digits[3:], area_code)
    if digits.startswith("+"):
        return _foreign(digits)
    if country == "CN":
        return _chinese(digits, area_code)
    national = digits if country in ("US", "CA") else digits.removeprefix("0")
    code = _COUNTRIES[country]
    return _foreign(f"+{code}{national.removeprefix('1') if code == '1' else national}")


def is_mobile(number: str) -> bool:
    """Whether a stored number is a Chinese mobile, which can receive an SMS."""
    return _MOBILE.fullmatch(number) is not None


def mask(number: str) -> str:
    """A stored number as most people may see it: 138****5678, 010****5678, ***45; nothing for
    none."""
    if len(number) < 7:
        return "*" * max(len(number) - 2, 0) + number[-2:]
    shown = min(3, len(number) - 8) if len(number) > 8 else 0
    return number[:shown] + "****" + number[-4:]


def mask_in_text(text: str) -> str:
    """Free text with the telephone numbers in it masked, for exports and outside eyes."""
    return _IN_TEXT.sub(lambda found: mask(_PUNCTUATION.sub("", found[0])), text)


def tail(number: str) -> str:
    """The last four digits, as people quote them; all of a shorter number."""
    return number[-4:]


def keyed_hash(number: str, *, key: str | bytes) -> str:
    """What a number is found by without being readable: HMAC-SHA-256 in hex. Raises ValueError
    without a key."""
    secret = key.encode() if isinstance(key, str) else key
    if not secret:
        raise ValueError("Telephone numbers are not hashed without a key.")
    # A whole number and a tail of four digits never share a hash: the length is part of what is
    # hashed.
    return hmac.new(secret, f"{len(number)}:{number}".encode(), hashlib.sha256).hexdigest()


def _dialled(typed: str) -> str:
    """Digits with a leading + for a country code; empty when anything else is in it."""
    text = unicodedata.normalize("NFKC", typed[:MAX_TYPED])
    text = _EXTENSION.sub("", _LABEL.sub("", text)).replace("(0)", "")
    digits = _PUNCTUATION.sub("", text)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if re.fullmatch(r"86(?:1[3-9]\d{9}|0?[1-9]\d{8,10})", digits) and not _MOBILE.fullmatch(digits):
        digits = "+" + digits
    return digits if re.fullmatch(r"\+?[0-9]+", digits) else ""


def _chinese(digits: str, area_code: str) -> str:
    if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits) or _SERVICE.fullmatch(digits):
        return digits
    # Written with the country code, an area code has lost its zero; within the town, it is left
    # out.
    for completed in (f"0{digits}", f"{area_code}{digits}" if len(digits) in (7, 8) else ""):
        if _LANDLINE.fullmatch(completed):
            return completed
    return ""


def _foreign(digits: str) -> str:
    for code, shape in (("+1", _NORTH_AMERICA), ("+44", _BRITAIN)):
        if digits.startswith(code):
            return digits if shape.fullmatch(digits) else ""
    return digits if _ELSEWHERE.fullmatch(digits) else ""
