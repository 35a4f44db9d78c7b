"""What is typed for supervision, executive notes, disputes and the meeting (form)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff, Unit
from organisation.roles import Permission, holding
from tickets.forms.base import DeskForm
from tickets.models import Dispute, Supervision, Ticket


def _words(label: Any, most: int = 1000, **given: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, widget=forms.Textarea(attrs={"rows": 3}), **given
    )


def _moment(label: Any, **given: Any) -> forms.DateTimeField:
    """A time of day and date as the browser's own picker sends it."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, **given)


def _chosen(field: Any, rows: Any) -> None:
    field.queryset = rows


class SuperviseForm(DeskForm):
    """On what ground, why, and by when the unit reports back."""

    ground = forms.ChoiceField(label=_("Ground of supervision"), choices=Supervision.Ground.choices)
    reason = _words(_("Reason"))
    report_due_at = _moment(_("Report back by"))


class ReportForm(DeskForm):
    """What the unit tells the supervisor."""

    text = _words(_("What was done, and what is still to come"), 2000)


class AskAgainForm(DeskForm):
    """What the supervisor still wants to know, by when."""

    reason = _words(_("What the unit is to report on"))
    report_due_at = _moment(_("Report back by"))


class HandOnForm(DeskForm):
    """To which supervisor, and why."""

    to = forms.ModelChoiceField(Staff.objects.none(), label=_("Hand the supervision to"))
    reason = _words(_("Reason"))

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Staff.objects.filter(
            is_active=True, roles__overlap=sorted(holding(Permission.SUPERVISE)),
            unit__path__startswith=ticket.scope_path,
        )  # fmt: skip
        _chosen(self.fields["to"], people.exclude(pk=ticket.supervisor_id).order_by("staff_number"))


class EndForm(DeskForm):
    """What the supervisor found."""

    verdict = _words(_("What you found"))
    no_report_reason = _words(_("If the unit has not reported: why you end it all the same"), required=False)


class NoteForm(DeskForm):
    """An executive's note: who answers for it and by when."""

    text = _words(_("Your note"), 2000)
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Unit that answers for it"))
    due_at = _moment(_("Due by"))

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _chosen(self.fields["unit"], Unit.objects.below_path(ticket.scope_path))
        self.fields["text"].help_text = _("It is signed with your name and never changed.")


class DisputeForm(DeskForm):
    """With which unit, and about what."""

    against = forms.ModelChoiceField(Unit.objects.none(), label=_("The other unit"))
    reason = _words(_("What the dispute is about"))

    def __init__(self, *args: Any, ticket: Ticket, user: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.handling().filter(path__startswith=ticket.scope_path)
        _chosen(self.fields["against"], units.exclude(pk=user.unit_id).order_by("path"))


class AnswerForm(DeskForm):
    """The other side's word."""

    reason = _words(_("Your unit’s answer"))


class SettleForm(DeskForm):
    """For whom, why, and on what basis."""

    decided_for = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Decided for"), widget=forms.RadioSelect, empty_label=None
    )
    decision = _words(_("Decision"))
    basis = forms.CharField(label=_("Basis (document and clause)"), max_length=300)

    def __init__(self, *args: Any, dispute: Dispute, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sides = [dispute.unit_id, dispute.against_id]
        _chosen(self.fields["decided_for"], Unit.objects.filter(pk__in=sides).order_by("path"))


class DecisionForm(DeskForm):
    """What the meeting decided: who does what by when."""

    reason = _words(_("What the meeting decided"))
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Unit that does it"))
    due_at = _moment(_("Due by"))

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _chosen(self.fields["unit"], Unit.objects.below_path(ticket.scope_path))


class ChaseForm(DeskForm):
    """What a customer adds when chasing their own case."""

    number = forms.CharField(max_length=40, widget=forms.HiddenInput)
    code = forms.CharField(max_length=12, widget=forms.HiddenInput)
    note = _words(_("What should we know? (optional)"), 400, required=False)
