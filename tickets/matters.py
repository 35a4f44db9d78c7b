"""What a matter is called in a list, and what routing looks at in it (question)."""

from assignment import routing
from servicedesk.lib import text_folding
from tickets import gravity
from tickets.kinds import REFERRED
from tickets.models import Ticket


def of(ticket: Ticket) -> routing.Matter:
    """The ticket's matter; the ticket may be unsaved."""
    return routing.Matter(
        company_path=ticket.scope_path, utility=ticket.utility, kind=ticket.kind,
        category_code=ticket.category.code, territory=ticket.territory,
        is_key_account=bool(ticket.customer and ticket.customer.is_key_account),
        parent_code=ticket.category.parent.code if ticket.category.parent else "",
    )  # fmt: skip


def known(ticket: Ticket) -> gravity.Known:
    """What the rules of gravity look at in it; the ticket may be unsaved."""
    return gravity.Known(
        text=text_folding.fold(ticket.text), is_safety=ticket.category.is_safety,
        is_key_account=bool(ticket.customer and ticket.customer.is_key_account),
        is_referred=ticket.channel in REFERRED, contacts=1 + ticket.urge_count,
        reopenings=ticket.reopen_count,
    )  # fmt: skip


def headline(text: str) -> str:
    """The first line of what was said, short enough for a list."""
    first = text_folding.one_line(text)
    return first if len(first) <= 60 else first[:59] + "…"
