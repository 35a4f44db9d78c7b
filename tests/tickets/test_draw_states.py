"""The diagram shows the table of moves as it is."""

from django.utils.translation import override

from tickets.management.commands import draw_states
from tickets.states import MOVES


def test_the_diagram_in_the_documents_is_the_present_one() -> None:
    assert draw_states.FILE.read_text() == draw_states.drawing(), "manage.py draw_states --write"


def test_every_move_of_the_table_is_drawn() -> None:
    drawn = draw_states.drawing()
    with override("en"):
        for move, allowed in MOVES.items():
            assert f"(`{move}`)" in drawn
            for source in allowed.sources if allowed.target else ():
                assert f"{source} --> {allowed.target} : {move.label}\n" in drawn
