"""The thresholds and words that the watch lists go by now (question)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from reports.models import TellingWord, ThresholdVersion
from reports.watch.definition import Pattern, Threshold

USES = ("complaint_like", "called_before")


@dataclass(frozen=True)
class Rules:
    """Values by list and name, words by use; what no row says is as the desk ships it."""

    values: Mapping[tuple[str, str], Decimal]
    words: Mapping[str, list[str]]

    def measures(self, pattern: Pattern) -> dict[str, Decimal]:
        return {
            one.name: self.values.get((pattern.code, one.name), one.default)
            for one in pattern.all_thresholds
        }

    def words_of(self, pattern: Pattern) -> list[str]:
        return self.words.get(pattern.words, [])


@dataclass(frozen=True)
class Standing:
    """One threshold as the page shows it: its value, version, reason, and who set it."""

    threshold: Threshold
    value: Decimal
    version: int
    reason: str
    set_by: str
    set_at: datetime | None


def read() -> Rules:
    """Everything in force, in two queries."""
    rows = ThresholdVersion.objects.in_force().values_list("pattern", "name", "value")
    return Rules({(pattern, name): value for pattern, name, value in rows}, words())


def words() -> dict[str, list[str]]:
    """The words in force by their use, in the order of writing."""
    found: dict[str, list[str]] = defaultdict(list)
    for use, word in TellingWord.objects.in_force().order_by("id").values_list("use", "word"):
        found[use].append(word)
    return found


def standing(pattern: Pattern) -> list[Standing]:
    """Each threshold of a list with its newest version."""
    rows = ThresholdVersion.objects.in_force().filter(pattern=pattern.code).select_related("set_by")
    by_name = {row.name: row for row in rows}
    return [_standing(one, by_name.get(one.name)) for one in pattern.all_thresholds]


def _standing(threshold: Threshold, row: ThresholdVersion | None) -> Standing:
    if row is None:
        return Standing(threshold, threshold.default, 1, str(threshold.reason), "", None)
    reason = row.reason or str(threshold.reason)
    set_by = row.set_by.name if row.set_by else ""
    return Standing(threshold, row.value, row.version, reason, set_by, row.set_at)
