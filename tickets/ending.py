"""What a matter has in common that ends without work of our own: referred or refused (ledger)."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from servicedesk.lib.errors import DeskError
from tickets import owed, promises
from tickets.kinds import Outcome
from tickets.transition import Step


class NothingTold(DeskError):
    """Nothing ends without an answer, and word of who gave it or why nobody could."""

    message = _(
        "Say what the answer is, and either that the customer was told or why that was not"
        " possible."
    )
    http_status = 422


class CoTasksOpen(DeskError):
    """While another unit still owes its part, the lead says why it reports done without it."""

    message = _(
        "Other units still owe their part of the joint handling. Wait for them, or say why it is"
        " done without them."
    )
    field = "unfinished_reason"


@dataclass(frozen=True)
class Told:
    """The answer, and whether the customer has it or why not."""

    answer: str
    is_customer_told: bool
    no_reply_reason: str = ""


def check(told: Told) -> None:
    """Nothing if somebody was told or it is said why not; else NothingTold."""
    if not told.answer.strip() or not (told.is_customer_told or told.no_reply_reason.strip()):
        raise NothingTold


def report(step: Step, outcome: Outcome, told: Told) -> None:
    """The answer becomes the ticket's result and waits for its review. What the front desk ends
    before it was dispatched is the work of whoever ended it."""
    ticket = step.ticket
    ticket.outcome, ticket.result, ticket.done_at = outcome, told.answer, step.at
    ticket.is_auto_signed = False
    ticket.replied_at = step.at if told.is_customer_told else ticket.replied_at
    ticket.no_reply_reason = "" if told.is_customer_told else told.no_reply_reason
    if ticket.lead_unit is None and step.by is not None:
        ticket.lead_unit, ticket.lead_handler = step.by.unit, step.by
    if told.is_customer_told:
        promises.let_go(step)
        if step.by is not None and step.by.pk == ticket.tracker_id:
            ticket.told_confirmed_at = step.at
    step.tell(ticket.tracker, "done")


def check_helpers(step: Step, unfinished_reason: str) -> None:
    """Within the step that ends the work: nothing if no other unit owes its part, or it is said why
    nobody waits for it; else CoTasksOpen."""
    waiting = list(owed.co_tasks(step.ticket).values_list("pk", flat=True))
    if waiting and not unfinished_reason.strip():
        raise CoTasksOpen
    if waiting:
        step.facts |= {"unfinished": waiting, "unfinished_reason": unfinished_reason.strip()}
