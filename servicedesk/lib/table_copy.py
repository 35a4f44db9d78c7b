"""Write many rows at once with PostgreSQL's COPY: for loads of history, not for single changes."""

import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import NoneType
from typing import Any

from django.db import connection, models
from psycopg2 import sql

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_SPECIAL = re.compile(r"[\\\t\n\r]")


class Vector(str):
    """The written form of a full-text column."""

    __slots__ = ()


def vector(terms: Iterable[str]) -> Vector:
    """What array_to_tsvector makes of the terms, in the form PostgreSQL reads."""
    return Vector(" ".join("'" + t.replace("\\", "\\\\").replace("'", "''") + "'" for t in terms))


def insert(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]],
    constants: Mapping[str, Any] | None = None,
) -> None:
    """Add the rows; `names` are column names of the model's table, `constants` what every row
    holds besides."""
    _copy(model._meta.db_table, names, rows, constants or {})


_COMING = sql.SQL("CREATE TEMP TABLE coming AS SELECT id, {columns} FROM {table} WITH NO DATA")
_UPDATE = sql.SQL(
    "UPDATE {table} SET ({columns}) = ROW({values}) FROM coming WHERE {table}.id = coming.id"
)


def update(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Set the named columns of the rows whose id comes first in each; inside a transaction."""
    parts = {
        "table": sql.Identifier(model._meta.db_table),
        "columns": _listed(names),
        "values": sql.SQL(", ").join(sql.Identifier("coming", name) for name in names),
    }
    with connection.cursor() as cursor:
        cursor.execute(_COMING.format(**parts))
        _copy("coming", ("id", *names), rows, {})
        cursor.execute(_UPDATE.format(**parts))
        cursor.execute("DROP TABLE coming")


def next_ids(model: type[models.Model], how_many: int) -> list[int]:
    """That many fresh primary keys."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, how_many],
        )
        return [row[0] for row in cursor.fetchall()]


def _copy(
    table: str, names: Sequence[str], rows: Iterable[Sequence[Any]], constants: Mapping[str, Any]
) -> None:
    end = "".join(f"\t{cell(value)}" for value in constants.values()) + "\n"
    lines = "".join("\t".join([cell(value) for value in row]) + end for row in rows)
    command = sql.SQL("COPY {table} ({columns}) FROM STDIN").format(
        table=sql.Identifier(table), columns=_listed([*names, *constants])
    )
    # Django wraps the errors of execute() only.
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(command, io.StringIO(lines))


def _listed(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def cell(value: Any) -> str:
    """One value in the text form of COPY."""
    render = _RENDERERS.get(type(value))
    if render is not None:
        return render(value)
    return _text(value) if isinstance(value, str) else _json(value)


def _text(value: str) -> str:
    return value.translate(_ESCAPES) if _SPECIAL.search(value) else value


def _json(value: Any) -> str:
    return _text(json.dumps(value, ensure_ascii=False))


_RENDERERS: dict[type, Callable[[Any], str]] = {
    NoneType: lambda value: "\\N",
    bool: lambda value: "t" if value else "f",
    int: str,
    str: _text,
    Vector: _text,
    datetime: datetime.isoformat,
    dict: _json,
    list: _json,
}
