"""One limit of a policy as it is typed, and all of them together (form).

The names of the fields stand in tickets.forms.policies.
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisation.models import Calendar
from tickets import limit_wording
from tickets.forms.base import DeskForm
from tickets.kinds import ClockName
from tickets.limit_wording import LimitWording
from tickets.models import Ladder, Limit
from tickets.models.policy import LimitUnit
from tickets.states import Happening

MOST_LIMITS = 30
# What can start or stop a clock, in the order it happens.
_EVENTS = (
    Happening.RECEIVED, Happening.DISPATCHED, Happening.SIGNED, Happening.CONTACTED,
    Happening.ARRIVED, Happening.DONE, Happening.APPROVED, Happening.REJECTED,
    Happening.CALLED_BACK, Happening.SENT_BACK, Happening.TOLD_CONFIRMED, Happening.RETURNED,
    Happening.REOPENED, Happening.BOOKED, Happening.UPDATE_PROMISED,
)  # fmt: skip
_STARTS = [(code.value, code.label) for code in _EVENTS]
_STOPS = [
    (code.value, code.label) for code in (*_EVENTS, Happening.CLOSED) if code != Happening.RECEIVED
]
NUMBER = {"inputmode": "decimal", "autocomplete": "off"}


class ShortListField(forms.CharField):
    """A list typed in one line, read by one of tickets.limit_wording."""

    def __init__(self, *, read: Any, wrong: Any, **kwargs: Any) -> None:
        super().__init__(max_length=120, required=False, **kwargs)
        self.read, self.wrong = read, wrong

    def clean(self, value: Any) -> Any:
        """The values as a tuple."""
        typed = super().clean(value)
        try:
            return self.read(typed)
        except ValueError as error:
            raise forms.ValidationError(self.wrong) from error


def mark_languages(fields: dict[str, Any]) -> None:
    """Say of each field that asks for one of the two languages which it is."""
    for name, field in fields.items():
        language = {"_en": "en", "_zh": "zh-Hans"}.get(name[-3:])
        if language:
            field.widget.attrs["lang"] = language


class LimitForm(DeskForm):
    """One limit of a policy."""

    clock = forms.ChoiceField(label=_("Clock"), choices=[("", "–"), *ClockName.choices])
    amount = forms.DecimalField(
        label=_("How long"), max_digits=8, decimal_places=2, widget=forms.TextInput(attrs=NUMBER)
    )
    unit = forms.ChoiceField(label=_("Unit of time"), choices=LimitUnit.choices, initial="hours")
    measure = forms.ChoiceField(
        label=pgettext_lazy("limit", "Holds as"), initial=Limit.Measure.MAXIMUM,
        choices=[
            ("max", _("at most: each ticket is judged")),
            ("avg", _("on average: the month is judged")),
        ],
    )  # fmt: skip
    counting = forms.ChoiceField(
        label=_("Counted"), initial=Limit.Counting.FROM_INSTANT, choices=Limit.Counting.choices
    )
    ends = forms.ChoiceField(
        label=_("Days end"), initial=Limit.Ends.BUSINESS_CLOSE, choices=Limit.Ends.choices,
        help_text=_("Only for days counted from the next day."),
    )  # fmt: skip
    calendar = forms.ChoiceField(label=_("Calendar"))
    starts_on = forms.ChoiceField(
        label=_("Starts with"), choices=[("", _("as usual for the clock")), *_STARTS], required=False
    )
    stops_on = forms.MultipleChoiceField(
        label=_("Stops with"), choices=_STOPS, required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing ticked: as usual for the clock. The end of the ticket stops every clock."),
    )  # fmt: skip
    is_internal = forms.TypedChoiceField(
        label=_("Promised to"), initial="no", coerce=lambda typed: typed == "yes",
        choices=[
            ("no", _("the customer: runs on while the ticket rests")),
            ("yes", _("nobody outside: stands still while the ticket rests")),
        ],
    )  # fmt: skip
    reminder_percents = ShortListField(
        read=limit_wording.percents, label=_("Remind at per cent of the limit"),
        wrong=_("Write whole numbers like “50, 80”."),
        widget=forms.TextInput(attrs={"placeholder": "50, 80"}),
    )  # fmt: skip
    reminder_minutes = ShortListField(
        read=limit_wording.minutes_before, label=_("Remind before it is due"),
        wrong=_("Write times like “2 h, 30 min”; d stands for days of 24 hours."),
        widget=forms.TextInput(attrs={"placeholder": _("2 h, 30 min")}),
    )  # fmt: skip
    ladder = forms.ChoiceField(label=_("When missed, tell by"), required=False)
    cut_off = forms.TimeField(
        label=_("Cut-off"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("What comes at this time or later counts from the next day’s opening."),
    )  # fmt: skip
    next_opening = forms.TimeField(
        label=_("Opening after the cut-off"), required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip
    procedure_zh = forms.CharField(
        label=_("What the step demands, in Chinese"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    procedure_en = forms.CharField(
        label=_("What the step demands, in English"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, known: "Known", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        mark_languages(fields)
        fields["calendar"].choices = known.calendars
        fields["calendar"].initial = known.usual("round-the-clock")
        fields["ladder"].choices = [("", _("nobody")), *known.ladders]
        fields["stops_on"].choices = [*_STOPS, *known.rare_stops]
        fields["starts_on"].choices = [*fields["starts_on"].choices, *known.rare_starts]

    @property
    def headline(self) -> tuple[str, str]:
        """The clock and how long, as they stand in the form."""
        names = [
            dict(self.fields[name].choices)  # type: ignore[attr-defined]
            for name in ("clock", "unit")
        ]
        clock, unit = (
            str(known.get(self[name].value(), ""))
            for known, name in zip(names, ("clock", "unit"), strict=True)
        )
        mean = "⌀ " if self["measure"].value() == "avg" else ""
        return clock, f"{mean}{self['amount'].value() or ''} {unit}"

    @property
    def has_rare(self) -> bool:
        """Whether something is wrong or written among what is seldom needed."""
        rare = ("starts_on", "stops_on", "cut_off", "next_opening", "procedure_zh", "procedure_en")
        written = ("cut_off", "procedure_zh", "procedure_en")
        return bool(set(rare) & set(self.errors)) or any(self[name].value() for name in written)

    def clean(self) -> dict[str, Any]:
        """What contradicts itself, beside the field it concerns."""
        typed = super().clean() or {}
        starts_on, stops_on = limit_wording.USUAL.get(typed.get("clock", ""), ("", ()))
        typed["starts_on"] = typed.get("starts_on") or starts_on
        typed["stops_on"] = typed.get("stops_on") or [str(code) for code in stops_on]
        if not self.errors and typed.get("clock"):
            for fault in limit_wording.faults(self.wording(typed)):
                self.add_error(fault.field, str(fault))
        return typed

    def wording(self, typed: dict[str, Any] | None = None) -> LimitWording:
        """What was typed, as the verb takes it."""
        said = dict(typed or self.cleaned_data)
        said.pop("DELETE", None)
        lists = ("stops_on", "reminder_percents", "reminder_minutes")
        said |= {name: tuple(said[name]) for name in lists}
        return LimitWording(calendar_code=said.pop("calendar"), **said)


class Known:
    """The calendars and ladders there are, read once for all limits of a form; and the events that
    `kept` limits name beyond the usual ones, so that editing loses none."""

    def __init__(self, kept: Iterable[LimitWording] = ()) -> None:
        self.calendars = [(row.code, row.name) for row in Calendar.objects.newest()]
        self.ladders = [(row.code, row.name) for row in Ladder.objects.newest()]
        stops = {stop for limit in kept for stop in limit.stops_on} - dict(_STOPS).keys()
        starts = {limit.starts_on for limit in kept} - dict(_STARTS).keys()
        names = dict(Happening.choices)
        self.rare_stops = [(code, names.get(code, code)) for code in sorted(stops)]
        self.rare_starts = [(code, names.get(code, code)) for code in sorted(starts)]

    def usual(self, code: str) -> str:
        """The calendar of this code, or whichever there is."""
        codes = [known for known, _name in self.calendars]
        return code if code in codes else next(iter(codes), "")


class LimitsOfOnePolicy(BaseFormSet):
    """The limits of one policy; each clock stands once as a maximum and once as an average."""

    def clean(self) -> None:
        """The same clock twice is told beside the second."""
        kept = [one for one in self.forms if one.cleaned_data.get("clock") and not _is_left_out(one)]
        if any(one.errors for one in kept):
            return
        wordings = [one.wording() for one in kept]
        for position in limit_wording.twice(wordings):
            kept[position].add_error("clock", _("This clock stands twice with the same measure."))
        if any(one.errors for one in kept):
            raise forms.ValidationError(_("A clock stands twice."))

    def wordings(self) -> tuple[LimitWording, ...]:
        """The limits as the verb takes them, in their order."""
        return tuple(
            one.wording()
            for one in self.forms
            if one.cleaned_data.get("clock") and not _is_left_out(one)
        )


def _is_left_out(form: Any) -> bool:
    return bool(form.cleaned_data.get("DELETE"))


LimitFormSet = formset_factory(
    LimitForm, formset=LimitsOfOnePolicy, extra=0, can_delete=True, max_num=MOST_LIMITS,
    absolute_max=MOST_LIMITS, validate_max=True,
)  # fmt: skip


def initial_of(limits: tuple[LimitWording, ...]) -> list[dict[str, Any]]:
    """The fields of each limit, as its version says."""
    return [_initial_of_limit(limit) for limit in limits]


def _initial_of_limit(limit: LimitWording) -> dict[str, Any]:
    said = {name: getattr(limit, name) for name in LimitWording.__dataclass_fields__}
    before = ", ".join(_before(minutes) for minutes in limit.reminder_minutes)
    return said | {
        "amount": f"{limit.amount.normalize():f}", "calendar": said.pop("calendar_code"),
        "is_internal": "yes" if limit.is_internal else "no", "reminder_minutes": before,
        "reminder_percents": ", ".join(str(percent) for percent in limit.reminder_percents),
    }  # fmt: skip


def _before(minutes: int) -> str:
    days, hours, rest = limit_wording.as_typed(minutes)
    parts = ((days, "d"), (hours, "h"), (rest, "min"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count)


def drafts(data: QueryDict) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What was typed so far, unjudged: the fields of the policy and those of each limit that is not
    to be left out."""
    typed = data.get("limits-TOTAL_FORMS", "")
    count = min(int(typed), MOST_LIMITS) if typed.isdecimal() and len(typed) < 5 else 0
    names = list(LimitForm.base_fields)
    rows = [
        {
            name: data.getlist(f"limits-{n}-{name}") if name == "stops_on" else data.get(f"limits-{n}-{name}")
            for name in names
        }
        for n in range(count)
        if not data.get(f"limits-{n}-DELETE")
    ]  # fmt: skip
    return {name: value for name, value in data.items() if not name.startswith("limits-")}, rows
