"""Forms of the tickets: one module for each subject, the names that pages use gathered here."""

from tickets.forms.access import AccusedForm, ReaderForm
from tickets.forms.base import DeskForm
from tickets.forms.files import ImportForm, LookupForm
from tickets.forms.intake import ChosenForm, IntakeForm
from tickets.forms.lists import FilterForm
from tickets.forms.moves import (
    ArriveForm,
    ContactForm,
    DispatchForm,
    DoneForm,
    ReasonForm,
    ReassignForm,
    ReviewForm,
    UrgeForm,
)

__all__ = [
    "AccusedForm", "ArriveForm", "ChosenForm", "ContactForm", "DeskForm", "DispatchForm",
    "DoneForm", "FilterForm", "ImportForm", "IntakeForm", "LookupForm", "ReaderForm",
    "ReasonForm", "ReassignForm", "ReviewForm", "UrgeForm",
]  # fmt: skip
