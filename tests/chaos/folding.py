"""Whether every row still follows from its events: the invariants of the tests, asked of each ticket
of a storm. `python -m tests.chaos.folding FILE` writes what does not hold, a JSON list of lines."""

import json
import sys
from pathlib import Path


def unfolded() -> list[str]:
    """number: what does not hold."""
    from tests.tickets import invariants
    from tickets.models import Event, Ticket

    found = []
    for ticket in Ticket.objects.order_by("pk"):
        for check in invariants.ALL:
            try:
                check(None, None, ticket)  # type: ignore[arg-type]
            except AssertionError as broken:
                found.append(f"{ticket.number}: {check.__name__}: {str(broken)[:300]}")
        latest = Event.objects.filter(ticket=ticket).order_by("id").last()
        if latest is None or latest.to_state != ticket.state:
            found.append(f"{ticket.number}: its state is not that of its latest event")
    return found


def main() -> None:
    Path(sys.argv[1]).write_text(json.dumps(unfolded()))
