"""Why somebody is deactivated, brought back or moved (form)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff, Unit
from tickets.forms.base import DeskForm


class PostForm(DeskForm):
    """The reason, which stays on record."""

    reason = forms.CharField(
        label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )


class MoveForm(PostForm):
    """To which unit of the company."""

    to = forms.ModelChoiceField(Unit.objects.none(), label=_("New unit"))
    field_order = ("to", "reason")

    def __init__(self, *args: Any, person: Staff, by: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.below_path(by.scope_path).exclude(pk=person.unit_id)
        field: Any = self.fields["to"]
        field.queryset = units.filter(is_active=True).order_by("path")
