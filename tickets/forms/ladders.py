"""An escalation ladder as it is typed (form).

Sent to tickets:ladder-new and tickets:ladder-edit: name_zh, name_en (one is enough), note, on editing
`base` (the id of the version that was open); the rungs as a formset with the prefix "rungs":
rungs-TOTAL_FORMS, rungs-INITIAL_FORMS (0), and for each n: rungs-n-after_amount, -after_unit, -role,
-repeat_amount, -repeat_unit, -most_repeats, -DELETE. `more` asks for one more rung.
"""

from decimal import Decimal
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from organisation.roles import Role
from tickets.forms.base import DeskForm
from tickets.forms.limits import NUMBER
from tickets.models import Rung
from tickets.models.policy import LimitUnit

MOST_RUNGS = 12
_RUNG = ("after_amount", "after_unit", "role", "repeat_amount", "repeat_unit", "most_repeats")


class LadderForm(DeskForm):
    """The name of a ladder, and why it is written."""

    base = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    note = forms.CharField(label=_("Why this version"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        """A name in one language serves for both."""
        typed = super().clean() or {}
        either = typed.get("name_zh") or typed.get("name_en") or ""
        typed |= {name: typed.get(name) or either for name in ("name_zh", "name_en")}
        if not either and not self.errors:
            self.add_error("name_zh", _("Give the ladder a name, in one language at least."))
        return typed


class RungForm(DeskForm):
    """Who hears of a missed limit, how long after the due time, and how often again."""

    after_amount = forms.DecimalField(
        label=_("After the due time"), max_digits=8, decimal_places=2, min_value=Decimal(0),
        widget=forms.TextInput(attrs=NUMBER), help_text=_("Nought: at once."),
    )  # fmt: skip
    after_unit = forms.ChoiceField(
        label=_("Unit of time"), choices=LimitUnit.choices, initial="working_hours"
    )
    role = forms.ChoiceField(label=_("Who hears of it"), choices=[("", "–"), *Role.choices])
    most_repeats = forms.IntegerField(
        label=_("Repeated, times at the most"), min_value=0, max_value=50, required=False,
        help_text=_("Until somebody acknowledges it; empty: said once."),
    )  # fmt: skip
    repeat_amount = forms.DecimalField(
        label=_("Again every"), max_digits=8, decimal_places=2, min_value=Decimal("0.01"),
        required=False, widget=forms.TextInput(attrs=NUMBER),
    )  # fmt: skip
    repeat_unit = forms.ChoiceField(
        label=_("Unit of time"), choices=LimitUnit.choices, initial="minutes"
    )

    def clean(self) -> dict[str, Any]:
        """What is repeated is repeated after some time."""
        typed = super().clean() or {}
        typed["most_repeats"] = typed.get("most_repeats") or 0
        if typed["most_repeats"] and not typed.get("repeat_amount") and not self.errors:
            self.add_error("repeat_amount", _("Say after which time it is repeated."))
        return typed


class _Rungs(BaseFormSet):
    """The rungs of one ladder."""

    def typed(self) -> list[dict[str, Any]]:
        """What was typed of each rung that is not left out, in their order."""
        found = [one.cleaned_data for one in self.forms if one.cleaned_data.get("role")]
        return [{name: one[name] for name in _RUNG} for one in found if not one.get("DELETE")]


RungFormSet = formset_factory(
    RungForm, formset=_Rungs, extra=0, can_delete=True, max_num=MOST_RUNGS,
    absolute_max=MOST_RUNGS, validate_max=True,
)  # fmt: skip


def initial_of(rung: Rung) -> dict[str, Any]:
    """The fields of a rung, as its version says."""
    said = {name: getattr(rung, name) for name in _RUNG}
    every = f"{rung.repeat_amount.normalize():f}" if rung.repeat_amount is not None else ""
    return said | {
        "after_amount": f"{rung.after_amount.normalize():f}", "repeat_amount": every,
        "most_repeats": rung.most_repeats or "",
    }  # fmt: skip


def drafts(data: QueryDict) -> list[dict[str, Any]]:
    """The rungs as typed so far, unjudged, without those to be left out."""
    typed = data.get("rungs-TOTAL_FORMS", "")
    count = min(int(typed), MOST_RUNGS) if typed.isdecimal() and len(typed) < 5 else 0
    return [
        {name: data.get(f"rungs-{n}-{name}") for name in _RUNG}
        for n in range(count)
        if not data.get(f"rungs-{n}-DELETE")
    ]
