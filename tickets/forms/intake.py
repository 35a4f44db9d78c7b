"""What is typed when a matter is logged: checked here, saved by the verbs (form)."""

from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assignment import candidacy
from organisation import colleagues
from organisation.models import Staff, Territory, Unit
from tickets import kinds, reference_numbers
from tickets.forms.base import DeskForm
from tickets.models import Category, Ticket


class CategorySelect(forms.Select):
    """A select whose options say which kind they belong to, so that the page can narrow them."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        category = getattr(value, "instance", None)
        if category is not None:
            option["attrs"]["data-kind"] = category.kind
        return option


class ChosenForm(DeskForm):
    """Which of the found customers it is; what is no number names nobody."""

    customer = forms.IntegerField(required=False)
    account = forms.IntegerField(required=False)

    def chosen(self) -> dict[str, int]:
        """Ids for customers.identification.chosen; 0 for none."""
        typed = self.cleaned_data if self.is_valid() else {}
        return {f"{name}_id": typed.get(name) or 0 for name in self.fields}


class IntakeForm(DeskForm):
    """A matter as told at the counter or on the telephone."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    customer = forms.IntegerField(required=False, widget=forms.HiddenInput)
    account = forms.IntegerField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(kind.value, kind.label) for kind in kinds.FROM_CUSTOMERS],
        widget=forms.RadioSelect,
    )
    category = forms.ModelChoiceField(
        Category.objects.none(), label=_("Category"), widget=CategorySelect
    )
    channel = forms.ChoiceField(label=_("Channel"), choices=kinds.Channel.choices)
    priority = forms.ChoiceField(label=_("Priority"), choices=kinds.Priority.choices)
    text = forms.CharField(
        label=_("What the customer asks, in their own words"), max_length=8000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    contact_phone = forms.CharField(label=_("Contact number"), required=False, max_length=30)
    contact_name = forms.CharField(label=_("Name"), required=False, max_length=120)
    address = forms.CharField(label=_("Where"), required=False, max_length=240)
    territory = forms.ModelChoiceField(
        Territory.objects.none(), label=_("Territory"), required=False
    )
    is_anonymous = forms.BooleanField(label=_("Anonymous"), required=False)
    accused_unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Unit the report is about"), required=False,
        help_text=_(
            "Confidential reports only. That unit, and everybody above and below it, will see nothing"
            " of it."
        ),
    )  # fmt: skip
    accused_person = forms.CharField(
        label=_("People the report is about"), required=False, max_length=200,
        help_text=_("Names or staff numbers, separated by commas. They will see nothing of it."),
    )  # fmt: skip
    wished = forms.CharField(
        label=_("Wished technician"), required=False, max_length=80,
        help_text=_("Name or staff number, where the customer asks for somebody by name."),
    )  # fmt: skip
    received_by_leader = forms.ModelChoiceField(
        Staff.objects.none(), label=_("Received by"), required=False,
        help_text=_("The leader who received the customer on the reception day."),
    )  # fmt: skip
    bypassed = forms.CharField(
        label=_("Ticket it went past"), required=False, max_length=40,
        help_text=_("The number of the complaint that the lower level did not settle."),
    )  # fmt: skip
    is_petition = forms.BooleanField(
        label=_("Petition"), required=False,
        help_text=_("The customer came to petition: a personal visit is owed within five working days."),
    )  # fmt: skip
    answer = forms.CharField(
        label=_("Answer given on the spot"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, utilities: list[str], user: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self._field("received_by_leader").queryset = Staff.objects.leading(user.scope_path)
        if not self.is_bound:
            self.initial.setdefault("key", uuid4())
        leaves = Category.objects.filter(is_active=True, parent__isnull=False, source="")
        self._field("category").queryset = leaves.filter(utility__in=utilities).select_related(
            "parent"
        )
        self._field("category").label_from_instance = _category_label
        self._field("territory").queryset = Territory.objects.filter(is_active=True)
        self._field("accused_unit").queryset = Unit.objects.filter(is_active=True).order_by("path")

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Someone to answer, unless they want to stay unnamed; a report names its unit."""
        typed = super().clean() or {}
        is_reachable = typed.get("contact_phone") or typed.get("customer")
        if not typed.get("is_anonymous") and not is_reachable:
            self.add_error(
                "contact_phone",
                _("Give a number to call back on, choose the customer, or tick “Anonymous”."),
            )
        category = typed.get("category")
        if category and category.kind not in ("", typed.get("kind")):
            self.add_error("category", _("This category belongs to another kind. Choose again."))
        is_report = typed.get("kind") == kinds.Kind.REPORT
        if not is_report:
            typed["accused_unit"] = None
        typed["accused_staff"] = self._accused(typed.get("accused_person", "")) if is_report else ()
        return typed

    def clean_wished(self) -> Staff | None:
        """The one person of the company's hands who is called that."""
        typed = self.cleaned_data["wished"].strip()
        if not typed:
            return None
        hands = Staff.objects.filter(
            is_active=True, roles__overlap=list(candidacy.HANDS),
            unit__path__startswith=self.user.unit.company_path,
        )  # fmt: skip
        named = hands.filter(Q(staff_number=typed) | Q(name_zh=typed) | Q(name_en__iexact=typed))
        found = list(named[:2])
        if len(found) != 1:
            raise forms.ValidationError(
                _("Several technicians have this name. Give the staff number.")
                if found
                else _("No technician of the company has this name or staff number.")
            )
        return found[0]

    def clean_bypassed(self) -> Ticket | None:
        """The ticket of that number, as far as the person may see it."""
        typed = self.cleaned_data["bypassed"].strip()
        if not typed:
            return None
        number = reference_numbers.parse(typed) or typed
        found = Ticket.objects.visible_to(self.user).filter(number=number)
        ticket = found.select_related("lead_unit__leader", "tracker").defer("words").first()
        if ticket is None:
            raise forms.ValidationError(_("There is no ticket of this number that you may see."))
        return ticket

    def _accused(self, names: str) -> tuple[Staff, ...]:
        found = colleagues.named(names)
        if found.unknown:
            self.add_error("accused_person", _ambiguous(found))
        return found.people


def _ambiguous(found: colleagues.Named) -> str:
    listed = "; ".join(f"{one.name} {one.staff_number} ({one.unit.name})" for one in found.alike)
    if listed:
        return _("More than one colleague has this name; give the staff number: %(who)s") % {
            "who": listed
        }
    return _("No colleague is called %(who)s; check it, or leave it to the text.") % {
        "who": ", ".join(found.unknown)
    }


def _category_label(category: Category) -> str:
    return f"{category.parent} › {category}" if category.parent else str(category)
