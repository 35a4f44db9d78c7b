"""`column = ANY(ARRAY(SELECT …))`: the inner query is asked once, and the column's index can serve
the answer; an IN inside an OR would be a hash that no index serves."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Lookup, Q, QuerySet


class _OneOf(Lookup):  # type: ignore[type-arg]
    lookup_name = "one_of"
    prepare_rhs = False
    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        values, value_params = compiler.compile(self.rhs)
        return f"{left} = ANY({values})", (*left_params, *value_params)


def among(column: str, values: QuerySet[Any, Any]) -> Q:
    """Whether the column (by its attribute name, `lead_unit_id`) is one of a one-column query's
    values; unknown, not false, where the column is null."""
    return Q(_OneOf(F(column), ArraySubquery(values)))
