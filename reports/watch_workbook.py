"""A watch list as an Excel workbook: tickets by number with their evidence, the units, and what the
list shows and does not prove (question).

Free text stays in the desk: it may hold names and telephone numbers.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from django.conf import settings
from django.utils.translation import gettext as _

from reports.watch.definition import Pattern, Shown
from reports.watch.looking import Row, UnitLine


def write(
    pattern: Pattern, rows: Iterable[Row], units: Sequence[UnitLine], head: str, path: Path
) -> int:
    """The workbook at the path; how many tickets it holds."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "tmpdir": str(path.parent)}  # fmt: skip
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True})
        written = _tickets(book.add_worksheet(_("Tickets")), bold, pattern, rows)
        _units(book.add_worksheet(_("By unit")), bold, units)
        about = book.add_worksheet(_("About"))
        for line, text in enumerate([str(pattern.name), head, str(pattern.shows),
                                     _("What it does not prove"), str(pattern.proves_not)]):  # fmt: skip
            about.write_string(line, 0, text)
    return written


def _tickets(sheet: Any, bold: Any, pattern: Pattern, rows: Iterable[Row]) -> int:
    heads = [str(column.head) for column in pattern.columns if column.shown != Shown.WORDS]
    _line(sheet, 0, [_("Ticket"), _("Kind"), _("State"), _("Unit"), *heads], bold)
    written = 0
    for written, row in enumerate(rows, start=1):
        ticket = row.ticket
        unit = ticket.lead_unit or ticket.intake_unit
        values = [_plain(value) for shown, value, _head in row.values if shown != Shown.WORDS]
        known = [ticket.number, ticket.get_kind_display(), ticket.get_state_display(), unit.name]
        _line(sheet, written, [*known, *values])
    return written


def _units(sheet: Any, bold: Any, units: Sequence[UnitLine]) -> None:
    heads = [_("Code"), _("Unit"), _("Cases"), _("Out of"), _("The others"), _("Stands out")]
    _line(sheet, 0, heads, bold)
    for line, one in enumerate(units, start=1):
        found = one.standing
        others = "–" if found.others is None else f"{found.others:.1%}"
        says = _("yes") if found.stands_out else ""
        _line(sheet, line, [one.unit.code, one.unit.name, found.hits, found.n, others, says])


def _line(sheet: Any, line: int, values: Sequence[Any], form: Any = None) -> None:
    for column, value in enumerate(values):
        if isinstance(value, int):
            sheet.write_number(line, column, value, form)
        else:
            sheet.write_string(line, column, str(value), form)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(settings.TIME_ZONE)).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, timedelta):
        return f"{value.total_seconds() / 3600:.2f} h"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, float):
        return f"{value:.0%}"
    return "–" if value is None else value
