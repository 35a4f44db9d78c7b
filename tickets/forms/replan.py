"""Which open tickets move to the newest limits, and why (form)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.forms.base import DeskForm


class ReplanForm(DeskForm):
    """The versions whose tickets move, and the reason."""

    versions = forms.TypedMultipleChoiceField(
        label=_("Judged so far by"), coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("Nothing ticked: all older versions."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody who sees these tickets can read it."),
    )  # fmt: skip

    def __init__(self, *args: Any, by_version: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["versions"].choices = [
            (version, _("Version %(n)d: %(count)d open") % {"n": version, "count": number})
            for version, number in by_version
        ]


class ReplanOneForm(DeskForm):
    """Why one ticket moves."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody who sees the ticket can read it."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
