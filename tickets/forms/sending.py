"""What is typed to send work on, give it back, let it rest or give it more time (form)."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from organisation.models import Unit
from tickets.board import Entry
from tickets.forms.base import DeskForm
from tickets.kinds import ClockName, ReturnReason, SuspensionReason
from tickets.models import Clock, Ticket

_AT = "%Y-%m-%dT%H:%M"


def _reason(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


def _when(label: Any, help_text: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_AT)
    return forms.DateTimeField(label=label, help_text=help_text, widget=widget)


class _ToUnitForm(DeskForm):
    """One of the company's units that handle work; the one that has the ticket is not offered, yet
    heard of when it is sent, so that the verb can say what became of the ticket meanwhile."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Handling unit"))

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.handling().filter(path__startswith=ticket.scope_path)
        if ticket.lead_unit_id and not self.is_bound:
            units = units.exclude(pk=ticket.lead_unit_id)
        self.fields["unit"].queryset = units.order_by("path")  # type: ignore[attr-defined]


class ReturnForm(_ToUnitForm):
    """Why the unit gives the ticket back, and which unit it thinks is right."""

    reason_code = forms.ChoiceField(label=_("Why it is returned"), choices=ReturnReason.choices)
    reason = _reason(_("Explain it to the dispatcher"))

    field_order = ("version", "reason_code", "reason", "unit")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].label = _("Which unit should have it")


class TransferForm(_ToUnitForm):
    """To which unit the dispatcher passes the ticket on, and why."""

    reason = _reason(_("Reason"))


class AdjudicateForm(_ToUnitForm):
    """Which unit has the ticket, by which rule, and why."""

    basis = forms.CharField(
        label=_("Basis"), max_length=300,
        help_text=_("The rule, table or document the ruling rests on."),
    )  # fmt: skip
    reason = _reason(_("Grounds"))


class SuspendForm(DeskForm):
    """Why the ticket should rest, and when it is looked at again."""

    reason_code = forms.ChoiceField(label=_("Reason"))
    reason = _reason(_("Explain it to whoever decides"))
    until = _when(_("Review date"), _("The work goes on by itself then."))

    def __init__(self, *args: Any, days: dict[SuspensionReason, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        longest = _("%(reason)s (%(days)s days at the most)")
        self.fields["reason_code"].choices = [  # type: ignore[attr-defined]
            (reason.value, longest % {"reason": reason.label, "days": most})
            for reason, most in days.items()
        ]


class ExtendForm(DeskForm):
    """Which limit should end later, and when."""

    clock = forms.ChoiceField(label=_("Which limit"))
    until = _when(_("New due time"))
    reason = _reason(
        _("Why the time is not enough"), _("If it is granted, the customer is told the new promise.")
    )

    def __init__(self, *args: Any, clocks: Sequence[Clock], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clock"].choices = [  # type: ignore[attr-defined]
            (clock.name, ClockName(clock.name).label) for clock in clocks
        ]


class ResumeForm(DeskForm):
    """Why the work goes on before the review date."""

    reason = forms.CharField(label=_("Reason"), max_length=400)


class DecideForm(DeskForm):
    """Grant or refuse, and what is said to whoever asked."""

    verdict = forms.ChoiceField(
        label=_("Decision"), widget=forms.RadioSelect,
        choices=[("grant", _("Grant")), ("refuse", _("Refuse the request"))],
    )  # fmt: skip
    note = forms.CharField(
        label=_("Note, needed to refuse"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A refusal says why."""
        typed = super().clean() or {}
        if typed.get("verdict") == "refuse" and not typed.get("note", "").strip():
            self.add_error("note", _("Say why, so that the one who asked knows what to do."))
        return typed


class BulkDispatchForm(forms.Form):
    """For several tickets at once: to which unit each goes, and which version was looked at."""

    def __init__(
        self, *args: Any, entries: Sequence[Entry], units: Sequence[Unit], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.entries = entries
        self.units = {str(unit.pk): unit for unit in units}
        choices = [("", _("Leave it")), *((key, str(unit)) for key, unit in self.units.items())]
        for entry in entries:
            number = entry.ticket.number
            self.fields[f"unit-{number}"] = forms.ChoiceField(
                choices=choices, required=False, initial=str(entry.unit.pk) if entry.unit else "",
                label=number, widget=forms.Select(attrs={"class": "form-select form-select-sm w-auto"}),
            )  # fmt: skip
            self.fields[f"version-{number}"] = forms.IntegerField(
                widget=forms.HiddenInput, initial=entry.ticket.version
            )

    def rows(self) -> Iterator[tuple[Entry, BoundField, BoundField]]:
        """Each ticket with its two fields."""
        for entry in self.entries:
            number = entry.ticket.number
            yield entry, self[f"unit-{number}"], self[f"version-{number}"]

    def chosen(self) -> Iterator[tuple[Ticket, Unit, int]]:
        """Each ticket that goes somewhere, its unit, and the version looked at."""
        for entry in self.entries:
            number = entry.ticket.number
            unit = self.units.get(self.cleaned_data[f"unit-{number}"])
            if unit is not None:
                yield entry.ticket, unit, self.cleaned_data[f"version-{number}"]
