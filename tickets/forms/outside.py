"""What ends without work of one's own: a referral, a refusal, a withdrawal (form)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.forms.base import DeskForm
from tickets.models import OutsideBody, Ticket

_WHEN = {"type": "datetime-local"}


class _ToldForm(DeskForm):
    """Whether the customer knows."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    is_customer_told = forms.BooleanField(label=_("The customer was told"), required=False)
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


class ReferForm(_ToldForm):
    """Who outside took the matter over; the list of bodies saves typing."""

    listed = forms.ModelChoiceField(
        OutsideBody.objects.none(), label=_("Body, from the list"), required=False,
        empty_label=_("Not on the list"),
    )  # fmt: skip
    body = forms.CharField(
        label=_("Body, if not on the list"), max_length=120, required=False
    )
    contact = forms.CharField(
        label=_("How to reach them"), max_length=200, required=False,
        help_text=_("Left empty, it is taken from the list."),
    )  # fmt: skip
    their_number = forms.CharField(label=_("Their number for this matter"), max_length=60)
    taken_over_by = forms.CharField(label=_("Who there took it over"), max_length=80)
    taken_over_at = forms.DateTimeField(
        label=_("Taken over at"),
        widget=forms.DateTimeInput(attrs=_WHEN, format="%Y-%m-%dT%H:%M"),
    )
    answer = forms.CharField(
        label=_("What the customer is told"), max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    check_at = forms.DateTimeField(
        label=_("I promise to ask them whether it is done, by"), required=False,
        widget=forms.DateTimeInput(attrs=_WHEN, format="%Y-%m-%dT%H:%M"),
        help_text=_("Becomes a task of yours that keeps the ticket open."),
    )  # fmt: skip
    field_order = (
        "listed", "body", "contact", "their_number", "taken_over_by", "taken_over_at", "answer",
        "is_customer_told", "no_reply_reason", "unfinished_reason", "check_at", "version",
    )  # fmt: skip

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bodies = OutsideBody.objects.filter(is_active=True, utility__in=["", ticket.utility])
        self.fields["listed"].queryset = bodies.order_by("code")  # type: ignore[attr-defined]
        self.fields["listed"].label_from_instance = _of_body  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The listed body's name and contact where nothing else was typed."""
        typed = super().clean() or {}
        listed = typed.get("listed")
        if listed is not None:
            typed["body"] = typed.get("body") or listed.name
            typed["contact"] = typed.get("contact") or listed.contact
        return typed


class RefuseForm(_ToldForm):
    """Why, and on what basis; both go into the reply."""

    reason = forms.CharField(
        label=_("Reason, as the customer reads it"), max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    basis = forms.CharField(
        label=_("Basis: law, standard or rule, with its clause"), max_length=400,
        help_text=_("Without it nothing is refused."),
    )
    field_order = ("reason", "basis", "is_customer_told", "no_reply_reason", "version")


class WithdrawForm(DeskForm):
    """What the customer said, as it was heard."""

    reason = forms.CharField(
        label=_("What the customer said"), max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A callback agent will ask them again in a call of its own."),
    )  # fmt: skip


def _of_body(body: OutsideBody) -> str:
    return f"{body.name} · {body.contact}"
