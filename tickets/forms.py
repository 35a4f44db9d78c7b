"""What is typed about a ticket: checked here, saved by the verbs (form)."""

from typing import Any
from uuid import uuid4

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff, Territory, Unit, Utility
from tickets import kinds, mappings
from tickets.models import Category, Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.states import State

_ANY = [("", _("All"))]


class DeskForm(forms.Form):
    """A form drawn by crispy inside the page's own <form> element."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            missing = format_lazy(_("Fill in “{field}”."), field=field.label or "")
            field.error_messages["required"] = missing

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper


class FilterForm(forms.Form):
    """What a list is narrowed to; lives in the address."""

    q = forms.CharField(required=False, max_length=200, label=_("Words, number or phone"))
    state = forms.ChoiceField(
        required=False, choices=[*_ANY, *State.choices], label=_("State")
    )
    kind = forms.ChoiceField(required=False, choices=[*_ANY, *kinds.Kind.choices], label=_("Kind"))
    utility = forms.ChoiceField(
        required=False, choices=[*_ANY, *Utility.choices], label=_("Service line")
    )

    def narrow(self, tickets: TicketQuerySet) -> TicketQuerySet:
        """The tickets that fit every chosen filter."""
        chosen = {
            name: self.cleaned_data[name]
            for name in ("state", "kind", "utility")
            if self.cleaned_data[name]
        }
        return tickets.filter(**chosen)


class CategorySelect(forms.Select):
    """A select whose options say which kind they belong to, so that the page can narrow them."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        category = getattr(value, "instance", None)
        if category is not None:
            option["attrs"]["data-kind"] = category.kind
        return option


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
        help_text=_("Confidential reports only. That unit will see nothing of it."),
    )  # fmt: skip
    answer = forms.CharField(
        label=_("Answer given on the spot"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, utilities: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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
        if typed.get("kind") != kinds.Kind.REPORT:
            typed["accused_unit"] = None
        return typed


def _category_label(category: Category) -> str:
    return f"{category.parent} › {category}" if category.parent else str(category)


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


class LookupForm(DeskForm):
    """Number and code of a customer's own case."""

    number = forms.CharField(label=_("Reference number"), max_length=40)
    code = forms.CharField(label=_("Query code"), max_length=12)


class ImportForm(DeskForm):
    """Which file to load, by which mapping, for which unit."""

    MOST_BYTES = 200 * 1024 * 1024

    file = forms.FileField(
        label=_("File"), help_text=_("CSV, also gzipped, or Excel; 200 MB at the most.")
    )
    mapping = forms.ChoiceField(label=_("Mapping"))
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Belongs to"), empty_label=None,
        help_text=_("A company gets a branch for each department the file names."),
    )  # fmt: skip
    is_dry_run = forms.BooleanField(label=_("Check without importing"), required=False)

    def __init__(self, *args: Any, user: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.filter(is_active=True, path__startswith=user.scope_path)
        self.fields["unit"].queryset = units.order_by("path")  # type: ignore[attr-defined]
        self.fields["mapping"].choices = [  # type: ignore[attr-defined]
            (name, mappings.load(name).label(get_language() or "")) for name in mappings.names()
        ]

    def clean_file(self) -> Any:
        """A file small enough to be kept."""
        upload = self.cleaned_data["file"]
        if upload.size > self.MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 200 MB. Split it."))
        return upload
