"""From when a version holds, and why it is written (form)."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.forms.base import DeskForm


class VersionForm(DeskForm):
    """What every new version of limits says of itself."""

    effective_at = forms.DateTimeField(
        label=_("In force from"), required=False,
        help_text=_("Leave empty for “at once”. Open tickets keep their version."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Why this version"), max_length=300, required=False,
        help_text=_("Others read it beside the version."),
    )  # fmt: skip
