"""The nouns of the organisation."""

from organisation.models.calendar import Calendar
from organisation.models.posting import Posting
from organisation.models.staff import Staff
from organisation.models.territory import AreaClass, Territory
from organisation.models.unit import Unit, UnitLevel, Utility
from organisation.models.wrong_sign_in import WrongSignIn

__all__ = [
    "AreaClass", "Calendar", "Posting", "Staff", "Territory", "Unit", "UnitLevel", "Utility",
    "WrongSignIn",
]  # fmt: skip
