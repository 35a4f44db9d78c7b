"""The public table of a year's holidays, and what it makes of a calendar (question)."""

import json
from typing import Self

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from organisation import calendar_changes, calendar_data
from organisation.calendar_data import HolidayTable
from organisation.calendar_errors import Unreadable
from organisation.models import Calendar
from servicedesk.lib.errors import DeskError


class NotACalendar(DeskError):
    """What was typed or loaded cannot be read as a calendar."""

    message = "%(sentence)s"
    http_status = 422

    @classmethod
    def because(cls, error: Unreadable) -> Self:
        """With the sentence of the sums, in the reader's language."""
        return cls(sentence=gettext(error.template) % error.details)


class NotJson(DeskError):
    """A holiday table is a JSON document."""

    message = _(
        "This is not JSON (line %(line)s). Take the file of the year, for example 2027.json, as it is."
    )
    http_status = 422


class HolidaysSwitchedOff(DeskError):
    """A calendar that observes no holidays cannot make use of a table."""

    message = _(
        "This calendar observes no holidays, so a table would change nothing. Switch them on first."
    )


def read(text: str) -> HolidayTable:
    """The table in {year, papers, days: [{name, date, isOffDay}]}; raises NotJson, NotACalendar."""
    try:
        return calendar_data.holiday_table(json.loads(text.removeprefix("\ufeff")))
    except Unreadable as error:
        raise NotACalendar.because(error) from None
    except RecursionError:
        raise NotJson(line=1) from None
    except json.JSONDecodeError as error:
        raise NotJson(line=error.lineno) from None


def loaded(newest: Calendar, table: HolidayTable) -> Calendar:
    """The version that loading the table would make, not saved; raises HolidaysSwitchedOff,
    NotACalendar."""
    if newest.is_round_the_clock or not newest.holidays_observed:
        raise HolidaysSwitchedOff
    known = calendar_changes.Known(newest.days, newest.known_from, newest.known_until)
    try:
        merged = calendar_changes.with_table(known, table)
    except Unreadable as error:
        raise NotACalendar.because(error) from None
    columns = newest.wording | {
        "days": merged.days, "known_from": merged.known_from, "known_until": merged.known_until
    }  # fmt: skip
    return Calendar(code=newest.code, version=newest.version + 1, is_for_open=True, **columns)
