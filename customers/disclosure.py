"""Show a full number, name and address: the row that says who saw them and why comes first (verb)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Disclosure
from organisation import permissions
from organisation.models import Staff
from organisation.roles import Permission
from servicedesk.lib.errors import DeskError, NotAllowed


class ReasonWanted(DeskError):
    """What is private is shown to someone who says what for."""

    message = _("Say what you need it for.")
    field = "reason"


def reveal(
    *, number: str, customer: Customer | None, subject: str, reason: str, by: Staff, at: datetime
) -> str:
    """The full number, after the access has been logged; raises NotAllowed, ReasonWanted.

    `subject` names the task or ticket that the number belongs to.
    """
    if not permissions.can(by, Permission.REVEAL_NUMBER):
        raise NotAllowed
    if not reason.strip():
        raise ReasonWanted
    return show_for_task(
        number=number, customer=customer, subject=subject, reason=reason, by=by, at=at
    )


def show_for_task(
    *, number: str, customer: Customer | None, subject: str, reason: str, by: Staff, at: datetime
) -> str:
    """The number for whoever holds an open contact or callback task; the log names the task."""
    with transaction.atomic():
        Disclosure.objects.create(customer=customer, subject=subject, reason=reason, by=by, at=at)
    return number
