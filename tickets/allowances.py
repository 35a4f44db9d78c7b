"""What a ticket's policy allows: how long it may be returned, rest, and be given more time
(question)."""

from datetime import datetime, timedelta

from organisation import working_time
from tickets import policies
from tickets.kinds import SuspensionReason
from tickets.models import Policy, Ticket

# Calendar days a ticket may rest for a reason, unless its policy says otherwise.
_MOST_DAYS = {
    SuspensionReason.CUSTOMER_ASKED: 30,
    SuspensionReason.NO_ACCESS: 7,
    SuspensionReason.PERMIT: 30,
    SuspensionReason.WEATHER: 3,
    SuspensionReason.PARTS: 15,
}
# A ticket that no limit is set for, or that came from a file, is treated as an unedited policy.
_UNSAID = Policy()


def returnable_until(ticket: Ticket, since: datetime) -> datetime:
    """Until when the unit that got the ticket at `since` may give it back (退单时限)."""
    policy = _of(ticket)
    code = policy.return_calendar_code
    version = ticket.calendar_versions.get(code) or policies.newest_calendars(ticket.scope_path)[code]
    limit = working_time.Limit(policy.return_amount, working_time.Unit(policy.return_unit))
    return working_time.add(policies.calendar(code, version), since, limit).due_at


def most_rest(ticket: Ticket, reason: str) -> timedelta:
    """How long the ticket may rest for the reason."""
    chosen = SuspensionReason(reason)
    return timedelta(days=rest_days(_of(ticket))[chosen])


def rest_days_of(ticket: Ticket) -> dict[SuspensionReason, int]:
    """How many calendar days the ticket may rest for each reason."""
    return rest_days(_of(ticket))


def rest_days(policy: Policy) -> dict[SuspensionReason, int]:
    """Calendar days per reason, of every reason."""
    return {one: int(policy.suspension_days.get(one, days)) for one, days in _MOST_DAYS.items()}


def most_extensions(ticket: Ticket) -> int:
    """How many times the ticket may get more time."""
    return _of(ticket).most_extensions


def _of(ticket: Ticket) -> Policy:
    return ticket.policy or _UNSAID
