"""What is typed to merge, split, link and answer merged tickets (form)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from tickets import kinds, reference_numbers
from tickets.forms.base import DeskForm
from tickets.forms.intake import CategorySelect
from tickets.models import Category, Link, Ticket


class _OtherTicketForm(DeskForm):
    """The number of another ticket, as far as the person may see it."""

    number = forms.CharField(label=_("Number of the other ticket"), max_length=40)

    def __init__(self, *args: Any, user: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_number(self) -> Ticket:
        """The ticket of that number; the same words for a foreign and for an absent one."""
        typed = self.cleaned_data["number"].strip()
        number = reference_numbers.parse(typed) or typed
        found = Ticket.objects.visible_to(self.user).filter(number=number).defer("words").first()
        if found is None:
            raise forms.ValidationError(_("There is no ticket of this number that you may see."))
        return found


class MergeForm(_OtherTicketForm):
    """Into which ticket, and why the two are one matter."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why they are one matter"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )


class LinkForm(_OtherTicketForm):
    """With which ticket, and what the two are to each other."""

    meaning = forms.ChoiceField(
        label=_("What they are to each other"), widget=forms.RadioSelect,
        choices=[
            (Link.Meaning.DERIVED, _("One follows from the other: a complaint about a fault")),
            (Link.Meaning.REPEAT, _("The same matter again, after the first had ended")),
        ],
    )  # fmt: skip


class SplitPartForm(DeskForm):
    """One other matter in the ticket: its sort, and what the customer said of it."""

    category = forms.ModelChoiceField(
        Category.objects.none(), label=_("Category"), required=False, widget=CategorySelect
    )
    text = forms.CharField(
        label=_("What the customer asks in this matter"), max_length=8000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, utility: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fitting = [kind for kind in kinds.FROM_CUSTOMERS if kind != kinds.Kind.REPORT]
        leaves = Category.objects.filter(
            is_active=True, parent__isnull=False, source="", utility=utility, kind__in=fitting
        )
        field: Any = self.fields["category"]
        field.queryset = leaves.select_related("parent").order_by("kind", "id")
        field.label_from_instance = _kind_and_name

    def clean(self) -> dict[str, Any]:
        """Both or neither: an empty row is no matter."""
        typed = super().clean() or {}
        if bool(typed.get("category")) != bool(typed.get("text", "").strip()):
            missing = "text" if typed.get("category") else "category"
            self.add_error(missing, _("Give both the category and the words, or neither."))
        return typed


class ChildAnswerForm(DeskForm):
    """The answer to the customer of one merged ticket."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    result = forms.CharField(
        label=_("Answer"), max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    told = forms.ChoiceField(
        label=_("Was this customer told?"), widget=forms.RadioSelect,
        choices=[("later", _("Not yet")), ("yes", _("Yes")), ("no", _("It was not possible"))],
    )  # fmt: skip
    no_reply_reason = forms.CharField(
        label=_("If not told: why that was not possible"), max_length=200, required=False
    )

    def clean(self) -> dict[str, Any]:
        """An answer says something, and a customer not told has a reason."""
        typed = super().clean() or {}
        if typed.get("told") == "later":
            return typed
        if not typed.get("result", "").strip():
            self.add_error("result", _("Give the answer."))
        if typed.get("told") == "no" and not typed.get("no_reply_reason", "").strip():
            self.add_error("no_reply_reason", _("Say why the customer could not be told."))
        return typed


def _kind_and_name(category: Category) -> str:
    return f"{kinds.Kind(category.kind).label} · {category.name}"
