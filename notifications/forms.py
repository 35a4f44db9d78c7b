"""What is typed about hearing of reminders: checked here, saved by the verbs (form)."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications import quiet
from notifications.models import Preference
from servicedesk.lib.desk_form import DeskForm

_TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class PreferenceForm(DeskForm):
    """Quiet hours, quiet weekends, the daily digest and text messages of one person."""

    quiet_from = forms.TimeField(label=_("Quiet from"), required=False, widget=_TIME)
    quiet_to = forms.TimeField(
        label=_("Quiet until"), required=False, widget=_TIME,
        help_text=_("May go over midnight. Empty means no quiet hours."),
    )  # fmt: skip
    are_weekends_quiet = forms.BooleanField(
        label=_("Quiet on Saturdays and Sundays"), required=False
    )
    digest_at = forms.TimeField(
        label=_("Reminders once a day, at"), required=False, widget=_TIME,
        help_text=_("One message with the list. Empty means each reminder by itself."),
    )  # fmt: skip
    time_zone = forms.CharField(
        label=_("My time zone"), max_length=40, widget=forms.TextInput(attrs={"list": "zones"}),
        help_text=_("For example Asia/Shanghai."),
    )  # fmt: skip
    wants_texts = forms.BooleanField(
        label=_("Also by text message when something is missed or escalated to me"), required=False
    )
    mobile = forms.CharField(
        label=_("Mobile number for text messages"), max_length=30, required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip

    @property
    def zones(self) -> list[str]:
        """Every zone there is, for the list that the field offers."""
        return sorted(zone for zone in available_timezones() if "/" in zone)

    @property
    def wish(self) -> quiet.Wish:
        """What was typed, as a plain value."""
        typed = self.cleaned_data
        return quiet.Wish(
            zone=typed["time_zone"], quiet_from=typed["quiet_from"], quiet_to=typed["quiet_to"],
            are_weekends_quiet=typed["are_weekends_quiet"], digest_at=typed["digest_at"],
        )  # fmt: skip

    @staticmethod
    def of(known: Preference | None, zone: str) -> dict[str, Any]:
        """What stands in the form at first."""
        if known is None:
            return {"time_zone": zone}
        names = (
            "quiet_from", "quiet_to", "are_weekends_quiet", "digest_at", "time_zone",
            "wants_texts", "mobile",
        )  # fmt: skip
        return {name: getattr(known, name) for name in names}


class QuietRuleForm(DeskForm):
    """How much quiet the people of the company may choose."""

    most_hours = forms.IntegerField(
        label=_("Quiet hours a day at the most"), min_value=0, max_value=16
    )
    may_rest_at_weekends = forms.BooleanField(label=_("Quiet weekends are allowed"), required=False)
