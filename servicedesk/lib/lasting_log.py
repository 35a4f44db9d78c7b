"""Lines that are on the disk when the call returns, whatever is killed afterwards."""

import datetime
import json
import os
from pathlib import Path
from typing import Any


def append(path: Path, line: dict[str, Any]) -> None:
    """One JSON line with the instant `at` (UTC, microseconds) put before the rest.

    Several processes may append to one file: a line is one write. There is no unique key, so that
    whatever came twice stands there twice.
    """
    at = datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds")
    text = json.dumps({"at": at, **line}, ensure_ascii=False) + "\n"
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, text.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def read(path: Path) -> list[dict[str, Any]]:
    """All whole lines, oldest first; a last line that was cut off by a kill is left out."""
    if not path.exists():
        return []
    lines = path.read_text().split("\n")[:-1]
    return [json.loads(line) for line in lines]
