"""Promised updates (承诺告知): by when the customer hears of the matter again (ledger)."""

from tickets.transition import Step


def keep(step: Step) -> None:
    """The customer was spoken with, so what was promised is done, in time or late."""
    ticket = step.ticket
    if ticket.next_update_at is None:
        return
    step.facts |= {
        "promised_at": ticket.next_update_at.isoformat(),
        "is_kept": step.at <= ticket.next_update_at,
    }
    let_go(step)


def let_go(step: Step) -> None:
    """Nothing more is promised."""
    step.ticket.next_update_at = step.ticket.update_fires_at = None
