"""The documents lead where they say, and leave out nothing a machine can set."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from demonstration import accounts
from servicedesk.processes.places import TREE

DOCUMENTS = [TREE / "README.md", TREE / "CONTRIBUTING.md", *sorted((TREE / "docs").rglob("*.md"))]
_LINK = re.compile(r"\]\(([^)#:]+)\)")
_READ = re.compile(r"environment\.\w+\(\s*\"([A-Z_]+)\"")
MOST_LINES_OF_A_DECISION = 40


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    for target in _LINK.findall(document.read_text()):
        assert (document.parent / target).exists(), target


def test_operations_names_everything_that_can_be_set() -> None:
    files = (TREE / "servicedesk").rglob("*.py")
    read = {name for file in files for name in _READ.findall(file.read_text())}
    assert len(read) > 12
    told = (TREE / "docs" / "operations.md").read_text()
    # Set by the web server's own entrance, not by people.
    assert {name for name in read if f"`{name}`" not in told} == {"SERVICEDESK_PROCESS"}


def test_the_readme_names_every_account_of_the_demonstration() -> None:
    told = (TREE / "README.md").read_text()
    assert accounts.PASSWORD in told
    for number, _ in accounts.accounts():
        assert f"`{number}`" in told


def test_a_decision_is_short_and_has_its_three_parts() -> None:
    decisions = sorted((TREE / "docs" / "decisions").glob("*.md"))
    numbers = [int(file.name[:4]) for file in decisions]
    assert numbers == list(range(1, len(numbers) + 1))
    for file in decisions:
        lines = file.read_text().splitlines()
        assert len(lines) <= MOST_LINES_OF_A_DECISION, file.name
        headings = [line for line in lines if line.startswith("## ")]
        assert headings == ["## Context", "## Decision", "## Consequences"], file.name


def test_the_addresses_in_operations_are_real() -> None:
    told = (TREE / "docs" / "operations.md").read_text()
    for name in ("healthz", "tickets:engine", "notifications:outgoing"):
        assert reverse(name).strip("/") in told
