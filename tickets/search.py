"""Find tickets by number, caller or words, among those a person may see (question)."""

from django.conf import settings
from django.db.models import Q

from customers import phone_numbers
from servicedesk.lib import full_text, text_folding
from tickets import reference_numbers
from tickets.models.ticket import TicketQuerySet


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
    query = full_text.all_of(text_folding.query_terms(typed))
    return Q(words__has_terms=query) if query else Q(pk__in=[])
