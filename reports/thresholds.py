"""Set what the watch lists go by: numbers by version, telling words by row (verb)."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from organisation import permissions
from organisation.models import Staff
from organisation.roles import Permission
from reports import watch
from reports.models import TellingWord, ThresholdVersion
from reports.watch import rules_in_force
from servicedesk.lib import text_folding
from servicedesk.lib.errors import DeskError, NotAllowed

PRESETS = Path(__file__).parent / "presets"


class NoSuchThreshold(DeskError):
    """Only the numbers that a list is defined by can be set."""

    message = _("There is no threshold of this name.")
    http_status = 404


class TooLow(DeskError):
    """Below this value a list would show everything."""

    message = _("This value is too low: the list would show everything.")
    field = "value"


class WhyChanged(DeskError):
    """Who changes a threshold says why; the reason stands on the list."""

    message = _("Give the reason. It stands beside the threshold for everybody to read.")
    field = "reason"


class SetMeanwhile(DeskError):
    """Somebody else set the same threshold at the same moment."""

    message = _("Somebody else has just set this threshold. Look at it again before you save.")


class WordTooShort(DeskError):
    """One letter or sign stands in every text."""

    message = _("A word has at least two signs.")
    field = "word"


class WordIsThere(DeskError):
    """The same word counts once."""

    message = _("This word is on the list already.")
    field = "word"


class NoSuchWord(DeskError):
    """The word is not, or no longer, on the list."""

    message = _("This word is not on the list any more.")
    http_status = 404


def seed(*, by: Staff | None, at: datetime) -> int:
    """Version 1 of every threshold and the shipped words where none ever stood; how many were new.

    A shipped word that somebody removed stays removed.
    """
    known = set(ThresholdVersion.objects.values_list("pattern", "name"))
    rows = [
        ThresholdVersion(
            pattern=pattern.code, name=one.name, version=1, value=one.default, set_by=by, set_at=at
        )
        for pattern in watch.ALL
        for one in pattern.all_thresholds
        if (pattern.code, one.name) not in known
    ]
    shipped = json.loads((PRESETS / "telling_words.json").read_text("utf-8"))
    ever = set(TellingWord.objects.values_list("use", "word"))
    words = [
        TellingWord(use=use, word=word, added_by=by, added_at=at)
        for use, listed in shipped.items()
        for word in listed
        if (use, word) not in ever
    ]
    with transaction.atomic():
        return len(ThresholdVersion.objects.bulk_create(rows)) + len(
            TellingWord.objects.bulk_create(words)
        )


def set_threshold(
    *, pattern: str, name: str, value: Decimal, reason: str, by: Staff, at: datetime
) -> ThresholdVersion:
    """The next version of a threshold; raises NotAllowed, NoSuchThreshold, TooLow, WhyChanged,
    SetMeanwhile. The same value for the same reason again writes nothing new."""
    _check(by)
    known = watch.BY_CODE.get(pattern)
    found = {one.name: one for one in known.all_thresholds}.get(name) if known else None
    if found is None:
        raise NoSuchThreshold
    if value < found.least:
        raise TooLow
    if not reason.strip():
        raise WhyChanged
    standing = ThresholdVersion.objects.filter(pattern=pattern, name=name)
    latest = standing.order_by("-version").first()
    if latest is not None and (latest.value, latest.reason) == (value, reason.strip()):
        return latest
    try:
        with transaction.atomic():
            return ThresholdVersion.objects.create(
                pattern=pattern, name=name, version=latest.version + 1 if latest else 2,
                value=value, reason=reason.strip(), set_by=by, set_at=at,
            )  # fmt: skip
    except IntegrityError as error:
        raise SetMeanwhile from error


def add_word(*, use: str, word: str, by: Staff, at: datetime) -> TellingWord:
    """A word more; raises NotAllowed, NoSuchThreshold, WordTooShort, WordIsThere."""
    _check(by)
    if use not in rules_in_force.USES:
        raise NoSuchThreshold
    plain = text_folding.fold(word)[:40]
    if len(plain) < 2:
        raise WordTooShort
    row, is_new = TellingWord.objects.get_or_create(
        use=use, word=plain, removed_at=None, defaults={"added_by": by, "added_at": at}
    )
    if not is_new:
        raise WordIsThere
    return row


def remove_word(*, use: str, word: str, by: Staff, at: datetime) -> None:
    """One word less; raises NotAllowed, NoSuchWord."""
    _check(by)
    standing = TellingWord.objects.in_force().filter(use=use, word=word)
    if not standing.update(removed_by=by, removed_at=at):
        raise NoSuchWord


def _check(by: Staff) -> None:
    if not permissions.can(by, Permission.CONFIGURE):
        raise NotAllowed
