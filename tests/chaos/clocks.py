"""Wrong clocks by libfaketime, where it is installed: for the servers, the web and the loops each."""

import os
from dataclasses import dataclass, field
from pathlib import Path

_PLACES = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/faketime/libfaketime.so.1",
    "/usr/lib64/faketime/libfaketime.so.1",
    "/usr/local/lib/faketime/libfaketime.so.1",
)
ABSENT = (
    "libfaketime is not installed (Debian: apt-get install libfaketime), so no clock can be set"
)


def library() -> str | None:
    """The path of libfaketime, named by LIBFAKETIME or found where distributions put it."""
    named = os.environ.get("LIBFAKETIME")
    return named or next((place for place in _PLACES if Path(place).exists()), None)


@dataclass(frozen=True)
class Clocks:
    """What is added to each environment; nothing leaves its clock right."""

    servers: dict[str, str] = field(default_factory=dict)
    web: dict[str, str] = field(default_factory=dict)
    loops: dict[str, str] = field(default_factory=dict)


RIGHT = Clocks()


def wrong_by(offset: str) -> dict[str, str]:
    """The environment of a process whose clock is wrong by so much (+1d) all the time: a later one
    only, as its monotonic clock goes along and knows no time before the machine's start."""
    # gunicorn keeps the pulse of its workers as the times of files.
    return {"LD_PRELOAD": _found(), "FAKETIME": offset, "NO_FAKE_STAT": "1"}


def set_by(file: Path) -> dict[str, str]:
    """The environment of a process whose clock is wrong by what stands in the file."""
    return {
        "LD_PRELOAD": _found(), "FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }  # fmt: skip


def _found() -> str:
    found = library()
    assert found is not None, ABSENT
    return found
