"""Who can sign in to look around: one account per role, one password for all (sum)."""

from organisation.roles import Role

PASSWORD = "linjiang-demo-2026"  # noqa: S105 - made public on purpose, for made-up people only

_BY_ROLE = (
    ("clerk", Role.COUNTER_CLERK),
    ("operator", Role.HOTLINE_OPERATOR),
    ("handler", Role.HANDLER),
    ("field", Role.FIELD_WORKER),
    ("leader", Role.UNIT_LEADER),
    ("liaison", Role.LIAISON),
    ("dispatcher", Role.DISPATCHER),
    ("reviewer", Role.QUALITY_REVIEWER),
    ("callback", Role.CALLBACK_AGENT),
    ("supervisor", Role.SUPERVISOR),
    ("executive", Role.EXECUTIVE),
    ("auditor", Role.AUDITOR),
    ("external", Role.EXTERNAL_SUPERVISOR),
    ("admin", Role.ADMINISTRATOR),
)


def accounts() -> list[tuple[str, str]]:
    """Staff number and role, in the reader's language, of one account per role."""
    return [(number, str(role.label)) for number, role in _BY_ROLE]
