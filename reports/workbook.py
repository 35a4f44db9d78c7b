"""The month as an Excel workbook: every rate beside what it is made of (question).

Only the rates are formulas, of the two cells before them; every other text stays text.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from xlsxwriter.utility import xl_rowcol_to_cell

from reports import times_sheets
from reports.monthly import Cell, Report, Row
from reports.times import Times

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# Rates in the tables by unit and by kind; counts come before them.
COUNTS = ("received", "closed")
RATES = ("on_time", "solved", "satisfied", "content", "response", "urged")
_NOTHING = "–"
_HIDDEN = gettext_lazy("hidden")


def write(
    report: Report, path: Path, told: Callable[[int], None], times: Times | None = None
) -> int:
    """The workbook at the path; how many lines of figures it has. `told` hears of each line."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "tmpdir": str(path.parent)}  # fmt: skip
    with xlsxwriter.Workbook(str(path), options) as book:
        return _Writer(book, report, told).everything(times)


class _Writer:
    def __init__(
        self, book: xlsxwriter.Workbook, report: Report, told: Callable[[int], None]
    ) -> None:
        self.report, self.told, self.lines, self.book = report, told, 0, book
        self.bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.percent = book.add_format({"num_format": "0.0%"})
        self.whole = book.add_format({"num_format": "#,##0"})
        self.hours = book.add_format({"num_format": "#,##0.0"})

    def everything(self, times: Times | None) -> int:
        self._summary()
        self._table(_("By unit"), _("Unit"), self.report.units)
        self._table(_("By kind"), _("Kind"), self.report.kinds)
        if times is not None:
            times_sheets.add(self.book, times)
        self._definitions()
        return self.lines

    def _summary(self) -> None:
        """One line per figure: everything together."""
        sheet = self._sheet(_("Month"), [34, 12, 12, 10, 10, 10, 10, 10])
        head = [_("Indicator"), _("Numerator"), _("Denominator"), _("Rate"), _("95% low"),
                _("95% high"), "n", _("Target")]  # fmt: skip
        self._heading(sheet, 0, self._title())
        self._heading(sheet, 1, head)
        for line, cell in enumerate(self.report.total.cells.values(), start=2):
            sheet.write_string(line, 0, str(cell.figure.name))
            self._cell(sheet, line, 1, cell)
            self._told()

    def _table(self, title: str, first: str, rows: Sequence[Row]) -> None:
        """One line per unit or kind, the total last."""
        sheet = self._sheet(title, [14, 34])
        total = self.report.total.cells
        head = [_("Code"), first, *(str(total[code].figure.name) for code in COUNTS)]
        head += [_("Median, hours"), _("90% within, hours")]
        for code in RATES:
            head += [word % {"name": total[code].figure.name} for word in _rate_heads()]
        self._heading(sheet, 0, head)
        for line, row in enumerate([*rows, self.report.total], start=1):
            sheet.write_string(line, 0, row.code)
            sheet.write_string(line, 1, str(row.name) if row.code else _("Total"))
            self._row(sheet, line, row)
            self._told()

    def _row(self, sheet: Any, line: int, row: Row) -> None:
        for column, code in enumerate(COUNTS, start=2):
            self._number(sheet, line, column, row.cells[code], row.cells[code].n)
        for column, time in enumerate(row.times or (), start=4):
            sheet.write_number(line, column, time.total_seconds() / 3600, self.hours)
        for place, code in enumerate(RATES):
            self._cell(sheet, line, 6 + 7 * place, row.cells[code])

    def _cell(self, sheet: Any, line: int, column: int, cell: Cell) -> None:
        """Numerator, denominator, rate, low, high, n, target; a count only its number."""
        if not cell.figure.is_rate:
            self._number(sheet, line, column, cell, cell.n)
            return
        self._number(sheet, line, column, cell, cell.hit)
        self._number(sheet, line, column + 1, cell, cell.n)
        self._rate(sheet, line, column + 2, cell)
        for offset, share in ((3, cell.interval and cell.interval.lower),
                              (4, cell.interval and cell.interval.upper)):  # fmt: skip
            if share is not None:
                sheet.write_number(line, column + offset, share, self.percent)
        self._number(sheet, line, column + 5, cell, cell.n)
        if cell.target is not None:
            sheet.write_number(line, column + 6, cell.target, self.percent)

    def _rate(self, sheet: Any, line: int, column: int, cell: Cell) -> None:
        if cell.rate is None:
            sheet.write_string(line, column, str(_HIDDEN) if cell.is_hidden else _NOTHING)
            return
        above = xl_rowcol_to_cell(line, column - 2)
        below = xl_rowcol_to_cell(line, column - 1)
        sheet.write_formula(line, column, f"={above}/{below}", self.percent, cell.rate)

    def _number(self, sheet: Any, line: int, column: int, cell: Cell, value: int) -> None:
        if cell.is_hidden:
            sheet.write_string(line, column, str(_HIDDEN))
        else:
            sheet.write_number(line, column, value, self.whole)

    def _definitions(self) -> None:
        sheet = self._sheet(_("Definitions"), [16, 28, 22, 9, 90])
        self._heading(
            sheet, 0, [_("Code"), _("Indicator"), _("Time basis"), _("Version"), _("Definition")]
        )
        for line, figure in enumerate(self.report.definitions, start=1):
            texts = [figure.code, figure.name, figure.basis.name, figure.version, figure.meaning]
            for column, text in enumerate(texts):
                sheet.write_string(line, column, str(text), self.wrapped)

    def _title(self) -> list[str]:
        where = str(self.report.unit.name) if self.report.unit else ""
        taken = self.report.at.astimezone(self.report.zone).strftime("%Y-%m-%d %H:%M")
        return [
            _("Monthly report %(month)s") % {"month": self.report.month}, where,
            _("as of %(time)s") % {"time": taken},
            _("definitions version %(n)s") % {"n": self.report.version},
        ]  # fmt: skip

    def _sheet(self, title: str, widths: Sequence[int]) -> Any:
        sheet = self.book.add_worksheet(title)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        return sheet

    def _heading(self, sheet: Any, line: int, texts: Sequence[str]) -> None:
        for column, text in enumerate(texts):
            sheet.write_string(line, column, text, self.bold)

    def _told(self) -> None:
        self.lines += 1
        self.told(self.lines)


def _rate_heads() -> tuple[str, ...]:
    return (
        _("%(name)s: numerator"), _("%(name)s: denominator"), "%(name)s", _("%(name)s: 95%% low"),
        _("%(name)s: 95%% high"), _("%(name)s: n"), _("%(name)s: target"),
    )  # fmt: skip
