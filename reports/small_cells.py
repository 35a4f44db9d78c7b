"""Which cells of a published table to leave out so that no small group can be worked out (sum)."""

from collections.abc import Sequence

LEAST = 5

# (of how many, how many of them): a plain count gives the same number twice.
Cell = tuple[int, int]


def is_small(cell: Cell) -> bool:
    """Whether the group, those counted in it or those left in it are one to four."""
    return any(0 < part < LEAST for part in _parts(cell))


def hidden(cells: Sequence[Cell]) -> set[int]:
    """Places in a column to leave out. Where the total would give one away, the next smallest
    goes as well."""
    found = {place for place, cell in enumerate(cells) if is_small(cell)}
    while found and _gives_away([cells[place] for place in found]):
        rest = [p for p in range(len(cells)) if p not in found and cells[p][0] > 0]
        if not rest:
            return found
        found.add(min(rest, key=lambda place: cells[place]))
    return found


def _gives_away(left_out: list[Cell]) -> bool:
    together = (sum(n for n, _ in left_out), sum(hit for _, hit in left_out))
    return len(left_out) == 1 or is_small(together)


def _parts(cell: Cell) -> tuple[int, int, int]:
    n, hit = cell
    return n, hit, n - hit
