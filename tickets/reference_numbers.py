"""Ticket numbers such as 20261121-0007-3: written, checked, read back from what people type, and
read aloud.

The last digit is Damm's: over exhaustive trial it catches every single wrong digit and every
exchange of two neighbours, the check digit included. ISO 7064 MOD 11-10 misses some exchanges, and
Verhoeff's needs three tables for no more than this.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

# Damm's quasigroup of order 10: weakly totally anti-symmetric, zeros on the diagonal.
DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
MIN_SEQUENCE_DIGITS = 4
MAX_SEQUENCE_DIGITS = 8
PATTERN = r"[0-9]{8}-[0-9]{4,8}-[0-9]"

_CHINESE_DIGITS = str.maketrans("〇零一幺么二两三四五六七八九", "00111223456789")
_LABEL = re.compile(
    r"^(?:工单编号|工单号码|工单号|工单|受理编号|编号|单号|ticket|number|no)?[.:#号\s]*",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—―−_.,/、,。·・]+")
_SPOKEN_CHINESE = "零幺二三四五六七八九"
_SPOKEN_ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


class NotAReferenceNumber(ValueError):
    """Raised with a sentence for the reason; `code` names it: not_digits, length,
    wrong_check_digit, date, sequence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True, order=True)
class ReferenceNumber:
    """The day a ticket was received and its place in that day's sequence; gaps in the sequence are
    allowed."""

    day: date
    sequence: int

    def __post_init__(self) -> None:
        if not 1 <= self.sequence < 10**MAX_SEQUENCE_DIGITS:
            raise ValueError(
                f"A sequence runs from 1 to {10**MAX_SEQUENCE_DIGITS - 1}, not {self.sequence}."
            )

    def __str__(self) -> str:
        day, sequence = f"{self.day:%Y%m%d}".zfill(8), f"{self.sequence:0{MIN_SEQUENCE_DIGITS}d}"
        return f"{day}-{sequence}-{check_digit(day + sequence)}"


def check_digit(digits: str) -> int:
    """Damm's check digit of a run of ASCII digits; 0 for a run that ends in its own check digit."""
    interim = 0
    for digit in digits:
        interim = DAMM[interim][int(digit)]
    return interim


def compose(day: date, sequence: int) -> str:
    """The number as stored and shown."""
    return str(ReferenceNumber(day, sequence))


def read(typed: str) -> ReferenceNumber:
    """The number meant by what someone typed or pasted; raises NotAReferenceNumber."""
    digits = _digits(typed)
    if not 8 + MIN_SEQUENCE_DIGITS + 1 <= len(digits) <= 8 + MAX_SEQUENCE_DIGITS + 1:
        raise NotAReferenceNumber(
            "length", "A number has 8 digits of the date, at least 4 of the day, and 1 to check."
        )
    if check_digit(digits) != 0:
        raise NotAReferenceNumber(
            "wrong_check_digit", "One of the digits is wrong, or two are exchanged."
        )
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        raise NotAReferenceNumber("date", "The first 8 digits are not a date.") from None
    sequence = digits[8:-1]
    if int(sequence) == 0 or (len(sequence) > MIN_SEQUENCE_DIGITS and sequence[0] == "0"):
        raise NotAReferenceNumber(
            "sequence", "The digits between the date and the last one are not a day's number."
        )
    return ReferenceNumber(day, int(sequence))


def parse(typed: str) -> str | None:
    """The stored form of what someone typed, or None where it is no reference number."""
    try:
        return str(read(typed))
    except NotAReferenceNumber:
        return None


def spoken_chinese(number: str) -> str:
    """The number as it is read over the telephone, with 幺 for one; groups are kept by commas."""
    return "，".join(
        "".join(_SPOKEN_CHINESE[int(digit)] for digit in group) for group in _groups(number)
    )


def spoken_english(number: str) -> str:
    """The number digit by digit, groups kept by commas."""
    return ", ".join(
        " ".join(_SPOKEN_ENGLISH[int(digit)] for digit in group) for group in _groups(number)
    )


def _groups(number: str) -> tuple[str, str, str, str]:
    day, sequence, check = str(read(number)).split("-")
    return day[:4], day[4:], sequence, check


def _digits(typed: str) -> str:
    # NFKC turns full-width and circled digits into plain ones; what is left of other scripts is
    # turned by its value.
    text = _LABEL.sub("", unicodedata.normalize("NFKC", typed[:200]).strip())
    text = _SEPARATORS.sub("", text).translate(_CHINESE_DIGITS)
    digits = "".join(str(unicodedata.digit(character, "")) for character in text)
    if not digits or len(digits) != len(text):
        raise NotAReferenceNumber("not_digits", "A number has digits and dashes only.")
    return digits


def spoken(number: str, language: str) -> str:
    """The number as the clerk says it in the customer's language."""
    return spoken_chinese(number) if language.startswith("zh") else spoken_english(number)
