"""The items of the rail on the left, by what the person may do (page)."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.models import Notice
from organisation.models import Staff
from organisation.roles import Permission
from tickets import pending, worklists

P = Permission

# Address, words, key, who sees it (any of these permissions; nobody named means everybody).
_ITEMS: tuple[tuple[str, Promise, str, tuple[Permission, ...]], ...] = (
    ("tickets:work", _("My work"), "", ()),
    ("tickets:promised", _("My promises"), "", (P.LOG_TICKET, P.SEE_CONFIDENTIAL)),
    ("tickets:tasks", _("My tasks"), "", ()),
    ("tickets:intake", _("Log a request"), "F2", (P.LOG_TICKET,)),
    ("surveys:desk", _("Callbacks"), "", (P.CALL_BACK,)),
    ("tickets:board", _("Dispatch board"), "", (P.DISPATCH,)),
    ("tickets:approvals", _("Approvals"), "", (P.LEAD_UNIT, P.SUPERVISE, P.DISPATCH, P.CALL_BACK)),
    ("tickets:appointments", _("Appointments"), "", (P.HANDLE, P.LOG_TICKET, P.DISPATCH)),
    ("tickets:overdue", _("Overdue"), "", (P.SUPERVISE, P.LEAD_UNIT)),
    ("tickets:supervision", _("Supervision"), "", (P.SUPERVISE,)),
    ("tickets:meeting", _("Liaisons’ meeting"), "", (P.LEAD_UNIT,)),
    ("tickets:list", _("All tickets"), "", ()),
    ("tickets:reclassifications", _("Reclassifications"), "", (P.REVIEW, P.SUPERVISE)),
    ("tickets:findings", _("Findings"), "", (P.REVIEW, P.SUPERVISE, P.LEAD_UNIT)),
    ("customers:find", _("Customers"), "", (P.FIND_CUSTOMER,)),
    ("reports:watch", _("Watch lists"), "", (P.SUPERVISE, P.LEAD_UNIT, P.READ_ACCESS_LOG)),
    ("reports:month", _("Satisfaction report"), "", (P.READ_REPORTS,)),
    ("notifications:notices", _("Notices"), "", ()),
    ("tickets:readings", _("Access log"), "", (P.READ_ACCESS_LOG,)),
    ("tickets:hand-overs", _("Hand-over"), "", ()),
    ("organisation:people", _("People"), "", ()),
    ("tickets:staff", _("Staff"), "", (P.CONFIGURE,)),
    ("tickets:whereabouts", _("Presence board"), "", ()),
    ("assignment:roster", _("Duty roster"), "", ()),
    ("assignment:territories", _("Territories"), "", (P.CONFIGURE, P.LEAD_UNIT)),
    ("tickets:rules", _("Routing rules"), "", (P.CONFIGURE, P.DISPATCH)),
    ("tickets:limits", _("Limits"), "", ()),
    ("tickets:checklists", _("Checklists"), "", ()),
    ("tickets:bodies", _("Outside bodies"), "", ()),
    ("reports:watch-rules", _("Watch thresholds"), "", (P.CONFIGURE,)),
    ("tickets:import", _("Import"), "", (P.IMPORT,)),
    ("notifications:outgoing", _("Messages out"), "", (P.SUPERVISE, P.CONFIGURE)),
    ("notifications:mailbox", _("Mail caught"), "", (P.READ_MAIL_SINK,)),
)


def rail(request: HttpRequest) -> dict[str, Any]:
    """Context for base.html; up to four counts, all by index."""
    user = getattr(request, "user", None)
    if not isinstance(user, Staff):
        return {}
    match = request.resolver_match
    current = match.view_name if match else ""
    items = [
        {"url": reverse(name), "label": label, "key": key, "current": name == current, **_n(name, user)}
        for name, label, key, wanted in _ITEMS
        if not wanted or user.permissions & set(wanted)
    ]
    return {"rail": items, "can_log": P.LOG_TICKET in user.permissions}


def _n(name: str, user: Staff) -> dict[str, Any]:
    """The number beside an item: late ones of my work, updates missed, unread notices."""
    if name == "tickets:work":
        return {"count": worklists.late(user), "is_late": True}
    if name == "tickets:promised":
        return {"count": worklists.broken(user), "is_late": True}
    if name == "tickets:approvals":
        return {"count": pending.waiting_for(user).count()}
    if name == "notifications:notices":
        return {"count": Notice.objects.unread_by(user).count()}
    return {}
