"""Messages about confidential reports that did not leave, for those who may see the report
(question)."""

from dataclasses import dataclass

from notifications.models import Outbox
from organisation.models import Staff
from tickets.models import Ticket

MOST = 500


@dataclass(frozen=True)
class Undelivered:
    """A message and the report it is about; neither recipient nor words are shown."""

    message: Outbox
    ticket: Ticket


def about_reports(user: Staff) -> list[Undelivered]:
    """The newest MOST that were given up, of reports the person may see."""
    given_up = Outbox.objects.of_reports().given_up().select_related("again_by")
    messages = list(given_up.order_by("-pk")[:MOST])
    numbers = {str(one.facts["number"]) for one in messages}
    visible = Ticket.objects.visible_to(user).filter(is_confidential=True, number__in=numbers)
    reports = {ticket.number: ticket for ticket in visible.defer("words")}
    return [
        Undelivered(one, reports[one.facts["number"]])
        for one in messages
        if one.facts["number"] in reports
    ]
