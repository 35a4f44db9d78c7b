"""Small made-up files in the four shapes the desk can load; nothing in them is real."""

import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import openpyxl

BOSTON = (
    "case_enquiry_id", "open_dt", "target_dt", "closed_dt", "case_status", "closure_reason",
    "case_title", "subject", "reason", "type", "queue", "department", "location", "source",
)  # fmt: skip
BALTIMORE = (
    "SRRecordID", "ServiceRequestNum", "SRType", "MethodReceived", "CreatedDate", "SRStatus",
    "StatusDate", "DueDate", "CloseDate", "Agency", "Address", "Neighborhood",
)  # fmt: skip
NYC = (
    "unique_key", "created_date", "closed_date", "agency", "agency_name", "complaint_type",
    "descriptor", "incident_address", "borough", "status", "open_data_channel_type",
)  # fmt: skip
TIPDM = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间")


def boston(number: str = "900000000001", **changes: str) -> dict[str, str]:
    """A street lamp that was mended in time."""
    return {
        "case_enquiry_id": number, "open_dt": "2011-07-05 09:00:00",
        "target_dt": "2011-07-12 09:00:00", "closed_dt": "2011-07-07 15:30:00",
        "case_status": "Closed", "closure_reason": "Case Resolved new lamp fitted",
        "case_title": "Lamp Out On Made Up Street", "subject": "Works Department",
        "reason": "Street Lights", "type": "Street Light Outages", "queue": "Lamps",
        "department": "WRKS", "location": "1 Made Up Street", "source": "Constituent Call",
    } | changes  # fmt: skip


def baltimore(number: str = "90-00000001", **changes: str) -> dict[str, str]:
    """A burst pipe, closed a day late."""
    return {
        "SRRecordID": number, "ServiceRequestNum": number, "SRType": "WW-Water Leak (Exterior)",
        "MethodReceived": "Phone", "CreatedDate": "03/01/2017 01:06:56 PM", "SRStatus": "Closed",
        "StatusDate": "03/04/2017 02:00:00 PM", "DueDate": "03/03/2017 01:06:56 PM",
        "CloseDate": "03/04/2017 01:59:00 PM", "Agency": "Water Works",
        "Address": "2 MADE UP AVE", "Neighborhood": "Nowhere",
    } | changes  # fmt: skip


def nyc(number: str = "90000001", **changes: str) -> dict[str, str]:
    """Noise that is still being looked at."""
    return {
        "unique_key": number, "created_date": "2026-02-01T00:00:14.000", "closed_date": "",
        "agency": "QPD", "agency_name": "Quiet Police", "complaint_type": "Noise - Made Up",
        "descriptor": "Banging", "incident_address": "3 MADE UP PLACE", "borough": "NOWHERE",
        "status": "In Progress", "open_data_channel_type": "ONLINE",
    } | changes  # fmt: skip


def tipdm(number: str = "900001", **changes: str) -> dict[str, str]:
    """A question about the water, answered."""
    return {
        "留言编号": number, "留言用户": "U0001", "留言主题": "请问小区什么时候恢复供水？",
        "留言时间": "2019/4/25 9:32:09", "留言详情": "\n\t\t\n\t\t我们小区停水三天了，请尽快处理。",
        "答复意见": "您好，管道已于昨日修复，现已恢复供水。", "答复时间": "2019/5/10 14:56:53",
    } | changes  # fmt: skip


def csv_file(
    path: Path, columns: Sequence[str], rows: Iterable[dict[str, str]], encoding: str = "utf-8"
) -> Path:
    """The rows as CSV; gzipped where the name says so."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    data = text.getvalue().encode(encoding, "surrogatepass")
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
    return path


def sheet_file(path: Path, columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> Path:
    """The rows as the first sheet of an Excel file."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("rows")
    sheet.append(list(columns))
    for row in rows:
        sheet.append([row[column] for column in columns])
    book.save(path)
    return path
