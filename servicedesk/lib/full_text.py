"""Full text without extensions: ready queries over a column of folded terms."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Lookup

from servicedesk.lib import text_folding


@SearchVectorField.register_lookup
class HasTerms(Lookup):  # type: ignore[type-arg]
    """`words__has_terms=all_of(terms)`: a ready query, not parsed as language."""

    lookup_name = "has_terms"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        return f"{left} @@ %s::tsquery", (*left_params, self.rhs)


def all_of(terms: Iterable[str]) -> str:
    """The query that wants every term (one Chinese character: every term that begins with it);
    empty when there is none."""
    return " & ".join(_quoted(term) for term in terms if term)


def _quoted(term: str) -> str:
    quoted = "'" + term.replace("\\", "").replace("'", "''") + "'"
    return f"{quoted}:*" if text_folding.is_prefix(term) else quoted
