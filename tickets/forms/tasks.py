"""What is typed to give, sign for, finish and drop a task (form)."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff, Unit
from tickets.forms.base import DeskForm
from tickets.models import Task, Ticket

_AT = "%Y-%m-%dT%H:%M"


def _due(help_text: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_AT)
    return forms.DateTimeField(label=_("Due by"), help_text=help_text, widget=widget)


def _text(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class InviteForm(DeskForm):
    """Which unit helps with what, by when."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Unit that helps"))
    text = _text(_("What it is to do"))
    due_at = _due()

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.handling().filter(path__startswith=ticket.scope_path)
        if not self.is_bound and ticket.lead_unit is not None:
            units = units.exclude(pk=ticket.lead_unit.pk)
        self.fields["unit"].queryset = units.order_by("path")  # type: ignore[attr-defined]


class PromiseForm(DeskForm):
    """What the customer was promised, who sees to it, by when."""

    text = _text(_("What the customer was promised"))
    staff = forms.ModelChoiceField(Staff.objects.none(), label=_("Who sees to it"))
    due_at = _due(_("The ticket does not close before this is done."))

    def __init__(self, *args: Any, ticket: Ticket, user: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        near = Q(pk=user.pk) | Q(pk=ticket.tracker_id) | Q(pk=ticket.lead_handler_id or 0)
        if ticket.lead_unit is not None:
            near |= Q(unit__path__startswith=ticket.lead_unit.path)
        people = Staff.objects.filter(near, is_active=True).select_related("unit")
        self.fields["staff"].queryset = people.order_by("staff_number")  # type: ignore[attr-defined]


class SignTaskForm(DeskForm):
    """Who does it; the leader of the unit may name a colleague."""

    to = forms.ModelChoiceField(Staff.objects.none(), label=_("Who does it"), empty_label=None)

    def __init__(self, *args: Any, task: Task, may_name: bool, user: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Staff.objects.filter(pk=user.pk)
        if may_name and task.unit is not None:
            people = Staff.objects.filter(is_active=True, unit__path__startswith=task.unit.path)
        self.fields["to"].queryset = people.order_by("staff_number")  # type: ignore[attr-defined]
        self.initial.setdefault("to", task.staff_id or user.pk)


class FinishTaskForm(DeskForm):
    """What came of it."""

    result = forms.CharField(
        label=_("What came of it"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
