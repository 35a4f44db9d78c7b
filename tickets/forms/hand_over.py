"""What a hand-over list holds, and why one is refused (form)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisation.models import Staff
from servicedesk.lib.desk_form import StaffField
from tickets.forms.base import DeskForm
from tickets.held_work import Held
from tickets.models import HandOver


class HandOverForm(DeskForm):
    """To whom, on what ground, and which tickets; all of them unless some are left out."""

    successor = StaffField(Staff.objects.none(), label=pgettext_lazy("hand-over", "Taken over by"))
    ground = forms.ChoiceField(label=_("Ground"), choices=HandOver.Ground.choices)
    items = forms.MultipleChoiceField(
        label=_("What is handed over"), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=_("What the successor must know"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(
        self, *args: Any, giver: Staff, by: Staff, held: Sequence[Held], **kwargs: Any
    ) -> None:
        self.held = {one.key: one for one in held}
        is_own = by.pk == giver.pk
        ground = HandOver.Ground.SHIFT if is_own else HandOver.Ground.ABSENCE
        kwargs.setdefault("initial", {"ground": ground, "items": list(self.held)})
        super().__init__(*args, **kwargs)
        people = Staff.objects.filter(
            is_active=True, unit__path__startswith=giver.unit.company_path
        ).exclude(pk=giver.pk)
        successor: Any = self.fields["successor"]
        successor.queryset = people.select_related("unit").order_by("unit__path", "staff_number")
        chosen: Any = self.fields["items"]
        chosen.choices = [(key, key) for key in self.held]
        chosen.error_messages["invalid_choice"] = _(
            "The list has changed meanwhile. Look at what is marked and send it again."
        )

    def clean_items(self) -> list[Held]:
        return [self.held[key] for key in self.cleaned_data["items"]]


class RefusalForm(DeskForm):
    """Why the successor does not take the list over."""

    reason = forms.CharField(
        label=_("Why not"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
