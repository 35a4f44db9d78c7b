"""Set what the figures are to reach (verb)."""

from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from organisation.models import Staff, Unit, UnitLevel, Utility
from reports import figures
from reports.models import Target
from servicedesk.lib.errors import DeskError

# Earlier than any ticket, so that past months are held against the founding documents as well.
FROM_THE_START = date(2000, 1, 1)

# The founding documents: satisfaction 98 % and above, every matter handled in time; telecom 99 %.
_FOUNDING = (("satisfied", "98"), ("on_time", "100"))
_FOUNDING_SOURCE = "Founding documents: customer satisfaction 98%, timely handling 100%"
_TELECOM = ("satisfied", "99")
_TELECOM_SOURCE = "Founding documents: telecom satisfaction 99%"


class NoSuchRate(DeskError):
    """Targets are percentages, so only rates have them."""

    message = _("There is no rate of this name.")
    field = "figure"


def seed(*, by: Staff | None, at: datetime) -> int:
    """The founding documents' targets where none stands yet; how many were added."""
    added = sum(_add(figure, None, percent, _FOUNDING_SOURCE) for figure, percent in _FOUNDING)
    telecoms = Unit.objects.filter(level=UnitLevel.COMPANY, utility=Utility.TELECOM)
    return added + sum(_add(_TELECOM[0], unit, _TELECOM[1], _TELECOM_SOURCE) for unit in telecoms)


def set_target(
    *, figure: str, unit: Unit | None, percent: Decimal, source: str, valid_from: date,
    by: Staff | None, at: datetime,
) -> Target:
    """What the figure is to reach from that day on; raises NoSuchRate. Earlier days keep theirs."""
    if figure not in figures.BY_CODE or not figures.BY_CODE[figure].is_rate:
        raise NoSuchRate
    target, _ = Target.objects.update_or_create(
        figure=figure, unit=unit, valid_from=valid_from,
        defaults={"percent": percent, "source": source},
    )  # fmt: skip
    return target


def _add(figure: str, unit: Unit | None, percent: str, source: str) -> bool:
    defaults = {"percent": Decimal(percent), "source": source}
    _, is_new = Target.objects.get_or_create(
        figure=figure, unit=unit, valid_from=FROM_THE_START, defaults=defaults
    )
    return is_new
