"""What is still missing, ticked and written, and how the customer gets it (form)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.forms.base import DeskForm
from tickets.kinds import GivenBy


class FullListForm(DeskForm):
    """Tick what is missing; what no list knows is written line by line."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    ticked = forms.MultipleChoiceField(
        label=_("What is still missing"), required=False, widget=forms.CheckboxSelectMultiple
    )
    more = forms.CharField(
        label=_("Anything else, one thing per line"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    means = forms.ChoiceField(label=_("The customer gets it by"), choices=GivenBy.choices)
    exception_reason = forms.CharField(
        label=_("Why more is asked for a second time"), max_length=300, required=False,
        help_text=_("The list is given once. A second one is an exception and is counted."),
    )  # fmt: skip

    def __init__(self, *args: Any, items: list[str], is_second: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        if items:
            ticked = self.fields["ticked"]
            ticked.choices = [(str(n), item) for n, item in enumerate(items)]  # type: ignore[attr-defined]
        else:
            del self.fields["ticked"]
        if not is_second:
            del self.fields["exception_reason"]

    @property
    def missing(self) -> list[str]:
        """Every line of the list as the customer gets it."""
        ticked = [self.items[int(n)] for n in self.cleaned_data.get("ticked", [])]
        written = [line.strip() for line in self.cleaned_data["more"].splitlines()]
        return ticked + [line for line in written if line]
