"""What is typed for a move of a ticket: checked here, saved by the verbs (form)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff, Unit
from tickets import kinds
from tickets.forms.base import DeskForm
from tickets.models import Ticket


class DispatchForm(DeskForm):
    """Where the dispatcher sends a ticket."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Handling unit"))

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.handling().filter(path__startswith=ticket.scope_path)
        self.fields["unit"].queryset = units.order_by("path")  # type: ignore[attr-defined]


class ReassignForm(DeskForm):
    """To which colleague of the unit, and why."""

    to = forms.ModelChoiceField(Staff.objects.none(), label=_("Give it to"))
    reason = forms.CharField(label=_("Reason"), max_length=400)

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        path = ticket.lead_unit.path if ticket.lead_unit else "-"
        people = Staff.objects.filter(is_active=True, unit__path__startswith=path)
        self.fields["to"].queryset = people.exclude(pk=ticket.lead_handler_id)  # type: ignore[attr-defined]


class ContactForm(DeskForm):
    """How the customer was reached, or not."""

    means = forms.ChoiceField(label=_("By"), choices=kinds.Means.choices)
    is_reached = forms.TypedChoiceField(
        label=_("Spoke with the customer?"),
        choices=[("yes", _("Yes, both sides spoke")), ("no", _("No, not reached"))],
        coerce=lambda typed: typed == "yes", widget=forms.RadioSelect,
    )  # fmt: skip
    note = forms.CharField(
        label=_("What was said"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class ArriveForm(DeskForm):
    """When the crew arrived, if not just now."""

    arrived_at = forms.DateTimeField(
        label=_("Arrived at"), required=False,
        help_text=_("Leave empty for now. A time typed by hand is shown as such."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip


class DoneForm(DeskForm):
    """What the unit did, and what the customer was told."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    result = forms.CharField(
        label=_("What was done"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    is_customer_told = forms.BooleanField(
        label=_("The customer was told the result"), required=False
    )
    no_reply_reason = forms.CharField(
        label=_("If not told: why that was not possible"), max_length=200, required=False
    )
    unfinished_reason = forms.CharField(
        label=_("Why it is done without the units that still help"), max_length=400, required=False
    )

    def __init__(self, *args: Any, has_helpers: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_helpers and not self.is_bound:
            del self.fields["unfinished_reason"]


class ReviewForm(DeskForm):
    """What the reviewer finds."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        label=_("Verdict"), widget=forms.RadioSelect,
        choices=[("approve", _("Approve")), ("reject", _("Send back"))],
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason, when sent back"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A result that is sent back says why."""
        typed = super().clean() or {}
        if typed.get("verdict") == "reject" and not typed.get("reason", "").strip():
            self.add_error("reason", _("Say what is missing, so that the unit can put it right."))
        return typed


class ReasonForm(DeskForm):
    """A reason in the person's own words."""

    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class UrgeForm(DeskForm):
    """What the customer said when asking again."""

    reason = forms.CharField(
        label=_("What the customer said"), max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
