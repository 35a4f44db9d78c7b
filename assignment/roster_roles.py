"""The roles a roster has turns of (sum)."""

from organisation.roles import Role

# Hands, the leaders on duty (带班), and who answers for a post.
ROLES = (
    Role.HANDLER, Role.FIELD_WORKER, Role.UNIT_LEADER, Role.LIAISON, Role.DISPATCHER,
    Role.SUPERVISOR, Role.EXECUTIVE,
)  # fmt: skip
