"""Add many rows with one statement of constant form: half the time of naming each value in SQL."""

from collections.abc import Sequence
from typing import TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models.expressions import DatabaseDefault
from psycopg2 import sql

Row = TypeVar("Row", bound=models.Model)

_INSERT = sql.SQL(
    "INSERT INTO {table} ({columns}) SELECT {columns}"
    " FROM json_populate_recordset(NULL::{table}, %s){unless}"
)


def new(rows: Sequence[Row], *, skip_known: bool = False) -> None:
    """Write unsaved rows of one model, which learn no primary key by it; with `skip_known` one
    that breaks a unique constraint is left as it is in the table. What the database gives the first
    of them it gives all."""
    if not rows:
        return
    meta = type(rows[0])._meta
    columns = [
        field
        for field in meta.concrete_fields
        if not field.primary_key and not isinstance(getattr(rows[0], field.attname), DatabaseDefault)
    ]
    names = [(field.column, field.attname) for field in columns]
    told = [{column: getattr(row, name) for column, name in names} for row in rows]
    command = _INSERT.format(
        table=sql.Identifier(meta.db_table),
        columns=sql.SQL(", ").join(sql.Identifier(field.column) for field in columns),
        unless=sql.SQL(" ON CONFLICT DO NOTHING" if skip_known else ""),
    )
    with connection.cursor() as cursor:
        cursor.execute(command, [_Exact(ensure_ascii=False).encode(told)])


class _Exact(DjangoJSONEncoder):
    """Instants to the microsecond, which JSON for browsers leaves out."""

    def default(self, o: object) -> object:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)
