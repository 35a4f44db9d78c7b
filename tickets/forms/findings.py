"""What is typed about who answers for a complaint (form)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff, Unit
from tickets.forms.base import DeskForm
from tickets.found import Held, Part, Ruling
from tickets.models import Finding, Ticket


def _words(label: Any, **given: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}), **given
    )


class FindingForm(DeskForm):
    """The verdict, what it rests on, and the whole chain of responsibility."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    verdict = forms.ChoiceField(
        label=_("Finding"), choices=Finding.Verdict.choices, widget=forms.RadioSelect
    )
    note = _words(_("What was looked into, and what it showed"))
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Directly responsible unit"), required=False
    )
    staff = forms.ModelChoiceField(
        Staff.objects.none(), label=_("Person directly responsible"), required=False,
        help_text=_("Only where it comes down to one person. They can answer by an appeal."),
    )  # fmt: skip
    leading = forms.ModelMultipleChoiceField(
        Unit.objects.none(), label=_("Units with leading responsibility"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    supporting = forms.ModelMultipleChoiceField(
        Unit.objects.none(), label=_("Supporting units that caused it"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.below_path(ticket.scope_path)
        people = Staff.objects.filter(is_active=True, unit__path__startswith=ticket.scope_path)
        for name in ("unit", "leading", "supporting"):
            self.fields[name].queryset = units  # type: ignore[attr-defined]
        self.fields["staff"].queryset = people.order_by("staff_number")  # type: ignore[attr-defined]

    def ruling(self) -> Ruling:
        """What was typed, as the verbs take it."""
        typed = self.cleaned_data
        chain = [Held(typed["unit"], Part.DIRECT, typed["staff"])] if typed["unit"] else []
        chain += [Held(unit, Part.LEADING, unit.leader) for unit in typed["leading"]]
        chain += [Held(unit, Part.SUPPORTING) for unit in typed["supporting"]]
        return Ruling(typed["verdict"], typed["note"], chain)

    def clean(self) -> dict[str, Any]:
        """A person belongs to a unit that is named."""
        typed = super().clean() or {}
        if typed.get("staff") and not typed.get("unit"):
            self.add_error("unit", _("Choose the unit of the person as well."))
        return typed


class AppealForm(DeskForm):
    """Why the finding is wrong."""

    reason = _words(_("Grounds and evidence of the appeal"))


class DecisionForm(FindingForm):
    """Whether an appeal is accepted, and the finding that then takes the place of the old one."""

    is_accepted = forms.TypedChoiceField(
        label=_("Decision on the appeal"), widget=forms.RadioSelect,
        choices=[("no", _("The finding stands")), ("yes", _("Accepted: another finding follows"))],
        coerce=lambda typed: typed == "yes",
    )  # fmt: skip
    decision = _words(_("Reasons for the decision"))

    field_order = ("is_accepted", "decision", "verdict", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verdict"].required = self.fields["note"].required = False

    def clean(self) -> dict[str, Any]:
        """An accepted appeal ends in another finding."""
        typed = super().clean()
        if typed.get("is_accepted"):
            for name in ("verdict", "note"):
                if not typed.get(name) and name not in self.errors:
                    self.add_error(name, _("Say what is found instead."))
        return typed
