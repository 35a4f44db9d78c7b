"""Looking through the library of presets, and taking one (form)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisation.models import Utility
from tickets.forms.base import DeskForm


class LibraryForm(DeskForm):
    """Which presets are shown."""

    utility = forms.ChoiceField(label=_("Service line"), required=False)
    text = forms.CharField(label=_("Words in name or source"), max_length=80, required=False)

    def __init__(self, *args: Any, utilities: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        lines = [(code, name) for code, name in Utility.choices if code in utilities]
        fields["utility"].choices = [("", _("Any service line")), *lines]


class TakeForm(DeskForm):
    """From when a preset holds, and why it is taken."""

    effective_at = forms.DateTimeField(
        label=_("In force from"), required=False,
        help_text=_("Leave empty for “at once”. Open tickets keep their version."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Why this version"), max_length=300, required=False,
        help_text=_("Others read it beside the version."),
    )  # fmt: skip
