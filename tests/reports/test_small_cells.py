"""What external readers may not be told, not even by subtraction."""

from hypothesis import given
from hypothesis import strategies as st

from reports import small_cells

COLUMN = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda two: (max(two), min(two))),
    max_size=8,
)


def test_one_small_cell_takes_its_smallest_neighbour_along() -> None:
    assert small_cells.hidden([(40, 20), (3, 3), (12, 6)]) == {1, 2}


def test_nothing_small_nothing_hidden() -> None:
    assert small_cells.hidden([(40, 20), (0, 0), (12, 6)]) == set()


def test_few_dissatisfied_of_many_are_a_small_group_too() -> None:
    assert small_cells.is_small((100, 97))
    assert small_cells.is_small((100, 3))
    assert not small_cells.is_small((100, 95))
    assert not small_cells.is_small((100, 100))


@given(COLUMN)
def test_what_is_left_out_is_never_small_nor_alone(column: list[small_cells.Cell]) -> None:
    hidden = small_cells.hidden(column)
    shown = [cell for place, cell in enumerate(column) if place not in hidden]
    assert not any(small_cells.is_small(cell) for cell in shown)
    if hidden and any(n for n, _ in shown):
        together = tuple(sum(column[place][part] for place in hidden) for part in (0, 1))
        assert len(hidden) > 1
        assert not small_cells.is_small(together)
