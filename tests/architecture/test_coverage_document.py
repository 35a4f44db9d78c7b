"""docs/coverage.md says of every mechanism of the domain where it stands, and what proves it."""

import ast
import re

from servicedesk.processes.places import TREE

FILE = TREE / "docs" / "coverage.md"
MECHANISMS = 133
STATES = {"built", "in part", "later", "out of scope"}
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def rows() -> list[list[str]]:
    """The cells of each row: number, Chinese, English, state, where and what."""
    lines = [line for line in FILE.read_text().splitlines() if re.match(r"\| \d", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_mechanism_stands_there_once_in_order() -> None:
    assert [int(row[0]) for row in rows()] == list(range(1, MECHANISMS + 1))


def test_every_row_says_how_it_stands() -> None:
    for number, chinese, english, state, told in rows():
        assert chinese, number
        assert english, number
        assert state in STATES, number
        assert told, number


def test_what_is_built_names_a_test() -> None:
    for number, _, _, state, told in rows():
        assert bool(_TEST.search(told)) == (state in {"built", "in part"}), number


def test_every_named_test_exists() -> None:
    named = set(_TEST.findall(FILE.read_text()))
    assert len(named) > 20
    for path, function in sorted(named):
        tree = ast.parse((TREE / path).read_text())
        defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert function in defined, f"{path}::{function}"


def test_the_summary_counts_what_is_below() -> None:
    states = [row[3] for row in rows()]
    told = ", ".join(f"{states.count(one)} {one}" for one in ("built", "in part", "later"))
    assert f"{told}, {states.count('out of scope')} out of scope." in FILE.read_text()
