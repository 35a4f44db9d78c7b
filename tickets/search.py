"""Find tickets by number, caller or words, among those a person may see (question)."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.search import SearchVectorField
from django.db.models import Lookup, Q

from customers import phone_numbers
from servicedesk.lib import text_folding
from tickets import reference_numbers
from tickets.models.ticket import TicketQuerySet


@SearchVectorField.register_lookup
class HasTerms(Lookup):  # type: ignore[type-arg]
    """`words__has_terms="'停电' & '滨河'"`: a ready full-text query, not parsed as language."""

    lookup_name = "has_terms"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, left_params = self.process_lhs(compiler, connection)
        return f"{left} @@ %s::tsquery", [*left_params, self.rhs]


def among(tickets: TicketQuerySet, typed: str) -> TicketQuerySet:
    """Those of the tickets that the typed text names: a reference number, a phone number (whole
    or its last four digits), an outside number, or words."""
    typed = typed.strip()[:200]
    if not typed:
        return tickets
    number = reference_numbers.parse(typed)
    if number is not None:
        return tickets.filter(number=number)
    return tickets.filter(_by_phone(typed) | _by_outside_number(typed) | _by_words(typed))


def _by_phone(typed: str) -> Q:
    phone = phone_numbers.normalise(typed)
    if not phone:
        return Q(pk__in=[])
    return Q(contact_phone_hash=phone_numbers.keyed_hash(phone, key=settings.PHONE_HASH_KEY))


def _by_outside_number(typed: str) -> Q:
    return Q(external_number=typed) & ~Q(source="")


def _by_words(typed: str) -> Q:
    terms = text_folding.query_terms(typed)
    if not terms:
        return Q(pk__in=[])
    quoted = ("'" + term.replace("\\", "").replace("'", "''") + "'" for term in terms)
    return Q(words__has_terms=" & ".join(quoted))
