"""What the list of limits is narrowed by (form)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisation.models import Utility
from tickets.forms.base import DeskForm
from tickets.kinds import Kind


class LimitFilterForm(DeskForm):
    """Service line, kind, words of the name or source, and whether withdrawn ones show."""

    utility = forms.ChoiceField(label=_("Service line"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("All kinds")), *Kind.choices], required=False
    )
    text = forms.CharField(
        label=_("Name or source"), max_length=80, required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name or source")}),
    )  # fmt: skip
    withdrawn = forms.BooleanField(label=_("Withdrawn too"), required=False)

    def __init__(self, *args: Any, utilities: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(code, name) for code, name in Utility.choices if code in utilities]
        fields: dict[str, Any] = self.fields
        fields["utility"].choices = [("", _("All service lines")), *known]
