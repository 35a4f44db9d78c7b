"""A matter made up to see what would be due when (form)."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisation.models import AreaClass
from tickets.deadlines import EXTENDED, RESUMED, SUSPENDED, EventFact
from tickets.forms.base import DeskForm
from tickets.forms.rules import CategoryField
from tickets.kinds import Channel, ClockName, CustomerClass, Kind, Level
from tickets.limit_selection import Matter
from tickets.models import Category, SpecialPeriod
from tickets.states import Happening

_NOT_SAID = [("", "–")]
# What may be typed of the way of the matter, in its order.
_HAPPENED = {
    "dispatched_at": Happening.DISPATCHED, "signed_at": Happening.SIGNED,
    "contacted_at": Happening.CONTACTED, "arrived_at": Happening.ARRIVED,
    "returned_at": Happening.RETURNED, "suspended_at": SUSPENDED, "resumed_at": RESUMED,
    "done_at": Happening.DONE, "approved_at": Happening.APPROVED,
}  # fmt: skip


def _moment(label: Any, help_text: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, help_text=help_text, required=False, widget=widget)


class TrialForm(DeskForm):
    """Whose matter, of what sort, received when, and what happened to it since."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    category = CategoryField(
        Category.objects.none(), label=_("Category"), to_field_name="code", empty_label="–"
    )
    level = forms.TypedChoiceField(
        label=_("Level"), choices=Level.choices, coerce=int, required=False,
        empty_value=int(Level.GENERAL),  # type: ignore[arg-type]
        initial=int(Level.GENERAL),
    )  # fmt: skip
    area_class = forms.ChoiceField(
        label=pgettext_lazy("limits", "Area"), choices=[*_NOT_SAID, *AreaClass.choices],
        required=False,
    )  # fmt: skip
    channel = forms.ChoiceField(
        label=_("Channel"), choices=[*_NOT_SAID, *Channel.choices], required=False
    )
    customer = forms.ChoiceField(
        label=_("Customer"), required=False,
        choices=[
            ("", _("Not on file")), (CustomerClass.PERSON, CustomerClass.PERSON.label),
            (CustomerClass.FIRM, CustomerClass.FIRM.label),
        ],
    )  # fmt: skip
    is_key_account = forms.BooleanField(label=_("Key account"), required=False)
    needs_care = forms.BooleanField(label=_("In need of care"), required=False)
    special_period = forms.ChoiceField(
        label=_("As if within"), required=False,
        help_text=_("The special periods of the day count by themselves."),
    )
    received_at = _moment(_("Logged at"), _("Empty: now."))
    dispatched_at = _moment(_("Dispatched at"))
    signed_at = _moment(_("Signed for at"))
    contacted_at = _moment(_("Customer contacted at"))
    arrived_at = _moment(_("Arrived at"))
    returned_at = _moment(_("Returned at"))
    suspended_at = _moment(_("Suspended from"))
    resumed_at = _moment(_("Suspended until"))
    extended_clock = forms.ChoiceField(
        label=_("More time for"), choices=[*_NOT_SAID, *ClockName.choices], required=False
    )
    extended_until = _moment(_("More time until"))
    extended_at = _moment(_("More time granted at"), _("Empty: when it was logged."))
    done_at = _moment(_("Reported done at"))
    approved_at = _moment(_("Approved at"))

    of_the_way = (
        "dispatched_at", "signed_at", "contacted_at", "arrived_at", "returned_at", "suspended_at",
        "resumed_at", "extended_clock", "extended_until", "extended_at", "done_at", "approved_at",
    )  # fmt: skip

    def __init__(self, *args: Any, utilities: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        offered = Category.objects.filter(
            is_active=True, source="", parent__isnull=False, utility__in=utilities
        )
        fields["category"].queryset = offered.select_related("parent__parent").order_by("code")
        periods = {one.code: one.name for one in SpecialPeriod.objects.standing()}
        fields["special_period"].choices = [*_NOT_SAID, *sorted(periods.items())]

    @property
    def matter_fields(self) -> list[Any]:
        """What the choice of the policy looks at, and the receipt."""
        return [field for field in self if field.name not in self.of_the_way]

    @property
    def way_fields(self) -> list[Any]:
        """What happened since."""
        return [self[name] for name in self.of_the_way]

    @property
    def has_way(self) -> bool:
        """Whether anything is typed of what happened since."""
        return any(self[name].value() or self[name].errors for name in self.of_the_way)

    def clean(self) -> dict[str, Any]:
        """A category belongs mostly to one kind; nothing happens before the receipt; a rest that
        ends has begun; more time says for which clock and until when."""
        typed = super().clean() or {}
        category, kind = typed.get("category"), typed.get("kind")
        if category and kind and category.kind not in ("", kind):
            self.add_error("category", _("This category belongs to another kind. Choose again."))
        received_at = typed.get("received_at")
        for name in (*_HAPPENED, "extended_at", "extended_until"):
            if received_at and typed.get(name) and typed[name] < received_at:
                self.add_error(name, _("This is before the matter was logged."))
        if typed.get("resumed_at") and not typed.get("suspended_at"):
            self.add_error("suspended_at", _("Say since when it rested."))
        if bool(typed.get("extended_clock")) != bool(typed.get("extended_until")):
            missing = "extended_until" if typed.get("extended_clock") else "extended_clock"
            self.add_error(missing, _("Say for which clock, and until when."))
        return typed

    def matter(self, company_path: str) -> Matter:
        """What the choice looks at; without the special periods of the day."""
        typed = self.cleaned_data
        category = typed["category"]
        groups = (category, category.parent, category.parent.parent if category.parent else None)
        return Matter(
            utility=category.utility, kind=typed["kind"],
            category_codes=tuple(one.code for one in groups if one),
            area_class=typed["area_class"], channel=typed["channel"], level=typed["level"],
            customer_classes=self._classes(), company_path=company_path,
            is_safety=category.is_safety,
        )  # fmt: skip

    def _classes(self) -> frozenset[str]:
        typed = self.cleaned_data
        key = CustomerClass.KEY_ACCOUNT if typed["is_key_account"] else CustomerClass.ORDINARY
        care = CustomerClass.VULNERABLE if typed["needs_care"] else ""
        return frozenset(one for one in (typed["customer"], key, care) if one)

    def events(self, now: datetime) -> tuple[EventFact, ...]:
        """The receipt and what was typed of the way, in order of time."""
        typed = self.cleaned_data
        received_at = typed["received_at"] or now
        found = [
            EventFact(code, typed[name]) for name, code in _HAPPENED.items() if typed.get(name)
        ]
        if typed.get("extended_clock"):
            granted_at = typed["extended_at"] or received_at
            found.append(
                EventFact(EXTENDED, granted_at, typed["extended_clock"], typed["extended_until"])
            )
        received = EventFact(Happening.RECEIVED, received_at)
        return (received, *sorted(found, key=lambda event: event.at))
