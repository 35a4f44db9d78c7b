"""What is typed for each act of a story. What a page would hold hidden (the version looked at, the
number of a request) is read from the rows, which costs less than fetching the page."""

import datetime
from collections.abc import Callable
from zoneinfo import ZoneInfo

import psycopg2

Asked = Callable[[str], "tuple[object, ...] | None"]


class NotYet(Exception):
    """What the act needs is not there (yet)."""


class Rows:
    """A client's own look at the rows; the connection is made anew whenever it broke."""

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url
        self.line: psycopg2.extensions.connection | None = None

    def first(self, query: str, *values: object) -> tuple[object, ...]:
        """The first row; raises NotYet when there is none, or no database."""
        try:
            if self.line is None or self.line.closed:
                self.line = psycopg2.connect(self.database_url, connect_timeout=2)
                self.line.autocommit = True
            with self.line.cursor() as cursor:
                cursor.execute(query, values)
                found = cursor.fetchone()
        except psycopg2.Error as error:
            if self.line is not None:
                self.line.close()
            self.line = None
            raise NotYet from error
        if found is None:
            raise NotYet
        return tuple(found)


def filled(act: str, number: str, rows: Rows) -> tuple[str, dict[str, str]]:
    """The address and the form of the act; raises NotYet."""
    return _FORMS[act](number, rows)


def _at(number: str, last: str) -> str:
    return f"/tickets/{number}/{last}/"


def _accept(number: str, rows: Rows) -> tuple[str, dict[str, str]]:
    return _at(number, "accept"), {}


def _contact(number: str, rows: Rows) -> tuple[str, dict[str, str]]:
    return _at(number, "contact"), {"means": "phone", "is_reached": "yes", "note": "已联系客户。"}


def _done(number: str, rows: Rows) -> tuple[str, dict[str, str]]:
    typed = {"version": _version(number, rows), "result": "已处理完毕。", "is_customer_told": "on"}
    return _at(number, "done"), typed


def _review(number: str, rows: Rows) -> tuple[str, dict[str, str]]:
    return _at(number, "review"), {"version": _version(number, rows), "verdict": "approve"}


def _reason(last: str) -> Callable[[str, Rows], tuple[str, dict[str, str]]]:
    return lambda number, rows: (_at(number, last), {"reason": "风暴演练。"})


def _ask_to_suspend(number: str, rows: Rows) -> tuple[str, dict[str, str]]:
    tomorrow = datetime.datetime.now(ZoneInfo("Asia/Shanghai")) + datetime.timedelta(days=1)
    return _at(number, "suspend"), {
        "reason_code": "customer_asked", "reason": "等待客户。", "until": f"{tomorrow:%Y-%m-%dT%H:%M}",
    }  # fmt: skip


def _suspend(number: str, rows: Rows) -> tuple[str, dict[str, str]]:
    (pk,) = rows.first(
        "SELECT a.id FROM tickets_approval a JOIN tickets_ticket t ON t.id = a.ticket_id"
        " WHERE t.number = %s AND a.decided_at IS NULL ORDER BY a.id DESC LIMIT 1", number,
    )  # fmt: skip
    return f"/tickets/approvals/{pk}/", {"verdict": "grant", "note": ""}


def _take_callback(number: str, rows: Rows) -> tuple[str, dict[str, str]]:
    return f"/surveys/callbacks/{_invitation(number, rows)}/take/", {}


def _close(number: str, rows: Rows) -> tuple[str, dict[str, str]]:
    path = f"/surveys/callbacks/{_invitation(number, rows)}/attempt/"
    return path, {"result": "refused", "note": "", "call_again_at": ""}


def _invitation(number: str, rows: Rows) -> object:
    return rows.first(
        "SELECT i.id FROM surveys_invitation i JOIN tickets_ticket t ON t.id = i.ticket_id"
        " WHERE t.number = %s AND i.ended_at IS NULL ORDER BY i.id DESC LIMIT 1", number,
    )[0]  # fmt: skip


def _version(number: str, rows: Rows) -> str:
    found = rows.first("SELECT version FROM tickets_ticket WHERE number = %s", number)
    return str(found[0])


_FORMS: dict[str, Callable[[str, Rows], tuple[str, dict[str, str]]]] = {
    "accept": _accept, "contact": _contact, "done": _done, "review": _review,
    "ask_to_suspend": _ask_to_suspend, "suspend": _suspend, "resume": _reason("resume"),
    "take": _take_callback, "close": _close, "reopen": _reason("reopen"),
    "cancel": _reason("cancel"),
}  # fmt: skip
