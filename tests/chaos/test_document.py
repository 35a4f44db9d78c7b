"""docs/chaos.md names tests and episodes that exist, and every fault that is promised."""

import ast
import re

from servicedesk.processes.places import TREE
from tests.chaos import timeline
from tests.chaos.crash_points import POINTS

_DOCUMENT = (TREE / "docs" / "chaos.md").read_text()


def test_every_test_it_names_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", _DOCUMENT)
    assert len(named) > 15
    for file, test in named:
        tree = ast.parse((TREE / file).read_text())
        assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, test


def test_it_has_every_fault_that_is_promised() -> None:
    promised = [*range(1, 15), *range(18, 24)]
    assert [int(one) for one in re.findall(r"^\| F(\d+) \|", _DOCUMENT, re.M)] == promised


def test_it_names_every_kind_of_trouble_and_counts_the_points() -> None:
    assert [one.kind for one in timeline.TROUBLES if f"`{one.kind}" not in _DOCUMENT] == []
    assert f"{len(POINTS)} points" in _DOCUMENT
