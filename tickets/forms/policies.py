"""A policy as an administrator writes it, with its limits (form).

What is sent (POST to tickets:policy-new, tickets:policy-edit), for whoever fills it by program:

- the policy: name_zh, name_en (one of the two is enough), utility, kind, category (its code), area_class,
  channel, level (1 to 4), customer_class, special_period (its code), company (its id), source_zh,
  source_en, doubt_zh, doubt_en, return_amount, return_unit, return_calendar, most_extensions,
  rest_customer_asked, rest_no_access, rest_permit, rest_weather, rest_parts (days; empty: as usual),
  effective_at (YYYY-MM-DDTHH:MM in the desk's zone; empty: at once), note; on editing also `base`,
  the id of the version that was open;
- the limits, a formset with the prefix "limits": limits-TOTAL_FORMS, limits-INITIAL_FORMS (0), and for
  each n from 0: limits-n-clock, -amount, -unit, -measure, -counting, -ends, -calendar, -starts_on,
  -stops_on (several times), -is_internal ("yes" or "no"), -reminder_percents ("50, 80"),
  -reminder_minutes ("2 h, 30 min"), -ladder (its code), -cut_off and -next_opening (HH:MM),
  -procedure_zh, -procedure_en, -DELETE ("on" leaves the limit out). Empty starts_on and stops_on mean
  what is usual for the clock; the ends of a ticket (closed, cancelled, settled on the spot) stop every
  clock without being sent. A limit without clock and amount is left out.
- instead of saving, `more` (any value) answers with the same page and one more empty limit, and
  `check` with the same page and what is doubtful in what was typed.
"""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisation.models import AreaClass, Staff, Unit, Utility
from tickets import allowances
from tickets.forms.base import DeskForm
from tickets.forms.limits import NUMBER, Known, mark_languages
from tickets.forms.rules import CategoryField
from tickets.forms.versions import VersionForm
from tickets.kinds import Channel, CustomerClass, Kind, Level, SuspensionReason
from tickets.limit_wording import LimitWording
from tickets.models import Category, Policy, SpecialPeriod
from tickets.models.policy import LimitUnit
from tickets.policy_wording import Wording

_ANY = [("", _("Any"))]
_LINES = forms.Textarea(attrs={"rows": 2})


class PolicyForm(VersionForm):
    """Whom the limits are for, where they come from, what else the policy allows."""

    base = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    utility = forms.ChoiceField(
        label=_("Service line"), choices=[*_ANY, *Utility.choices], required=False
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[*_ANY, *Kind.choices], required=False)
    category = CategoryField(
        Category.objects.none(), label=_("Category"), required=False, empty_label=_("Any"),
        to_field_name="code", help_text=_("A group fits every category below it."),
    )  # fmt: skip
    area_class = forms.ChoiceField(
        label=pgettext_lazy("limits", "Area"), choices=[*_ANY, *AreaClass.choices], required=False
    )
    channel = forms.ChoiceField(
        label=_("Channel"), choices=[*_ANY, *Channel.choices], required=False
    )
    level = forms.TypedChoiceField(
        label=_("Level"), choices=[*_ANY, *Level.choices], required=False, coerce=int,
        empty_value=None, help_text=_("This level and every graver one."),
    )  # fmt: skip
    customer_class = forms.ChoiceField(
        label=_("Customer"), choices=[*_ANY, *CustomerClass.choices], required=False
    )
    special_period = forms.ChoiceField(
        label=_("Special period"), required=False, help_text=_("For what is logged within it.")
    )
    company = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Company"), required=False, empty_label=_("All companies")
    )
    source_zh = forms.CharField(label=_("Source, in Chinese"), max_length=300, required=False, widget=_LINES)
    source_en = forms.CharField(label=_("Source, in English"), max_length=300, required=False, widget=_LINES)
    doubt_zh = forms.CharField(label=_("In doubt, in Chinese"), max_length=300, required=False, widget=_LINES)
    doubt_en = forms.CharField(label=_("In doubt, in English"), max_length=300, required=False, widget=_LINES)
    return_amount = forms.DecimalField(
        label=_("Can be returned within"), max_digits=6, decimal_places=2, initial=1,
        min_value=Decimal("0.01"), widget=forms.TextInput(attrs=NUMBER),
    )  # fmt: skip
    return_unit = forms.ChoiceField(
        label=_("Unit of time"), choices=LimitUnit.choices, initial="working_days"
    )
    return_calendar = forms.ChoiceField(label=_("Calendar"))
    most_extensions = forms.IntegerField(
        label=_("More time is granted, times at the most"), min_value=0, max_value=9, initial=1
    )

    def __init__(self, *args: Any, user: Staff, known: Known, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        mark_languages(fields)
        kept = Q(code=self.initial.get("category") or "")
        offered = Category.objects.filter(Q(is_active=True, source="") | kept)
        fields["category"].queryset = offered.select_related("parent").order_by("utility", "code")
        fields["company"].queryset = Unit.objects.below_path(user.scope_path).filter(
            level__in=("group", "company")
        )
        fields["return_calendar"].choices = known.calendars
        fields["return_calendar"].initial = known.usual("working-days-cn")
        fields["special_period"].choices = [*_ANY, *_periods(self.initial.get("special_period"))]
        for reason, days in allowances.rest_days(Policy()).items():
            fields[f"rest_{reason}"] = forms.IntegerField(
                label=reason.label, min_value=0, max_value=365, required=False,
                widget=forms.NumberInput(attrs={"placeholder": str(days)}),
            )  # fmt: skip

    @property
    def rest_fields(self) -> list[Any]:
        """The fields for how many days a ticket may rest, by reason."""
        return [self[f"rest_{reason}"] for reason in SuspensionReason]

    def clean(self) -> dict[str, Any]:
        """A name in one language serves for both; a category fits its service line and kind."""
        typed = super().clean() or {}
        for stem in ("name", "source", "doubt"):
            either = typed.get(f"{stem}_zh") or typed.get(f"{stem}_en") or ""
            for name in (f"{stem}_zh", f"{stem}_en"):
                typed[name] = typed.get(name) or either
        if not typed["name_zh"] and not {"name_zh", "name_en"} & set(self.errors):
            self.add_error("name_zh", _("Give the policy a name, in one language at least."))
        category = typed.get("category")
        if category and typed.get("utility") and category.utility != typed["utility"]:
            self.add_error("category", _("This category belongs to another service line."))
        if category and typed.get("kind") and category.kind not in ("", typed["kind"]):
            self.add_error("category", _("This category belongs to another kind. Choose again."))
        return typed

    def wording(self, limits: tuple[LimitWording, ...]) -> Wording:
        """What was typed, as the verb takes it."""
        said = dict(self.cleaned_data)
        for name in ("base", "effective_at", "note"):
            said.pop(name)
        rest = {reason: said.pop(f"rest_{reason}") for reason in SuspensionReason}
        category = said.pop("category")
        return Wording(
            limits=limits, category_code=category.code if category else "",
            return_calendar_code=said.pop("return_calendar"),
            suspension_days=tuple((str(r), days) for r, days in rest.items() if days is not None),
            **said,
        )  # fmt: skip


class WithdrawForm(DeskForm):
    """Why a policy is withdrawn."""

    note = forms.CharField(
        label=_("Why it is withdrawn"), max_length=300, help_text=_("Others read it beside the version.")
    )


def initial_of(wording: Wording) -> dict[str, Any]:
    """The fields of the policy, as its version says."""
    said = {name: getattr(wording, name) for name in Wording.__dataclass_fields__}
    limits, rest = said.pop("limits"), said.pop("suspension_days")
    del limits
    said["category"] = said.pop("category_code")
    said["company"] = wording.company.pk if wording.company else None
    said["return_calendar"] = said.pop("return_calendar_code")
    said["return_amount"] = f"{wording.return_amount.normalize():f}"
    return said | {f"rest_{reason}": days for reason, days in rest}


def _periods(kept: str | None) -> list[tuple[str, str]]:
    names = {one.code: one.name for one in SpecialPeriod.objects.standing().order_by("starts_on")}
    if kept and kept not in names:
        names[kept] = kept
    return sorted(names.items(), key=lambda pair: pair[1])
