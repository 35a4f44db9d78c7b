"""Keep the words by which tickets are found: folded bigrams in a full-text column (verb)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from organisation.models import Staff
from servicedesk.lib import text_folding
from tickets.models import Ticket

_WRITE = "UPDATE tickets_ticket SET words = array_to_tsvector(%s) WHERE id = %s"


def index(*, ticket_ids: Sequence[int], by: Staff | None, at: datetime) -> None:
    """Write the search terms of these tickets."""
    tickets = Ticket.objects.filter(pk__in=ticket_ids).defer("words")
    written = [(terms_of(ticket), ticket.pk) for ticket in tickets]
    with connection.cursor() as cursor:
        cursor.executemany(_WRITE, written)


def terms_of(ticket: Ticket) -> list[str]:
    """What a ticket can be found by: its words, its place, the names on it, its numbers."""
    spoken = " ".join(
        (ticket.subject, ticket.text, ticket.address, ticket.contact_name, ticket.result)
    )
    terms = set(text_folding.bigrams(spoken)) | {ticket.number.replace("-", "")}
    if ticket.external_number:
        terms.add(ticket.external_number.lower())
    return sorted(terms)
