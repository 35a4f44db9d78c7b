"""The rows an import refused: their reasons in words, and the file that lists them (verb)."""

import csv
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from servicedesk.lib import csv_safety


class Reason(TextChoices):
    """Why a row was refused, and so what to put right in it."""

    NUL = "nul", _("The row holds a NUL character.")
    BAD_ENCODING = "bad_encoding", _("The row holds bytes that are no text.")
    BROKEN_ROW = "broken_row", _("The row breaks off or a quotation mark is not closed.")
    TOO_MANY_CELLS = "too_many_cells", _("The row has more cells than the header.")
    TOO_FEW_CELLS = "too_few_cells", _("The row has fewer cells than the header.")
    NO_NUMBER = "no_number", _("The row has no number of its own.")
    NUMBER_TOO_LONG = "external_number_too_long", _("The number is longer than 60 characters.")
    NO_DATE = "no_date", _("The row has no time of receipt.")
    BAD_DATE = "bad_date", _("A date cannot be read.")
    DATE_OUT_OF_RANGE = "date_out_of_range", _("A date lies before 1950 or after 2200.")
    IN_THE_FUTURE = "in_the_future", _("Receipt or closing lies in the future.")
    CLOSES_BEFORE = "closes_before_it_opens", _("It closes before it opens.")
    CLOSED_WITHOUT_TIME = "closed_without_time", _("It is closed, but there is no closing time.")
    ADDRESS_TOO_LONG = "address_too_long", _("The address is longer than 240 characters.")
    NAME_TOO_LONG = "contact_name_too_long", _("The name is longer than 120 characters.")
    TEXT_TOO_LONG = "text_too_long", _("The text is longer than 20,000 characters.")
    RESULT_TOO_LONG = "result_too_long", _("The reply is longer than 20,000 characters.")
    NOT_ACCEPTED = "not_accepted", _("The database did not accept the row.")


class RefusedRows:
    """Writes the refused rows to a CSV file, made with the first of them; None writes nothing."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._file: IO[str] | None = None
        self._writer: Any = None

    def __enter__(self) -> "RefusedRows":
        # A file of an earlier run would be taken for this one's.
        if self.path is not None:
            self.path.unlink(missing_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, line: int, reason: str, excerpt: str) -> None:
        """One more refused row."""
        if self.path is None:
            return
        if self._writer is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # With a byte-order mark, so that spreadsheets read the Chinese.
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow(["line", "reason", "explanation", "excerpt"])
        row = [line, reason, Reason(reason).label, excerpt]
        self._writer.writerow(csv_safety.safe_row(row))
