"""Those who are given work are there, and stay until it is written (ledger)."""

from collections.abc import Iterable

from django.db import connection
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from servicedesk.lib.errors import DeskError

# Deactivating takes the whole row (FOR UPDATE), so whichever of the two comes second waits and then
# sees what the first did.
_HOLD = """
    SELECT id, unit_id FROM organisation_staff WHERE id = ANY(%s) AND is_active FOR KEY SHARE
"""


class PersonGone(DeskError):
    """The person left or moved to another unit in this very moment."""

    message = _("%(name)s has just left or moved to another unit. Choose somebody else.")


def hold(people: Iterable[Staff]) -> None:
    """Keep the people from being deactivated or moved until this transaction ends; raises
    PersonGone where one is gone already."""
    wanted = {one.pk: one for one in people}
    if not wanted:
        return
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [list(wanted)])
        there = dict(cursor.fetchall())
    for pk, one in wanted.items():
        if there.get(pk) != one.unit_id:
            raise PersonGone(name=one.name)
