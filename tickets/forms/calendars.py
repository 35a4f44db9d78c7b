"""What is typed about working calendars: checked here, saved by the verbs (form)."""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any, TypeVar
from zoneinfo import available_timezones

from django import forms
from django.core.validators import FileExtensionValidator
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from organisation import calendar_text
from organisation.calendar_data import WEEKDAYS
from organisation.calendar_errors import Unreadable
from organisation.models import Unit
from servicedesk.lib.desk_form import DeskForm

# A table of one year has some forty lines; ten times that is no table.
MOST_BYTES = 200_000

Read = TypeVar("Read")


@cache
def _zones() -> list[tuple[str, str]]:
    names = sorted(name for name in available_timezones() if "/" in name and "Etc/" not in name)
    return [(name, name) for name in ["UTC", *names]]


def _day_field() -> forms.DateField:
    return forms.DateField(
        required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def _windows_field(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=200,
        widget=forms.TextInput(attrs={"placeholder": _("closed")}),
    )  # fmt: skip


def _lines_field(label: Any, help_text: Any, example: str, rows: int) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=40_000, help_text=help_text,
        widget=forms.Textarea(
            attrs={"rows": rows, "placeholder": example, "spellcheck": "false", "lang": "und"}
        ),
    )  # fmt: skip


class CalendarForm(DeskForm):
    """A calendar as lines of text: a week, seasons, single dates, and how far it is known."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=120)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=_zones, initial="Asia/Shanghai",
        widget=forms.Select(attrs={"lang": "und"}),
    )  # fmt: skip
    is_round_the_clock = forms.BooleanField(
        label=_("Round the clock, every day; hours and dates below then mean nothing"),
        required=False,
    )
    mon = _windows_field(_("Monday"))
    tue = _windows_field(_("Tuesday"))
    wed = _windows_field(_("Wednesday"))
    thu = _windows_field(_("Thursday"))
    fri = _windows_field(_("Friday"))
    sat = _windows_field(_("Saturday"))
    sun = _windows_field(_("Sunday"))
    seasons = _lines_field(
        _("Seasons"),
        _("One per line: first and last day of the year, then the hours. The first that covers a day "
          "holds; other days follow the week."),
        "06-01..09-30 mon-fri 08:00-12:00 15:00-18:00; sat 09:00-12:00", 3,
    )  # fmt: skip
    holidays_observed = forms.BooleanField(
        label=_("Observe holidays and make-up workdays; switched off, the dates below mean nothing"),
        required=False, initial=True,
    )  # fmt: skip
    days = _lines_field(
        _("Single dates"),
        _("One per line: the date, then off, work (a make-up workday) or hours of its own, then its "
          "name."),
        "2027-01-01 off 元旦\n2027-01-09 work 元旦\n2027-02-05 08:30-12:00 除夕", 12,
    )  # fmt: skip
    known_from = _day_field()
    known_until = _day_field()
    reason = forms.CharField(label=_("Why it is changed"), max_length=200, required=False)
    is_for_open = forms.BooleanField(
        label=_("Open tickets take this version over; their due times are counted anew"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["known_from"].label = _("Holidays are known from")
        self.fields["known_until"].label = _("Holidays are known until")
        self.fields["known_until"].help_text = _(
            "Due times outside are told as provisional. Empty: always known."
        )

    @property
    def week(self) -> list[forms.BoundField]:
        """The seven fields of the week."""
        return [self[day] for day in WEEKDAYS]

    def clean_seasons(self) -> list[dict[str, Any]]:
        """The seasons as the row keeps them."""
        return _read(calendar_text.read_seasons, self.cleaned_data["seasons"])

    def clean_days(self) -> dict[str, dict[str, Any]]:
        """The single dates as the row keeps them."""
        return _read(calendar_text.read_dates, self.cleaned_data["days"])

    def clean(self) -> dict[str, Any]:
        """The week as the row keeps it, and a first known day before the last."""
        typed = super().clean() or {}
        week: dict[str, Any] = {}
        for day in WEEKDAYS:
            try:
                windows = _read(calendar_text.read_windows, typed.get(day) or "")
            except forms.ValidationError as error:
                self.add_error(day, error)
                continue
            if windows:
                week[day] = windows
        typed["week"] = week
        first, last = typed.get("known_from"), typed.get("known_until")
        if first and last and first > last:
            self.add_error("known_until", _("The last known day lies before the first."))
        return typed


class NewCalendarForm(CalendarForm):
    """A calendar that is not there yet; no open ticket can use it."""

    code = forms.SlugField(
        label=_("Code"), max_length=30, help_text=_("Limits name the calendar by it for ever.")
    )
    field_order = ("code", "name_zh", "name_en")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["is_for_open"], self.fields["reason"]


class HolidaysForm(DeskForm):
    """A year's published table, pasted or as the file."""

    table = forms.CharField(
        label=_("The table, pasted"), required=False, max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={
            "rows": 8, "spellcheck": "false", "lang": "und",
            "placeholder": '{"year": 2027, "papers": [], "days": '
            '[{"name": "元旦", "date": "2027-01-01", "isOffDay": true}]}',
        }),
    )  # fmt: skip
    file = forms.FileField(
        label=_("or the file"), required=False,
        validators=[FileExtensionValidator(["json", "txt"])],
        widget=forms.ClearableFileInput(attrs={"accept": ".json,.txt,application/json"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """One text, from wherever it came."""
        typed = super().clean() or {}
        upload = typed.get("file")
        if upload is not None:
            typed["table"] = self._text_of(upload)
        if not self.errors and not (typed.get("table") or "").strip():
            raise forms.ValidationError(_("Paste the table of the year, or choose its file."))
        return typed

    def _text_of(self, upload: Any) -> str:
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is too big for the holidays of one year."))
        try:
            return str(upload.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise forms.ValidationError(_("The file is not a text in UTF-8.")) from None


class OwnDaysForm(DeskForm):
    """Days that one company keeps otherwise: closed, or other hours."""

    company = forms.ModelChoiceField(Unit.objects.none(), label=_("Company"), empty_label=None)
    first = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label=_("Last day"), required=False, help_text=_("Empty: that day alone."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    windows = forms.CharField(
        label=pgettext_lazy("hours", "Open"), required=False, max_length=200,
        help_text=_("For example 08:30-12:00. Empty: closed all day."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Why"), max_length=60)

    def __init__(self, *args: Any, path: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        companies = Unit.objects.below_path(path).filter(level__in=("group", "company"))
        self.fields["company"].queryset = companies  # type: ignore[attr-defined]

    def clean_windows(self) -> list[list[str]] | None:
        """The windows as the row keeps them; None is closed."""
        return _read(calendar_text.read_windows, self.cleaned_data["windows"]) or None

    def clean(self) -> dict[str, Any]:
        """One day where no last is named."""
        typed = super().clean() or {}
        first: date | None = typed.get("first")
        typed["last"] = typed.get("last") or first
        return typed


def _read(read: Callable[[str], Read], text: str) -> Read:
    try:
        return read(text)
    except Unreadable as error:
        raise forms.ValidationError(gettext(error.template) % error.details) from None
