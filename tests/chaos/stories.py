"""The lives that tickets lead in a storm, as data: which acts, by whom, how many seconds after the
last one. A neglected ticket lets every limit of its policy fire; the others stop some in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Act:
    """One act: who does it, and how long after the act before it at least and at most."""

    name: str
    by: str
    after: tuple[float, float]


@dataclass(frozen=True)
class Story:
    name: str
    weight: int
    acts: tuple[Act, ...]


def _done(after: tuple[float, float]) -> tuple[Act, ...]:
    return (Act("done", "handler", after), Act("review", "reviewer", (0.3, 2)))


_SIGN_SOON = Act("accept", "handler", (0.3, 1.4))
_SIGN_ANY_TIME = Act("accept", "handler", (0.5, 4))
_CALL = Act("contact", "handler", (0.2, 4))
# The desk draws who is rung up every five seconds.
_CLOSE = Act("close", "callback_agent", (6, 9))

STORIES: tuple[Story, ...] = (
    Story("neglected", 34, ()),
    Story("prompt", 20, (_SIGN_SOON, _CALL, *_done((0.5, 4)))),
    Story("late", 16, (_SIGN_ANY_TIME, Act("contact", "handler", (1, 5)), *_done((2, 9)))),
    Story("resting", 14, (
        _SIGN_SOON,
        Act("ask_to_suspend", "handler", (0.1, 1.5)), Act("suspend", "supervisor", (0.1, 1)),
        Act("resume", "handler", (2, 6)), _CALL, *_done((0.5, 3)),
    )),
    Story("closed", 6, (_SIGN_SOON, _CALL, *_done((0.2, 1)), _CLOSE)),
    Story("reopened", 4, (
        _SIGN_SOON, _CALL, *_done((0.2, 1)), _CLOSE, Act("reopen", "reviewer", (0.3, 2)),
        *_done((1, 5)),
    )),
    Story("cancelled", 6, (Act("cancel", "supervisor", (0.2, 7)),)),
)  # fmt: skip

BY = tuple(sorted({act.by for story in STORIES for act in story.acts} | {"clerk"}))


def draw(random: Random) -> Story:
    """One of them, the frequent ones more often."""
    return random.choices(STORIES, [story.weight for story in STORIES])[0]


def times(story: Story, random: Random) -> Sequence[float]:
    """For each act the seconds after the one before it."""
    return [random.uniform(*act.after) for act in story.acts]
