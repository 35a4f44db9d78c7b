"""Looking through the library of presets, and taking one (form)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisation.models import Utility
from tickets.forms.base import DeskForm
from tickets.forms.versions import VersionForm


class LibraryForm(DeskForm):
    """Which presets are shown."""

    utility = forms.ChoiceField(label=_("Service line"), required=False)
    text = forms.CharField(label=_("Words in name or source"), max_length=80, required=False)

    def __init__(self, *args: Any, utilities: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        lines = [(code, name) for code, name in Utility.choices if code in utilities]
        fields["utility"].choices = [("", _("Any service line")), *lines]


class TakeForm(VersionForm):
    """From when a preset holds, and why it is taken."""
