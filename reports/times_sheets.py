"""The month's times as two sheets of the workbook: stays, and means against promises (question)."""

from collections.abc import Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reports.times import PromiseRow, StageRow, Times


def add(book: xlsxwriter.Workbook, times: Times) -> None:
    """Both sheets, stays and means in hours; a masked reader's workbook is left as it is."""
    if times.is_masked:
        return
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    _sheet(book, _("Stays"), _stage_heads(), [_stage(row) for row in times.stages], bold)
    _sheet(book, _("Averages"), _promise_heads(), [_promise(row) for row in times.promises], bold)


def _sheet(
    book: xlsxwriter.Workbook, title: str, heads: Sequence[str], lines: list[list[Any]], bold: Any
) -> None:
    sheet = book.add_worksheet(title)
    sheet.set_column(0, 2, 24)
    sheet.freeze_panes(1, 0)
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, bold)
    for line, values in enumerate(lines, start=1):
        for column, value in enumerate(values):
            if isinstance(value, str):
                sheet.write_string(line, column, value)
            elif value is not None:
                sheet.write_number(line, column, value)


def _stage_heads() -> list[str]:
    return [
        _("Stage"), _("Unit"), "n", _("Median, hours"), _("90% within, hours"), _("Mean, hours"),
    ]  # fmt: skip


def _stage(row: StageRow) -> list[Any]:
    found = row.found
    times = (found.median, found.p90, found.mean)
    hours = [time.total_seconds() / 3600 for time in times]
    return [str(row.stage), _unit(row), found.n, *hours]


def _promise_heads() -> list[str]:
    return [
        _("Clock"), _("Policy"), _("Unit"), pgettext("average", "Promised"), _("Unit of time"),
        "n", _("Mean"), _("Median"), _("90% within"), pgettext("average", "Kept?"),
        _("Running above it"),
    ]  # fmt: skip


def _promise(row: PromiseRow) -> list[Any]:
    found = row.found
    kept = {True: pgettext("average", "kept"), False: pgettext("average", "broken"), None: "–"}
    return [
        str(row.clock), row.policy, _unit(row), float(found.promise.amount), str(row.limit_unit),
        found.n, found.mean, found.median, found.p90, kept[found.is_kept], found.above,
    ]  # fmt: skip


def _unit(row: StageRow | PromiseRow) -> str:
    if row.is_whole:
        return _("Total")
    return str(row.unit.name) if row.unit else _("no unit yet")
