"""A person's browser, as little of it as a form needs: signs in, sends forms, says what became of
them."""

import http.client
import time
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.chaos.journal import Outcome

_CSRF = "a" * 32
_PATIENCE_SECONDS = 12.0


@dataclass(frozen=True)
class Answer:
    """Status 0: the line broke, and nobody knows whether the form was taken."""

    status: int
    location: str = ""
    cookies: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Whether the desk took it, refused it, or may have done either."""
        if self.status in {200, 302}:
            return "ok" if self.status == 302 else "failed"
        return "failed" if 400 <= self.status < 500 else "unknown"


class Browser:
    """One person, at one port of loopback."""

    def __init__(self, port: int, name: str = "", password: str = "") -> None:
        self.port, self.name, self.password = port, name, password
        self.session = ""

    def sign_in(self, patience: float = 60.0) -> None:
        """Signed in when this returns."""
        until = time.monotonic() + patience
        while True:
            self.session = ""
            typed = {"username": self.name, "password": self.password}
            answer = self.send("/sign-in/", typed)
            found = [one for one in answer.cookies if one.startswith("session=")]
            if answer.status == 302 and found:
                self.session = found[0].split(";")[0]
                return
            assert time.monotonic() < until, f"{self.name} could not sign in: {answer}"
            time.sleep(0.3)

    def send(self, path: str, typed: dict[str, str]) -> Answer:
        """What came back for the form."""
        body = urlencode(typed | {"csrfmiddlewaretoken": _CSRF})
        return self._ask("POST", path, body)

    def look(self, path: str) -> Answer:
        return self._ask("GET", path, "")

    def _ask(self, method: str, path: str, body: str) -> Answer:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"csrf={_CSRF}; {self.session}",
        }
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE_SECONDS)
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            answer.read()
            return Answer(
                answer.status, answer.getheader("Location", ""),
                tuple(answer.headers.get_all("Set-Cookie") or ()),
            )  # fmt: skip
        except (OSError, http.client.HTTPException):
            return Answer(0)
        finally:
            line.close()
