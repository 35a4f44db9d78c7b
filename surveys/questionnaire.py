"""What a questionnaire holds, read from plain data (sum)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Questions with a column of their own, and the codes their answers may have; None is free text.
CORE: dict[str, frozenset[str] | None] = {
    "solved": frozenset({"solved", "partly", "not", "unknown"}),
    "satisfied": frozenset({"satisfied", "fairly", "dissatisfied", "no_opinion"}),
    "reason": None,
    "verbatim": None,
    "independence": frozenset({"yes", "no"}),
}


@dataclass(frozen=True)
class Question:
    """One question in one language; no choices means own words."""

    code: str
    text: str
    choices: tuple[tuple[str, str], ...]

    @property
    def is_core(self) -> bool:
        return self.code in CORE


def questions(data: Sequence[Mapping[str, Any]], language: str) -> tuple[Question, ...]:
    """The questions in the language, in their order; anything but Chinese reads English."""
    key = text_key(language)
    return tuple(
        Question(
            code=entry["code"],
            text=entry[key],
            choices=tuple((one["code"], one[key]) for one in entry.get("choices", ())),
        )
        for entry in data
    )


def text_key(language: str) -> str:
    """Which of the two languages of the data a reader's language gets."""
    return "zh" if language.startswith("zh") else "en"


def check(data: Sequence[Mapping[str, Any]]) -> None:
    """Nothing if the questionnaire can be asked; else ValueError with a sentence."""
    codes = [str(entry.get("code", "")) for entry in data]
    if len(set(codes)) != len(codes) or "" in codes:
        raise ValueError("Each question needs a code of its own.")
    for must in ("solved", "satisfied"):
        if must not in codes:
            raise ValueError(f"The question “{must}” is missing.")
    for entry in data:
        _check_question(entry)


def _check_question(entry: Mapping[str, Any]) -> None:
    for one in (entry, *entry.get("choices", ())):
        if not (one.get("en") and one.get("zh") and one.get("code")):
            raise ValueError(f"Question {entry['code']} lacks a text in English or Chinese.")
    allowed = CORE.get(entry["code"])
    given = {one["code"] for one in entry.get("choices", ())}
    if allowed is not None and given != allowed:
        raise ValueError(f"Question {entry['code']} must offer exactly {sorted(allowed)}.")
