"""The words of an in-app notice: codes in rows, words here. {% load notice_words %}"""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.models import Notice

register = template.Library()

_TITLES: dict[str, Promise] = {
    "dispatched": _("Sent to you: please sign for it"),
    "reassigned": _("Given to you by your unit"),
    "taken_away": _("Given to a colleague"),
    "done": _("The unit reports it done"),
    "rejected": _("Sent back in review"),
    "sent_back": _("The customer is dissatisfied: handle it again"),
    "to_supervise": _("For your supervision: the customer is dissatisfied"),
    "to_decide": _("For your decision: dissatisfied for the second time"),
    "closed": _("Closed"),
    "cancelled": _("Cancelled"),
    "urged": _("The customer asks again"),
    "supervised": _("Put under supervision"),
    "reminded": _("A limit is near"),
    "overdue": _("A limit is missed"),
    "escalated": _("Escalated to you"),
    "limit_warned": _("Above the promised average"),
    "named_reader": _("You were named to read a confidential report"),
    "report_entrusted": _("Entrusted to you: a confidential report"),
    "reader_wanted": _(
        "A confidential report has nobody who may read it: appoint a reviewer or supervisor outside"
        " the units concerned"
    ),
}


@register.simple_tag
def notice_title(notice: Notice) -> str:
    """What happened, in the reader's language; an unknown code as it is."""
    return str(_TITLES.get(notice.code, notice.code))
