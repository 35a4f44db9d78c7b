"""The diagram of docs/states.md, drawn from the one table of moves (page).

    manage.py draw_states --write
"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import override

from tickets.states import MOVES, OPEN, Move, State

FILE = settings.BASE_DIR / "docs" / "states.md"
HEAD = """# States and moves of a ticket

Drawn by `manage.py draw_states --write` from the table in `tickets/states.py`; a test compares.
What is not in the table cannot be done.
"""


def drawing() -> str:
    """The whole file as Markdown with one Mermaid diagram."""
    with override("en"):
        return "\n".join([HEAD, "```mermaid", *_diagram(), "```", "", *_staying(), ""])


def _diagram() -> list[str]:
    used = _used_states()
    lines = ["stateDiagram-v2"]
    lines += [f"    {state} : {state.label}" for state in used]
    lines.append(f"    [*] --> {State.DRAFT}")
    for move, allowed in MOVES.items():
        if allowed.target is not None:
            lines += [
                f"    {source} --> {allowed.target} : {move.label}"
                for source in _in_order(allowed.sources)
            ]
    ends = [state for state in used if state not in OPEN and state != State.DRAFT]
    return lines + [f"    {state} --> [*]" for state in ends]


def _staying() -> list[str]:
    """What can be done without leaving the state, who may do what, and what no move reaches yet."""
    lines = ["| move | from | to | who may, by permission |", "|---|---|---|---|"]
    for move, allowed in MOVES.items():
        sources = ", ".join(str(state.label) for state in _in_order(allowed.sources))
        target = str(allowed.target.label) if allowed.target else "stays"
        may = ", ".join(sorted(permission.value for permission in allowed.permissions))
        lines.append(f"| {Move(move).label} (`{move}`) | {sources} | {target} | {may} |")
    waiting = [str(state.label) for state in State if state not in _used_states()]
    return [*lines, "", f"No move leads to these states yet: {', '.join(waiting)}."]


def _used_states() -> list[State]:
    reached = {allowed.target for allowed in MOVES.values()} | {State.DRAFT}
    return [state for state in State if state in reached]


def _in_order(states: frozenset[State]) -> list[State]:
    return [state for state in State if state in states and state in _used_states()]


class Command(BaseCommand):
    help = "Draw the states and moves of a ticket as docs/states.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="renew docs/states.md")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["write"]:
            FILE.write_text(drawing())
        else:
            self.stdout.write(drawing())
