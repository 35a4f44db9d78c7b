"""Give a ticket to a person of a unit, one at a time for everyone's sake (ledger)."""

from dataclasses import replace
from datetime import datetime

from assignment import candidacy
from assignment.models import LastGiven
from organisation.models import Staff, Unit
from tickets import prospects
from tickets.models import Ticket
from tickets.prospects import Prospect


def choose(
    *, ticket: Ticket, unit: Unit, skill: str = "", by: Staff | None, at: datetime
) -> Prospect:
    """Whom the ticket goes to in the unit, never nobody, and why; call inside the ticket's step.
    What no post of the tree can take stays with its tracker (首问).

    Holds the rows of the units whose people are looked at, in the order of their keys, until the
    commit: two choices at once see each other's load, and cannot wait for one another in a ring.
    """
    concerned = Unit.objects.filter(candidacy.units_to_lock(unit, at)).order_by("pk")
    list(concerned.select_for_update(no_key=True).values_list("pk"))
    found = prospects.of(unit, prospects.wanted_of(ticket, skill), at)
    if found.is_fallback:
        return replace(found, person=found.person or ticket.tracker)
    LastGiven.objects.bulk_create(
        [LastGiven(staff=found.person, at=at, lately=found.lately + 1)],
        update_conflicts=True, unique_fields=["staff"], update_fields=["at", "lately"],
    )  # fmt: skip
    return found
