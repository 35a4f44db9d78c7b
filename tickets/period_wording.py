"""What a special period says, as a plain value that can be compared and written again (question)."""

from dataclasses import dataclass, fields
from datetime import date

from organisation.models import Unit
from tickets.models import SpecialPeriod


@dataclass(frozen=True)
class Wording:
    """All that a period says; without `code` it begins a new sort of period."""

    name_en: str
    name_zh: str
    starts_on: date
    ends_on: date
    code: str = ""
    is_yearly: bool = False
    utility: str = ""
    company: Unit | None = None
    note: str = ""


def says(period: SpecialPeriod) -> Wording:
    """What a row says, as its editor would write it."""
    return Wording(**{one.name: getattr(period, one.name) for one in fields(Wording)})
