"""Rows that an engine has claimed are done so that one bad row never holds up the others (ledger).

Each row is done in a savepoint of its own; one that raises keeps nothing and is pushed away, with
its error where the row has a place for it, and the rest go on. The claim itself is the caller's:
`select_for_update(no_key=True, skip_locked=True)`, oldest first, in one transaction with this.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import models, transaction

PUSHED_AWAY = timedelta(seconds=30)

_log = logging.getLogger(__name__)

Row = TypeVar("Row", bound=models.Model)


def each(
    rows: Sequence[Row], *, do: Callable[[Row, datetime], object], fires: str, at: datetime
) -> int:
    """Do each row alone; `fires` names the column that says when a row is due, and is all that a
    failure moves. The number taken."""
    for row in rows:
        _alone(row, do, fires, at)
    return len(rows)


def together(
    rows: Sequence[Row],
    *,
    do: Callable[[Sequence[Row], datetime], object],
    fires: str,
    at: datetime,
) -> int:
    """Do all rows with set-based statements in one savepoint; if that raises, each alone. The
    number taken."""
    if not rows:
        return 0
    try:
        with transaction.atomic():
            do(rows, at)
    except Exception:
        _log.exception(
            "%d %s failed together; replaying them one by one", len(rows), _kind(rows[0])
        )
        return each(rows, do=lambda row, then: do([row], then), fires=fires, at=at)
    return len(rows)


def _alone(row: Row, do: Callable[[Row, datetime], object], fires: str, at: datetime) -> None:
    try:
        with transaction.atomic():
            do(row, at)
    except Exception as error:
        _log.exception("%s %s failed and is pushed away", _kind(row), row.pk)
        changes: dict[str, object] = {fires: at + PUSHED_AWAY}
        columns = {field.name for field in row._meta.concrete_fields}
        if {"attempts", "latest_error"} <= columns:
            changes |= {
                "attempts": models.F("attempts") + 1, "latest_error": repr(error)[:500],
            }  # fmt: skip
        type(row)._base_manager.filter(pk=row.pk).update(**changes)


def _kind(row: models.Model) -> str:
    return row._meta.model_name or ""
