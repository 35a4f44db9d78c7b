"""Write the next version of a calendar, and the versions of the companies that follow it (ledger)."""

from datetime import datetime

from organisation.models import Calendar, Staff


def hold(*, code: str, by: Staff | None, at: datetime) -> None:
    """Let nobody else write a version of the calendar until the transaction ends."""
    first = Calendar.objects.filter(code=code).order_by("version")[:1]
    list(first.select_for_update(no_key=True))


def write(*, row: Calendar, by: Staff | None, at: datetime) -> Calendar:
    """Keep the row as the next version; the caller holds the calendar. Raises Unreadable.

    What an earlier version owed to open tickets goes over to this one.
    """
    row.plain()
    versions = Calendar.objects.filter(code=row.code).order_by("-version")
    newest = versions.first()
    row.version = newest.version + 1 if newest else 1
    row.created_at = at
    owing = versions.filter(is_for_open=True, settled_at=None, company=row.company)
    row.is_for_open = newest is not None and (row.is_for_open or owing.exists())
    owing.update(settled_at=at)
    row.save(force_insert=True)
    if row.company_id is None:
        for local in _local(row.code):
            write(row=_following(local, row), by=by, at=at)
    return row


def _local(code: str) -> list[Calendar]:
    """The newest version of each company that has days of its own."""
    found = Calendar.objects.filter(code=code, company__isnull=False)
    return list(found.order_by("company_id", "-version").distinct("company_id"))


def _following(local: Calendar, general: Calendar) -> Calendar:
    return Calendar(
        code=general.code, company_id=local.company_id, local_days=local.local_days,
        origin=Calendar.Origin.FOLLOWS, reason=general.reason, is_for_open=general.is_for_open,
        created_by=general.created_by,
        **general.wording,
    )  # fmt: skip
