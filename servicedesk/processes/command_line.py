"""manage.py: brings the embedded servers up for a command and puts them away afterwards."""

import os
import signal
import sys
from types import FrameType

from servicedesk.processes import places, users

# These need no database, and so start nothing.
_WITHOUT_SERVERS = {
    "", "help", "--help", "version", "--version", "messages", "collectstatic", "findstatic",
    "diffsettings", "run_mail_sink", "run_http_sink",
}  # fmt: skip

# Their database sessions carry the time limits of loops.
_LOOPS = {"run_deadlines", "run_delivery"}


def run(arguments: list[str]) -> None:
    """Do what the arguments say."""
    from django.core.management import execute_from_command_line

    command = arguments[1] if len(arguments) > 1 else ""
    if command in _LOOPS:
        os.environ.setdefault("SERVICEDESK_PROCESS", "loop")
    if command in _WITHOUT_SERVERS or not needs_embedded():
        execute_from_command_line(arguments)
        return
    signal.signal(signal.SIGTERM, leave_by_the_front_door)
    with users.using(places.find()):
        os.environ |= addresses(places.find())
        execute_from_command_line(arguments)


def needs_embedded() -> bool:
    """Whether the machine's own servers were left unnamed."""
    return not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))


def addresses(found: places.Places) -> dict[str, str]:
    """The environment in which a child uses the embedded servers as if they were named to it."""
    return {
        "DATABASE_URL": os.environ.get("DATABASE_URL") or found.database_url,
        "REDIS_URL": os.environ.get("REDIS_URL") or found.redis_url,
    }


def leave_by_the_front_door(number: int, frame: FrameType | None) -> None:
    """A signal's handler that unwinds what was begun, so that the servers are put away."""
    sys.exit(128 + number)
