"""Roles and permissions as two enums and one table (sum)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    COUNTER_CLERK = "counter_clerk", _("Counter clerk")
    HOTLINE_OPERATOR = "hotline_operator", _("Hotline operator")
    HANDLER = "handler", _("Handler")
    FIELD_WORKER = "field_worker", _("Field worker")
    UNIT_LEADER = "unit_leader", _("Unit leader")
    LIAISON = "liaison", _("Liaison")
    DISPATCHER = "dispatcher", _("Dispatcher")
    QUALITY_REVIEWER = "quality_reviewer", _("Quality reviewer")
    CALLBACK_AGENT = "callback_agent", _("Callback agent")
    SUPERVISOR = "supervisor", _("Supervisor")
    EXECUTIVE = "executive", _("Executive")
    AUDITOR = "auditor", _("Auditor")
    EXTERNAL_SUPERVISOR = "external_supervisor", _("External supervisor")
    ADMINISTRATOR = "administrator", _("Administrator")


class Permission(TextChoices):
    LOG_TICKET = "log_ticket", "log a ticket"
    FIND_CUSTOMER = "find_customer", "find and open customers"
    REVEAL_NUMBER = "reveal_number", "show a full phone number, with a reason"
    HANDLE = "handle", "sign for, contact, report done"
    LEAD_UNIT = "lead_unit", "move work inside the unit"
    DISPATCH = "dispatch", "send work to units"
    REVIEW = "review", "review what came back from a unit"
    CALL_BACK = "call_back", "call customers back and record answers"
    SUPERVISE = "supervise", "work the overdue, put under supervision"
    ANNOTATE = "annotate", "read as an executive and write notes that bind (批示)"
    URGE = "urge", "add a customer's chasing call"
    SEE_SCOPE = "see_scope", "see every ordinary ticket below one's own company or branch"
    SEE_CONFIDENTIAL = "see_confidential", "see confidential reports not about one's own unit"
    READ_ACCESS_LOG = "read_access_log", "see who opened confidential reports (查阅记录)"
    READ_REPORTS = "read_reports", "read the monthly report"
    EXPORT = "export", "take figures and lists out of the desk"
    IMPORT = "import", "load tickets from files"
    READ_MAIL_SINK = "read_mail_sink", "read the mail caught by the demonstration"
    CONFIGURE = "configure", "edit units, limits, calendars and rules"


P, R = Permission, Role
_FRONT = frozenset({P.LOG_TICKET, P.FIND_CUSTOMER, P.REVEAL_NUMBER, P.URGE, P.SEE_SCOPE})
_HANDS = frozenset({P.HANDLE, P.FIND_CUSTOMER})

GRANTS: dict[Role, frozenset[Permission]] = {
    R.COUNTER_CLERK: _FRONT,
    R.HOTLINE_OPERATOR: _FRONT,
    R.HANDLER: _HANDS | {P.REVEAL_NUMBER},
    R.FIELD_WORKER: _HANDS,
    R.UNIT_LEADER: _HANDS | {P.LEAD_UNIT, P.REVEAL_NUMBER, P.READ_REPORTS},
    R.LIAISON: _HANDS | {P.LEAD_UNIT, P.READ_REPORTS},
    R.DISPATCHER: frozenset({P.DISPATCH, P.SEE_SCOPE, P.FIND_CUSTOMER, P.URGE}),
    R.QUALITY_REVIEWER: frozenset(
        {P.REVIEW, P.SEE_SCOPE, P.SEE_CONFIDENTIAL, P.READ_ACCESS_LOG, P.READ_REPORTS}
        | {P.FIND_CUSTOMER}
    ),
    R.CALLBACK_AGENT: frozenset({P.CALL_BACK, P.SEE_SCOPE}),
    R.SUPERVISOR: frozenset(
        {P.SUPERVISE, P.URGE, P.DISPATCH, P.SEE_SCOPE, P.SEE_CONFIDENTIAL, P.READ_REPORTS}
        | {P.EXPORT, P.FIND_CUSTOMER, P.REVEAL_NUMBER, P.READ_ACCESS_LOG}
    ),
    R.EXECUTIVE: frozenset({P.SUPERVISE, P.ANNOTATE, P.SEE_SCOPE, P.READ_REPORTS, P.EXPORT}),
    R.AUDITOR: frozenset({P.SEE_SCOPE, P.READ_ACCESS_LOG, P.READ_REPORTS, P.EXPORT}),
    R.EXTERNAL_SUPERVISOR: frozenset({P.READ_REPORTS}),
    R.ADMINISTRATOR: frozenset(
        {P.CONFIGURE, P.IMPORT, P.READ_MAIL_SINK, P.READ_REPORTS, P.EXPORT}
    ),
}


def holding(permission: Permission) -> frozenset[Role]:
    """The roles that include the permission."""
    return frozenset(role for role, permissions in GRANTS.items() if permission in permissions)


def granted(roles: list[str]) -> frozenset[Permission]:
    """Everything the given role codes allow; an unknown code raises ValueError."""
    permissions: frozenset[Permission] = frozenset()
    for code in roles:
        permissions |= GRANTS[Role(code)]
    return permissions
