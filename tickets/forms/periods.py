"""A special period as it is typed (form)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff, Unit, Utility
from tickets.forms.base import DeskForm
from tickets.models import SpecialPeriod

_DAY = {"type": "date"}


class PeriodForm(DeskForm):
    """The days of a period, once or each year, for whom."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    starts_on = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d")
    )
    ends_on = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"),
        help_text=_("The whole day belongs to it, by the desk’s own clock."),
    )  # fmt: skip
    is_yearly = forms.BooleanField(
        label=_("Each year on the same days"), required=False,
        help_text=_("A season may pass New Year: 20 October to 20 April."),
    )  # fmt: skip
    utility = forms.ChoiceField(
        label=_("Service line"), choices=[("", _("All")), *Utility.choices], required=False
    )
    company = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Company"), required=False, empty_label=_("All companies")
    )
    note = forms.CharField(label=_("Remark"), max_length=300, required=False)

    def __init__(self, *args: Any, user: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["company"]
        field.queryset = Unit.objects.below_path(user.scope_path).filter(
            level__in=("group", "company")
        )

    def clean(self) -> dict[str, Any]:
        """A name in one language serves for both."""
        typed = super().clean() or {}
        either = typed.get("name_zh") or typed.get("name_en") or ""
        typed |= {name: typed.get(name) or either for name in ("name_zh", "name_en")}
        if not either and not {"name_zh", "name_en"} & set(self.errors):
            self.add_error("name_zh", _("Give the period a name, in one language at least."))
        return typed


class NewPeriodForm(PeriodForm):
    """A period more: a new sort, or another year's days of one that is known."""

    code = forms.ChoiceField(label=_("Is it another year of"), required=False)
    field_order = (
        "code", "name_zh", "name_en", "starts_on", "ends_on", "is_yearly", "utility", "company", "note",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {one.code: one.name for one in SpecialPeriod.objects.order_by("-pk")}
        fields: dict[str, Any] = self.fields
        fields["code"].choices = [("", _("none: a new period")), *sorted(known.items())]

    def clean(self) -> dict[str, Any]:
        """Another year of a known period has its name, unless another one is typed."""
        known = SpecialPeriod.objects.filter(code=self.cleaned_data.get("code") or "").last()
        if known and not (self.cleaned_data.get("name_zh") or self.cleaned_data.get("name_en")):
            self.cleaned_data |= {"name_zh": known.name_zh, "name_en": known.name_en}
        return super().clean()
