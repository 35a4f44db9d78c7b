"""Where a process can die between two steps, enumerated: a table of points, and the means to end a
process exactly there as a kill would, without a word in the product about it.

A point is a function and a side of it. Where the function runs for other purposes too (every commit
is one function), the point is armed only once another one has run.
"""

import functools
import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

#: What a process killed by signal 9 reports.
EXIT_CODE = 137

_COMMIT = "django.db.backends.base.base:BaseDatabaseWrapper._commit"
_INSERT = "servicedesk.lib.table_insert:new"
_SAVE = "django.db.models.base:Model.save"


@dataclass(frozen=True)
class Point:
    """`process` is the one that dies there: deadlines, relay, worker or web."""

    name: str
    process: str
    target: str
    side: Literal["before", "after"]
    #: The name of the model, for functions that serve all of them.
    model: str = ""
    #: A function that must have run first in the same process.
    once: str = ""
    #: Of which channel the message is that a worker delivers.
    channel: str = "email"


POINTS: tuple[Point, ...] = (
    Point("after the claim of due deadlines", "deadlines", "tickets.escalation:_claim", "after"),
    Point("after the events are inserted", "deadlines", _INSERT, "after", model="Event"),
    Point("after the notices are inserted", "deadlines", _INSERT, "after", model="Notice"),
    Point("after the messages are queued", "deadlines", _INSERT, "after", model="Outbox"),
    Point("before the commit of a firing", "deadlines", _COMMIT, "before",
          once="tickets.escalation:_write"),
    Point("after the commit of a firing", "deadlines", _COMMIT, "after",
          once="tickets.escalation:_write"),
    Point("before the commit of a signature by the desk", "deadlines", _COMMIT, "before",
          once="tickets.signing:_sign"),
    Point("after the claim of messages", "relay", "notifications.delivery:claim", "after"),
    Point("after a message is given to the broker", "relay", "celery.app.task:Task.apply_async",
          "after"),
    Point("after the lease of a message", "worker", "notifications.delivery:_lease", "after"),
    Point("after the mail server has said 250", "worker",
          "notifications.channels.smtp:hand_over", "after"),
    Point("after the SMS gateway has answered", "worker", "notifications.channels.sms:send", "after",
          channel="sms"),
    Point("after the receiver of a webhook has answered", "worker",
          "notifications.channels.webhook:send", "after", channel="webhook"),
    Point("after the message is marked as sent", "worker", "notifications.delivery:deliver",
          "after"),
    Point("in intake before the commit", "web", _COMMIT, "before", once="tickets.intake:_log"),
    Point("in intake after the commit", "web", _COMMIT, "after", once="tickets.intake:_log"),
    Point("in a move after its event is inserted", "web", _SAVE, "after", model="Event",
          once="tickets.dispatching:accept"),
    Point("in a move before the commit", "web", _COMMIT, "before",
          once="tickets.schedule:replan"),
    Point("in a move after the commit", "web", _COMMIT, "after", once="tickets.schedule:replan"),
)  # fmt: skip


def arm(name: str) -> None:
    """This process will die at the point."""
    point = next(one for one in POINTS if one.name == name)
    ran: list[str] = []
    if point.once:
        _wrap(point.once, lambda given: ran.append(point.once), "before")

    def reached(given: tuple[Any, ...]) -> None:
        if (ran or not point.once) and _is_of(point.model, given):
            os._exit(EXIT_CODE)

    _wrap(point.target, reached, point.side)


def _is_of(model: str, given: tuple[Any, ...]) -> bool:
    """Whether a function of rows was called for rows of the model, and for at least one."""
    if not model:
        return True
    rows = given[0] if isinstance(given[0], list) else [given[0]]
    return bool(rows) and type(rows[0]).__name__ == model


def _wrap(target: str, told: Callable[[tuple[Any, ...]], object], side: str) -> None:
    """Call `told` before or after the function named `module:name[.name]`, with what it was given."""
    module, _, path = target.partition(":")
    *owners, last = path.split(".")
    owner: Any = importlib.import_module(module)
    for name in owners:
        owner = getattr(owner, name)
    original = getattr(owner, last)

    @functools.wraps(original)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if side == "before":
            told(args)
        result = original(*args, **kwargs)
        if side == "after":
            told(args)
        return result

    setattr(owner, last, wrapped)
