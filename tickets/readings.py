"""The access log of confidential reports (查阅记录): who opened what, and when (verb)."""

from datetime import datetime
from typing import Any

from django.db import connection

from organisation.models import Staff

_INSERT = """
INSERT INTO tickets_reading (ticket_id, staff_id, page, at)
SELECT %(ticket)s, %(staff)s, %(page)s, %(at)s
WHERE NOT EXISTS (
    SELECT 1 FROM tickets_reading
    WHERE ticket_id = %(ticket)s AND staff_id = %(staff)s AND page = %(page)s
      AND at > %(at)s - interval '1 minute'
)
"""


def record(*, ticket_id: int, page: str, by: Staff, at: datetime) -> None:
    """One row for one look; a page that renews itself counts once a minute."""
    row: dict[str, Any] = {"ticket": ticket_id, "staff": by.pk, "page": page[:60], "at": at}
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, row)
