"""Pages of a list by key, never by offset: each page costs the same however far down it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

_NEVER = "never"


@dataclass(frozen=True)
class Page:
    """Some rows and the key of the next page, empty on the last."""

    rows: Sequence[Any]
    next_key: str


def newest_first(rows: QuerySet[Any], before: str | None, size: int) -> Page:
    """By falling id; a key that is no number starts at the top."""
    if before and before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.order_by("-pk")[: size + 1])
    return Page(found[:size], str(found[size - 1].pk) if len(found) > size else "")


def by_due(rows: QuerySet[Any], after: str | None, size: int) -> Page:
    """By next_due_at, as by_instant."""
    return by_instant(rows, "next_due_at", after, size)


def by_instant(rows: QuerySet[Any], name: str, after: str | None, size: int) -> Page:
    """By the instant in the column, those without one last, then by id; an unreadable key starts
    at the top."""
    key = _instant_key(after)
    if key is not None:
        rows = rows.filter(_beyond(name, *key))
    found = list(rows.order_by(F(name).asc(nulls_last=True), "pk")[: size + 1])
    if len(found) <= size:
        return Page(found, "")
    last = found[size - 1]
    instant = getattr(last, name)
    return Page(found[:size], f"{instant.isoformat() if instant else _NEVER}~{last.pk}")


def _beyond(name: str, instant: datetime | None, pk: int) -> Q:
    if instant is None:
        return Q((name, None), pk__gt=pk)
    later, same = Q((f"{name}__gt", instant)), Q((name, instant), pk__gt=pk)
    return later | same | Q((name, None))


def _instant_key(typed: str | None) -> tuple[datetime | None, int] | None:
    due, _, pk = (typed or "").partition("~")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    if due == _NEVER:
        return None, int(pk)
    try:
        # A plus sign typed into an address arrives as a space.
        instant = datetime.fromisoformat(due.replace(" ", "+"))
    except ValueError:
        return None
    return (instant, int(pk)) if instant.tzinfo else None
