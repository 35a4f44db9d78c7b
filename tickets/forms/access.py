"""Who may read a confidential report and whom it is about: checked here, saved by the verbs
(form)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff, Unit
from tickets import access_log
from tickets.forms.base import DeskForm
from tickets.models import Ticket


class ReaderForm(DeskForm):
    """Who is named to read the report, and why."""

    staff = forms.ModelChoiceField(Staff.objects.none(), label=_("Let read it"))
    reason = forms.CharField(label=_("Reason"), max_length=400)

    def __init__(self, *args: Any, ticket: Ticket, user: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["staff"]
        people = access_log.nameable(ticket, user)
        field.queryset = Staff.objects.filter(pk__in=[one.pk for one in people])
        field.choices = [
            ("", "–"), *((one.pk, f"{one.name} · {one.unit.name}") for one in people)
        ]  # fmt: skip


class AccusedForm(DeskForm):
    """The unit and the people the report is about, as far as is known now."""

    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Unit the report is about"), required=False
    )
    staff = forms.ModelMultipleChoiceField(
        Staff.objects.none(), label=_("People the report is about"), required=False
    )
    reason = forms.CharField(label=_("Reason"), max_length=400)

    def __init__(self, *args: Any, ticket: Ticket, user: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units: Any = self.fields["unit"]
        units.queryset = Unit.objects.below_path(user.scope_path)
        people: Any = self.fields["staff"]
        active = Staff.objects.filter(is_active=True, unit__path__startswith=user.scope_path)
        people.queryset = active.select_related("unit").order_by("unit__path", "staff_number")
        people.label_from_instance = lambda one: f"{one.name} · {one.unit.name}"
