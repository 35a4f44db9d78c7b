"""What cannot be granted is refused with its reason and its basis (verb)."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from servicedesk.lib.errors import DeskError
from tickets import ending, indexing, refusal_wording, transition
from tickets.kinds import Outcome
from tickets.models import Ticket
from tickets.states import Move


class NoBareRefusal(DeskError):
    """A refusal tells the customer why, and on what basis (不予办理须说明原因; domain §1a row 7)."""

    message = _(
        "A refusal needs its reason and the law, standard or rule it rests on; both go into the"
        " reply."
    )
    http_status = 422

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field


def refuse(
    *, ticket: Ticket, reason: str, basis: str, is_customer_told: bool, no_reply_reason: str = "",
    unfinished_reason: str = "", by: Staff, at: datetime, version: int | None = None,
) -> Ticket:
    """The request is not granted (不予办理); a reviewer looks at it, and the customer is called back
    as ever. Raises NoBareRefusal, ending.NothingTold, and ending.CoTasksOpen unless it is said
    why nobody waits for the units that help."""
    for field, said in (("reason", reason), ("basis", basis)):
        if not said.strip():
            raise NoBareRefusal(field)
    reply = refusal_wording.reply(ticket.language, reason, basis)
    told = ending.Told(reply, is_customer_told, no_reply_reason)
    ending.check(told)
    with (
        indexing.kept(ticket),
        transition.step(ticket, Move.REFUSE, by=by, at=at, version=version) as step,
    ):
        ending.report(step, Outcome.REFUSED, told)
        ending.check_helpers(step, unfinished_reason)
        step.facts |= {
            "reason": reason, "basis": basis, "told": is_customer_told, "why_not": no_reply_reason,
        }  # fmt: skip
    return step.ticket
