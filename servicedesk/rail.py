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
_Item = tuple[str, Promise, str, tuple[Permission, ...]]

# By what people do. The first group has no heading; the two that people look up now and then are
# folded where the rail would be longer than a screen.
_GROUPS: tuple[tuple[Promise | None, bool, tuple[_Item, ...]], ...] = (
    (
        None,
        False,
        (
            ("tickets:work", _("My work"), "", ()),
            ("tickets:promised", _("My promises"), "", (P.LOG_TICKET, P.SEE_CONFIDENTIAL)),
            ("tickets:tasks", _("My tasks"), "", ()),
            ("tickets:intake", _("Log a request"), "F2", (P.LOG_TICKET,)),
            ("surveys:desk", _("Callbacks"), "", (P.CALL_BACK,)),
            ("tickets:appointments", _("Appointments"), "", (P.HANDLE, P.LOG_TICKET, P.DISPATCH)),
            ("tickets:hand-overs", _("Hand-over"), "", ()),
            ("notifications:notices", _("Notices"), "", ()),
        ),
    ),
    (
        _("Send and decide"),
        False,
        (
            ("tickets:board", _("Dispatch board"), "", (P.DISPATCH,)),
            (
                "tickets:approvals",
                _("Approvals"),
                "",
                (P.LEAD_UNIT, P.SUPERVISE, P.DISPATCH, P.CALL_BACK),
            ),
            ("tickets:overdue", _("Overdue"), "", (P.SUPERVISE, P.LEAD_UNIT)),
            ("tickets:supervision", _("Supervision"), "", (P.SUPERVISE,)),
            ("tickets:meeting", _("Liaisons’ meeting"), "", (P.LEAD_UNIT,)),
        ),
    ),
    (
        _("Tickets and customers"),
        False,
        (
            ("tickets:list", _("All tickets"), "", ()),
            ("customers:find", _("Customers"), "", (P.FIND_CUSTOMER,)),
        ),
    ),
    (
        _("Quality"),
        False,
        (
            ("tickets:findings", _("Findings"), "", (P.REVIEW, P.SUPERVISE, P.LEAD_UNIT)),
            ("tickets:reclassifications", _("Reclassifications"), "", (P.REVIEW, P.SUPERVISE)),
            (
                "reports:watch",
                _("Watch lists"),
                "",
                (P.SUPERVISE, P.LEAD_UNIT, P.READ_ACCESS_LOG),
            ),
            ("reports:month", _("Satisfaction report"), "", (P.READ_REPORTS,)),
            ("tickets:readings", _("Access log"), "", (P.READ_ACCESS_LOG,)),
        ),
    ),
    (
        _("Look up"),
        True,
        (
            ("organisation:people", _("People"), "", ()),
            ("tickets:whereabouts", _("Presence board"), "", ()),
            ("assignment:roster", _("Duty roster"), "", ()),
            ("tickets:limits", _("Limits"), "", ()),
            ("tickets:calendars", _("Calendars"), "", ()),
            ("tickets:checklists", _("Checklists"), "", ()),
            ("tickets:bodies", _("Outside bodies"), "", ()),
        ),
    ),
    (
        _("Administration"),
        True,
        (
            ("tickets:staff", _("Staff"), "", (P.CONFIGURE,)),
            ("assignment:territories", _("Territories"), "", (P.CONFIGURE, P.LEAD_UNIT)),
            ("tickets:rules", _("Routing rules"), "", (P.CONFIGURE, P.DISPATCH)),
            ("reports:watch-rules", _("Watch thresholds"), "", (P.CONFIGURE,)),
            ("tickets:import", _("Import"), "", (P.IMPORT,)),
            ("notifications:quiet", _("Quiet hours"), "", (P.SUPERVISE, P.LEAD_UNIT, P.CONFIGURE)),
            ("notifications:outgoing", _("Messages out"), "", (P.SUPERVISE, P.CONFIGURE)),
            ("tickets:webhooks", _("Webhooks"), "", (P.CONFIGURE,)),
            ("notifications:mailbox", _("Messages caught"), "", (P.READ_MAIL_SINK,)),
        ),
    ),
)

# As many as a screen of 768 pixels shows with their headings, above the person's own lines.
_FITS = 16


def rail(request: HttpRequest) -> dict[str, Any]:
    """Context for base.html; up to four counts, all by index."""
    user = getattr(request, "user", None)
    if not isinstance(user, Staff):
        return {}
    match = request.resolver_match
    current = match.view_name if match else ""
    shown: list[dict[str, Any]] = [
        {
            "label": label,
            "may_fold": may_fold,
            "items": [_shown(item, user, current) for item in items],
        }
        for label, may_fold, all_of_it in _GROUPS
        if (items := [item for item in all_of_it if not item[3] or user.permissions & set(item[3])])
    ]
    flat = [item for group in shown for item in group["items"]]
    spare = _FITS - len(flat)
    for group in shown:
        group["is_folded"] = group.pop("may_fold") and spare < 0
        spare += len(group["items"]) if group["is_folded"] else 0
        group["is_here"] = any(item["current"] for item in group["items"])
    return {"rail": flat, "rail_groups": shown, "can_log": P.LOG_TICKET in user.permissions}


def _shown(item: _Item, user: Staff, current: str) -> dict[str, Any]:
    name, label, key, _wanted = item
    return {
        "url": reverse(name),
        "label": label,
        "key": key,
        "current": name == current,
        **_n(name, user),
    }


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
