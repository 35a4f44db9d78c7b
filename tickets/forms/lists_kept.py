"""The checklists and the outside bodies as an administrator writes them (form)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisation.models import Utility
from tickets.forms.base import DeskForm
from tickets.models import Category

_ANY = [("", _("All"))]


class LinesField(forms.CharField):
    """Several lines; empty ones are left out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 8}), max_length=6000, **kwargs)

    def clean(self, value: Any) -> Any:
        """The lines, each at most 200 characters long."""
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if any(len(line) > 200 for line in lines):
            raise forms.ValidationError(_("A line has more than 200 characters. Make two of it."))
        return lines


class ChecklistForm(DeskForm):
    """A list in both languages, line by line."""

    after = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=120)
    items_zh = LinesField(label=_("Lines in Chinese"), required=False)
    items_en = LinesField(
        label=_("Lines in English"), required=False, help_text=_("The same lines in the same order.")
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)


class NewChecklistForm(ChecklistForm):
    """A list for a matter that has none yet."""

    category = forms.ModelChoiceField(Category.objects.none(), label=_("Category"))
    field_order = ("category", "name_zh", "name_en", "items_zh", "items_en", "is_active")

    def __init__(self, *args: Any, utilities: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["after"], self.fields["is_active"]
        leaves = Category.objects.filter(
            is_active=True, parent__isnull=False, source="", utility__in=utilities
        )
        field: Any = self.fields["category"]
        field.queryset = leaves.select_related("parent").order_by("parent__code", "code")
        field.label_from_instance = lambda one: f"{one.parent} › {one}"


class BodyForm(DeskForm):
    """A body outside, how to reach it, what it is for."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=120)
    contact = forms.CharField(label=_("How to reach them"), max_length=200)
    purpose_zh = forms.CharField(label=_("What for, in Chinese"), max_length=300)
    purpose_en = forms.CharField(label=_("What for, in English"), max_length=300)
    utility = forms.ChoiceField(
        label=_("Service line"), choices=[*_ANY, *Utility.choices], required=False
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)


class NewBodyForm(BodyForm):
    """A body that is not on the list yet."""

    code = forms.SlugField(
        label=_("Code"), max_length=40, help_text=_("Small letters, digits and hyphens.")
    )
    field_order = ("code", "name_zh", "name_en", "contact", "purpose_zh", "purpose_en", "utility")
