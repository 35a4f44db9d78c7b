"""A window agreed with the customer, and how it went (form)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisation.models import Staff
from tickets.forms.base import DeskForm
from tickets.models import Appointment, Ticket

Ending = Appointment.Ending


def _moment(label: Any, **kwargs: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, **kwargs)


class BookForm(DeskForm):
    """From when until when, and who goes."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    from_at = _moment(pgettext_lazy("appointment", "From"))
    to_at = _moment(
        pgettext_lazy("appointment", "Until"), help_text=_("Four hours at the most.")
    )
    staff = forms.ModelChoiceField(
        Staff.objects.none(), label=_("Who goes there"), required=False,
        empty_label=_("Whoever has the ticket then"),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Remark"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        path = ticket.lead_unit.path if ticket.lead_unit else "-"
        people = Staff.objects.filter(is_active=True, unit__path__startswith=path)
        self.fields["staff"].queryset = people.order_by("staff_number")  # type: ignore[attr-defined]


class MoveForm(BookForm):
    """Another window, and why."""

    note = forms.CharField(
        label=_("Why it is moved"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class SettleForm(DeskForm):
    """How it went, said by hand."""

    ending = forms.ChoiceField(
        label=_("How did it go?"), widget=forms.RadioSelect,
        choices=[
            (Ending.KEPT, _("We were there")), (Ending.ABSENT, _("We were there, nobody was in")),
            (Ending.MISSED, _("We did not come")), (Ending.CALLED_OFF, _("Called off beforehand")),
        ],
    )  # fmt: skip
    arrived_at = _moment(
        _("When the crew was there"), required=False,
        help_text=_("The time decides between kept and late."),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
