"""What is typed about where somebody is: checked here, saved by the verbs (form)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from servicedesk.lib.desk_form import DeskForm, StaffField


class WhereaboutsForm(DeskForm):
    """Where the person is, and until when; what only a leader may set is left out for others."""

    presence = forms.ChoiceField(
        label=_("Presence"), choices=Staff.Presence.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Where"), max_length=120, required=False,
        help_text=_("A few words everyone of the company may read. Not kept once on duty again."),
    )  # fmt: skip
    back_at = forms.DateTimeField(
        label=_("Back at"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    deputy = StaffField(
        Staff.objects.none(), label=_("Deputy (B post)"), required=False, empty_label="–",
        help_text=_("Stands in for this person whenever they are absent."),
    )  # fmt: skip
    most_open = forms.IntegerField(
        label=_("Open tickets at the most"), required=False, min_value=0, max_value=999,
        help_text=_("The desk gives this person no more at once. Empty means without end."),
    )  # fmt: skip

    def __init__(self, *args: Any, of: Staff, is_leader: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = Staff.objects.filter(
            is_active=True, unit__path__startswith=of.unit.company_path
        ).exclude(pk=of.pk)
        found = colleagues.select_related("unit").order_by("unit__path", "staff_number")
        self.fields["deputy"].queryset = found  # type: ignore[attr-defined]
        if not is_leader:
            del self.fields["deputy"], self.fields["most_open"]
