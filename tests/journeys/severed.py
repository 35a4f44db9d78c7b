"""The desk behind a line that can be cut: what the file named by SEVERED holds is out of reach."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from servicedesk.wsgi import application as desk


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The desk's answer, or the one a proxy gives when nobody is behind it."""
    severed = Path(os.environ["SEVERED"]).read_text()
    if severed and environ["PATH_INFO"].startswith(severed):
        start_response("502 Bad Gateway", [("Content-Type", "text/plain")])
        return [b"Nobody answers here."]
    return desk(environ, start_response)
