"""What the tracker promises the customer and confirms to the desk (form)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.forms.base import DeskForm
from tickets.kinds import Means


class PromiseForm(DeskForm):
    """By when the customer hears of the matter again."""

    until = forms.DateTimeField(
        label=_("The customer hears from us again by"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    means = forms.ChoiceField(label=_("How they were told"), choices=Means.choices)
    note = forms.CharField(
        label=_("What was promised"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    is_told = forms.BooleanField(
        label=_("I told the customer this time"), required=False,
        help_text=_("It stands on your list until somebody has spoken with the customer."),
    )  # fmt: skip


class ConfirmForm(DeskForm):
    """Whether the customer was told the result; whoever is not the tracker can only say why not."""

    is_told = forms.TypedChoiceField(
        label=_("Has the customer been told the result?"),
        choices=[("yes", _("Yes, they know it")), ("no", _("No, that was not possible"))],
        coerce=lambda typed: typed == "yes", widget=forms.RadioSelect,
    )  # fmt: skip
    means = forms.ChoiceField(
        label=_("How they were told"), choices=Means.choices, required=False
    )
    note = forms.CharField(
        label=_("Remark"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    why_not = forms.CharField(
        label=_("If not told: why that was not possible"), max_length=200, required=False
    )

    def __init__(self, *args: Any, is_tracker: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_tracker:
            for name in ("is_told", "means", "note"):
                del self.fields[name]
            self.fields["why_not"].required = True

    def clean(self) -> dict[str, Any]:
        """A yes says how, a no says why."""
        typed = super().clean() or {}
        if typed.get("is_told") and not typed.get("means"):
            self.add_error("means", _("Say how the customer was told."))
        return typed
