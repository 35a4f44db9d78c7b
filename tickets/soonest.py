"""When the engine has something to do next, in any of its tables: one statement for all (question)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models


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
    """Asks all of them at once. The statement is put together once and kept."""

    def __init__(self, waits: Sequence[Wait]) -> None:
        parts = [one.sql() for one in waits]
        asked = ", ".join(["clock_timestamp()", *(f"({text})" for text, _ in parts)])
        self._statement = f"SELECT {asked}"  # noqa: S608 - the ORM has written the parts
        self._parameters = [value for _, values in parts for value in values]

    def ask(self) -> tuple[datetime, list[datetime | None]]:
        """The database's instant, and for each wait the instant of its first row, which may be
        past; None where nothing waits."""
        with connection.cursor() as cursor:
            cursor.execute(self._statement, self._parameters)
            now, *instants = cursor.fetchone()
        return now.astimezone(UTC), instants
