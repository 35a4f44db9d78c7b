"""Keep the words by which tickets are found: folded bigrams in a full-text column (verb)."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from organisation.models import Staff
from servicedesk.lib import text_folding
from tickets.models import Ticket

_WRITE = "UPDATE tickets_ticket SET words = array_to_tsvector(%s) WHERE id = %s"


def index(*, ticket_ids: Sequence[int], by: Staff | None, at: datetime) -> None:
    """Write the search terms of these tickets."""
    _write(ticket_ids)


def rewrite(*, ticket: Ticket, by: Staff | None, at: datetime) -> None:
    """Write the terms of the ticket as it stands in memory, before its own step saves it."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [terms_of(ticket), ticket.pk])


@contextmanager
def kept(ticket: Ticket) -> Iterator[None]:
    """Whatever the block changes about the ticket can be searched from the same commit on."""
    with transaction.atomic():
        yield
        _write([ticket.pk])


def _write(ticket_ids: Sequence[int]) -> None:
    tickets = Ticket.objects.filter(pk__in=ticket_ids).defer("words")
    written = [(terms_of(ticket), ticket.pk) for ticket in tickets]
    with connection.cursor() as cursor:
        cursor.executemany(_WRITE, written)


def terms_of(ticket: Ticket) -> list[str]:
    """What a ticket can be found by: its words, its place, the names on it, its numbers."""
    told: tuple[str, ...] = (ticket.subject, ticket.text, ticket.result)
    # A report is not found by who brought it, nor by where they live.
    if not ticket.is_confidential:
        told += (ticket.address, ticket.contact_name)
    return terms(told, ticket.number, ticket.external_number)


def terms(told: Iterable[str], number: str, external_number: str) -> list[str]:
    """The same from plain values, for tickets that are not rows yet."""
    found = set(text_folding.bigrams(" ".join(told))) | {number.replace("-", "")}
    if external_number:
        found.add(external_number.lower())
    return sorted(found)
