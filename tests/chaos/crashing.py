"""Brings the desk to one crash point after another: a process that will die there, and the work that
leads it there. What it left half done is finished by the others."""

import time
import uuid

from tests.chaos import forms
from tests.chaos.backing import wait_until
from tests.chaos.browser import Answer, Browser
from tests.chaos.crash_points import EXIT_CODE, Point
from tests.chaos.desk import Desk, manage
from tests.chaos.journal import Journal
from tests.chaos.proxy import free_port

# The first limit of a fresh ticket, a little later than it is due.
_FIRST_DUE_SECONDS = 0.6
_SIGNATURE_DUE_SECONDS = 3.2
_ONE_BY_ONE = {
    "deadlines": manage("run_deadlines", "--once"), "relay": manage("run_delivery", "--once"),
}  # fmt: skip


class Crasher:
    """A desk without loops, a clerk and a handler, and the journal of what they were answered."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.clerk, self.handler = desk.person("clerk"), desk.person("handler")
        self.journal = Journal(desk.folder / "journal-crashes.jsonl")
        self.rows = forms.Rows(desk.places.database_url)

    def crash(self, point: Point) -> bool:
        """Whether a process died at the point."""
        return {"deadlines": self._loop, "relay": self._loop, "worker": self._worker,
                "web": self._web}[point.process](point)  # fmt: skip

    def log(self, at: Browser | None = None, key: str = "") -> tuple[str, Answer]:
        """A complaint, by way of the desk or of `at`: its key and the answer."""
        key = key or str(uuid.uuid4())
        typed = {
            "key": key, "kind": "COMPLAINT", "category": self.desk.facts["category"],
            "channel": "counter", "priority": "normal", "text": f"停电两小时没人解释。{key}",
            "contact_phone": "13900000001", "territory": self.desk.facts["territory"],
        }  # fmt: skip
        return key, self._send("log", key, "", at or self.clerk, "/tickets/intake/", typed)

    def _loop(self, point: Point) -> bool:
        self.log()
        is_signature = "signature" in point.name
        time.sleep(_SIGNATURE_DUE_SECONDS if is_signature else _FIRST_DUE_SECONDS)
        if is_signature:
            # The miss comes first; the signature follows in a claim of its own.
            self.desk.do_once(
                "sweep", _ONE_BY_ONE["deadlines"], crash_at="after the commit of a firing"
            )
        if point.process == "relay":
            self.desk.do_once("sweep", _ONE_BY_ONE["deadlines"])
        return self._ends(_ONE_BY_ONE[point.process], point)

    def _worker(self, point: Point) -> bool:
        """A worker that delivers one message: as the relay does it while the broker is away."""
        self.log()
        time.sleep(_FIRST_DUE_SECONDS)
        self.desk.do_once("sweep", _ONE_BY_ONE["deadlines"])
        return self._ends(("python", "-m", "tests.chaos.one_message", point.channel), point)

    def _web(self, point: Point) -> bool:
        """A web server of its own that dies at the point; the form is then sent to the desk."""
        port, name = free_port(), "crashing-web"
        key, number = "", ""
        if "move" in point.name:
            number = self.log()[1].location.split("/")[2]
        command = (
            "python", "-m", "gunicorn", "servicedesk.wsgi:application", "--bind",
            f"127.0.0.1:{port}", "--worker-class", "gthread", "--workers", "1",
            "--no-control-socket", "--log-level", "error",
        )  # fmt: skip
        self.desk.web.keep(name, command, is_respawned=False, crash_at=point.name)
        # A page that commits nothing: the server may die of the next.
        wait_until(lambda: Browser(port).look("/sign-in/").status == 200, "the crashing web")
        person = self.handler if number else self.clerk
        dying = Browser(port)
        dying.session = person.session
        if number:
            first = self._accept(number, dying)
            self._accept(number, person)
        else:
            key, first = self.log(dying)
            self.log(key=key)
        self.desk.web.retire(name)
        wait_until(lambda: self._is_gone(name), "the end of the crashing web")
        return first.status == 0

    def _is_gone(self, name: str) -> bool:
        self.desk.listen()
        return name not in self.desk.web.living

    def _accept(self, number: str, person: Browser) -> Answer:
        path, typed = forms.filled("accept", number, self.rows)
        return self._send("accept", "", number, person, path, typed)

    def _send(
        self, act: str, key: str, number: str, person: Browser, path: str, typed: dict[str, str]
    ) -> Answer:
        place = self.journal.intend(act, key, number, time.time())
        answer = person.send(path, typed)
        if act == "log" and answer.outcome == "ok":
            number = answer.location.split("/")[2]
        self.journal.answered(place, answer.outcome, answer.status, number, time.time())
        return answer

    def _ends(self, command: tuple[str, ...], point: Point) -> bool:
        return self.desk.do_once("crashing", command, crash_at=point.name) == EXIT_CODE
