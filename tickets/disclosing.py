"""Tell the customer once, and at once, everything that is still missing (一次性告知) (verb)."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from notifications import outbox
from notifications.models import Channel
from organisation.models import Staff
from servicedesk.lib.errors import DeskError
from tickets import transition
from tickets.kinds import GivenBy
from tickets.models import Checklist, FullList, Ticket
from tickets.states import Move

_LONGEST = 200


class NothingMissing(DeskError):
    """A list names what is to be brought."""

    message = _("Tick or write what is still missing.")
    field = "missing"
    http_status = 422


class LineTooLong(DeskError):
    """A line of the list is short enough to read."""

    message = _("One line of the list has more than 200 characters. Make two of it.")
    field = "more"
    http_status = 422


class GivenAlready(DeskError):
    """The full list is given once; asking again is an exception that shows (domain §1a row 4)."""

    message = _(
        "This customer has had the full list already. Asking for more is an exception: give the"
        " reason, it will be counted."
    )
    field = "exception_reason"


class NoNumberToWriteTo(DeskError):
    """A message needs a number."""

    message = _("No number was given at intake. Print the list or read it out.")
    field = "means"
    http_status = 422


def disclose(
    *, ticket: Ticket, missing: Sequence[str], means: GivenBy, checklist: Checklist | None = None,
    exception_reason: str = "", by: Staff, at: datetime, version: int | None = None,
) -> FullList:
    """The list as it was given, each line as the customer reads it; a message goes to the number
    given at intake. Raises NothingMissing, LineTooLong, NoNumberToWriteTo and, the second time
    without a reason, GivenAlready."""
    lines = [line.strip() for line in missing if line.strip()]
    if not lines:
        raise NothingMissing
    if any(len(line) > _LONGEST for line in lines):
        raise LineTooLong
    if means == GivenBy.MESSAGE and not ticket.contact_phone:
        raise NoNumberToWriteTo
    with transition.step(ticket, Move.DISCLOSE, by=by, at=at, version=version) as step:
        is_second = FullList.objects.filter(ticket=step.ticket).exists()
        if is_second and not exception_reason.strip():
            raise GivenAlready
        given = FullList.objects.create(
            ticket=step.ticket, checklist=checklist, missing=lines, means=means, by=by, at=step.at,
            exception_reason=exception_reason.strip() if is_second else "",
        )  # fmt: skip
        step.facts |= {
            "missing": lines, "means": means, "is_exception": is_second,
            "exception_reason": given.exception_reason,
        }  # fmt: skip
        if is_second:
            step.tell(step.ticket.tracker, "asked_again")
        if means == GivenBy.MESSAGE:
            _send(given)
    return given


def _send(given: FullList) -> None:
    ticket = given.ticket
    message = outbox.row(
        key=f"full_list:{given.pk}", channel=Channel.SMS, recipient=ticket.contact_phone,
        template="full_list", language=ticket.language, at=given.at,
        subject="" if ticket.is_confidential else ticket.number, scope_path=ticket.scope_path,
        facts={"number": ticket.number, "missing": given.missing},
    )  # fmt: skip
    outbox.queue(rows=[message], by=None, at=given.at)
