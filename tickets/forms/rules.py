"""What is typed about routing rules and their try-out: checked here, saved by the verbs (form)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assignment import candidacy
from organisation.models import Staff, Territory, Unit, Utility
from servicedesk.lib.desk_form import DeskForm, StaffField
from tickets import kinds
from tickets.models import Category

_ANY = [("", _("Any"))]


class CategoryField(forms.ModelChoiceField):
    """A category, below its group; its code is what a rule keeps."""

    def label_from_instance(self, one: Any) -> str:
        return f"{one.parent} › {one}" if one.parent else str(one)


def _companies(path: str) -> Any:
    """The companies a person keeps rules for, the group itself included."""
    companies = Unit.objects.below_path(path)
    return companies.filter(level__in=("group", "company")).order_by("level", "path")


def _categories() -> Any:
    found = Category.objects.filter(is_active=True, source="").select_related("parent")
    return found.order_by("utility", "kind", "code")


class RuleForm(DeskForm):
    """Which matters a rule is about, and where it sends them."""

    company = forms.ModelChoiceField(Unit.objects.none(), label=_("Company"), empty_label=None)
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Sends to"))
    kind = forms.ChoiceField(label=_("Kind"), choices=[*_ANY, *kinds.Kind.choices], required=False)
    category = CategoryField(
        Category.objects.none(), label=_("Category"), required=False, empty_label=_("Any"),
        to_field_name="code", help_text=_("A group fits every category below it."),
    )  # fmt: skip
    territory = forms.ModelChoiceField(
        Territory.objects.none(), label=_("Territory"), required=False, empty_label=_("Any")
    )
    is_key_account = forms.TypedChoiceField(
        label=_("Key account"), required=False, empty_value=None,
        choices=[("", _("Any")), ("yes", _("Key accounts only")), ("no", _("No key accounts"))],
        coerce=lambda typed: typed == "yes",
    )  # fmt: skip
    utility = forms.ChoiceField(
        label=_("Service line"), choices=[*_ANY, *Utility.choices], required=False
    )
    skill = forms.CharField(
        label=_("Skill it takes"), max_length=60, required=False,
        help_text=_("People who have it are chosen first. Leave empty where anybody can do it."),
    )  # fmt: skip
    rank = forms.IntegerField(
        label=_("Rank"), min_value=1, max_value=999, initial=100,
        help_text=_("Of two rules that are equally specific the lower rank wins."),
    )  # fmt: skip

    def __init__(self, *args: Any, path: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["company"].queryset = _companies(path)
        fields["unit"].queryset = Unit.objects.below_path(path).filter(is_handling=True)
        fields["category"].queryset = _categories()
        fields["territory"].queryset = Territory.objects.filter(is_active=True).order_by("code")

    def clean(self) -> dict[str, Any]:
        """A category belongs to one service line and mostly to one kind."""
        typed = super().clean() or {}
        _check_category(self, typed)
        category = typed.get("category")
        if category and typed.get("utility") and category.utility != typed["utility"]:
            self.add_error("category", _("This category belongs to another service line."))
        return typed


class TryForm(DeskForm):
    """A matter made up to see where it would go."""

    company = forms.ModelChoiceField(Unit.objects.none(), label=_("Company"), empty_label=None)
    kind = forms.ChoiceField(label=_("Kind"), choices=kinds.Kind.choices)
    category = CategoryField(Category.objects.none(), label=_("Category"))
    territory = forms.ModelChoiceField(
        Territory.objects.none(), label=_("Territory"), required=False, empty_label="–"
    )
    is_key_account = forms.BooleanField(label=_("Key account"), required=False)
    wished = StaffField(
        Staff.objects.none(), label=_("Wished technician"), required=False, empty_label="–"
    )
    at = forms.DateTimeField(
        label=_("When"), required=False,
        help_text=_("The roster of that time; presence and open tickets as they are now."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip

    def __init__(self, *args: Any, path: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["company"].queryset = _companies(path)
        fields["category"].queryset = _categories().filter(parent__isnull=False)
        fields["territory"].queryset = Territory.objects.filter(is_active=True).order_by("code")
        hands = Staff.objects.filter(is_active=True, roles__overlap=list(candidacy.HANDS))
        fields["wished"].queryset = hands.filter(unit__path__startswith=path).select_related("unit")

    def clean(self) -> dict[str, Any]:
        """A category belongs mostly to one kind."""
        typed = super().clean() or {}
        _check_category(self, typed)
        return typed


def _check_category(form: forms.Form, typed: dict[str, Any]) -> None:
    category = typed.get("category")
    if category and typed.get("kind") and category.kind not in ("", typed["kind"]):
        form.add_error("category", _("This category belongs to another kind. Choose again."))
