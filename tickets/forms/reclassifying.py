"""Another kind, another priority or level, each with its reason (form)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets import kinds
from tickets.forms.base import DeskForm
from tickets.models import Category, Ticket


class ReclassifyForm(DeskForm):
    """As what the matter should have been filed, and why."""

    new_kind = forms.ChoiceField(
        label=_("Kind"), choices=[(kind.value, kind.label) for kind in kinds.FROM_CUSTOMERS]
    )
    new_category = forms.ModelChoiceField(Category.objects.none(), label=_("Category"))
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A supervisor decides. The first kind is kept for ever."),
    )  # fmt: skip

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leaves = Category.objects.filter(
            is_active=True, parent__isnull=False, source="", utility=ticket.utility
        )
        field: Any = self.fields["new_category"]
        field.queryset = leaves.select_related("parent").order_by("parent__code", "code")
        field.label_from_instance = lambda one: f"{one.parent} › {one}"


class PriorityForm(DeskForm):
    """How urgent, how grave, and why it is changed."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=kinds.Priority.choices, coerce=kinds.Priority
    )
    level = forms.TypedChoiceField(
        label=_("Level"), choices=kinds.Level.choices, coerce=lambda n: kinds.Level(int(n)),
        help_text=_("Raised by rule; a person lowers it under their own name."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody who sees the ticket reads it."),
    )  # fmt: skip
