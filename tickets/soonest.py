"""When the engine has something to do next, in any of its tables: one statement for all (question)."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models

_KEPT_SECONDS = 60


@dataclass(frozen=True)
class Wait:
    """Rows that wait, each until the instant in the named column; an index holds that order."""

    rows: models.QuerySet[Any]
    until: str

    def sql(self) -> tuple[str, tuple[Any, ...]]:
        """The soonest instant, as a part of another statement."""
        waiting = self.rows.filter(**{f"{self.until}__isnull": False}).order_by(self.until)
        return waiting.values(self.until)[:1].query.sql_with_params()


class Soonest:
    """Asks all of them at once, in a statement that the database keeps planned: planning it anew
    each time would cost more than answering it."""

    def __init__(self, waits: Sequence[Wait]) -> None:
        parts = [one.sql() for one in waits]
        asked = ", ".join(["clock_timestamp()", *(f"({text})" for text, _ in parts)])
        self._name = f"soonest_{id(self)}"
        self._statement = f"PREPARE {self._name} AS SELECT {asked}"
        self._parameters = [value for _, values in parts for value in values]
        self._session: Any = None
        self._planned = 0.0

    def ask(self) -> tuple[datetime, list[datetime | None]]:
        """The database's instant, and for each wait the instant of its first row, which may be
        past; None where nothing waits."""
        with connection.cursor() as cursor:
            self._plan(cursor)
            cursor.execute(f"EXECUTE {self._name}")
            now, *instants = cursor.fetchone()
        return now.astimezone(UTC), instants

    def _plan(self, cursor: Any) -> None:
        """Once in each session, and again now and then, as tables grow."""
        is_known = self._session is connection.connection
        if is_known and time.monotonic() - self._planned < _KEPT_SECONDS:
            return
        if is_known:
            cursor.execute(f"DEALLOCATE {self._name}")
        cursor.execute(self._statement, self._parameters)
        self._session, self._planned = connection.connection, time.monotonic()
