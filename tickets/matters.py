"""What routing looks at, read off a ticket (question)."""

from assignment import routing
from tickets.models import Ticket


def of(ticket: Ticket) -> routing.Matter:
    """The ticket's matter; the ticket may be unsaved."""
    return routing.Matter(
        company_path=ticket.scope_path, utility=ticket.utility, kind=ticket.kind,
        category_code=ticket.category.code, territory=ticket.territory,
        is_key_account=bool(ticket.customer and ticket.customer.is_key_account),
        parent_code=ticket.category.parent.code if ticket.category.parent else "",
    )  # fmt: skip
