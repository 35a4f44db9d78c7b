"""What is typed about the roster and territories: checked here, saved by the verbs (form)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assignment.candidacy import HANDS
from assignment.roster_roles import ROLES
from organisation.models import Staff, Territory, Unit
from organisation.roles import Role
from servicedesk.lib.desk_form import DeskForm, StaffField


def _moment(label: Any, help_text: Any = "") -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, help_text=help_text,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip


def people_of(path: str) -> Any:
    """Everyone active at or below the path, unit by unit."""
    people = Staff.objects.filter(is_active=True, unit__path__startswith=path)
    return people.select_related("unit").order_by("unit__path", "staff_number")


class TurnForm(DeskForm):
    """Who is on duty in which role, from when to when."""

    role = forms.ChoiceField(label=_("Role"), choices=[(role.value, role.label) for role in ROLES])
    staff = StaffField(Staff.objects.none(), label=pgettext_lazy("staff", "Person"))
    from_at = _moment(_("Begins"))
    to_at = _moment(_("Ends"))

    def __init__(self, *args: Any, unit: Unit, is_planned: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff"].queryset = people_of(unit.company_path)  # type: ignore[attr-defined]
        if is_planned:
            del self.fields["role"]


class TerritoryForm(DeskForm):
    """Who answers for which territory."""

    territory = forms.ModelChoiceField(Territory.objects.none(), label=_("Territory"))
    staff = StaffField(Staff.objects.none(), label=_("Responsible person"))

    def __init__(self, *args: Any, path: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        territories = Territory.objects.filter(is_active=True).order_by("code")
        self.fields["territory"].queryset = territories  # type: ignore[attr-defined]
        roles = [*HANDS, Role.UNIT_LEADER, Role.LIAISON]
        hands = people_of(path).filter(roles__overlap=roles)
        self.fields["staff"].queryset = hands  # type: ignore[attr-defined]
