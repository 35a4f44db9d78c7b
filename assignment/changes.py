"""Write down who changed a rule, a responsibility or a turn (ledger)."""

from datetime import datetime
from typing import Any

from django.db.models import Model

from assignment.models import Change
from organisation.models import Staff


def values(row: Model) -> dict[str, Any]:
    """The row's columns as they may stand in a note."""
    plain = {column.attname: getattr(row, column.attname) for column in row._meta.concrete_fields}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in plain.items()
    }


def note(
    *,
    subject: Change.Subject,
    row: Model,
    act: Change.Act,
    before: dict[str, Any] | None = None,
    by: Staff | None,
    at: datetime,
) -> Change:
    """One more line of the log, with what differs from before."""
    now, earlier = values(row), before or {}
    facts = {
        name: [earlier.get(name), value]
        for name, value in now.items()
        if earlier.get(name) != value
    }
    return Change.objects.create(
        subject=subject, subject_id=row.pk, act=act, by=by, at=at, facts=facts
    )
