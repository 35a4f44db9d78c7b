"""docs/glossary.md lists words that are in use, each once."""

import re

from servicedesk.processes.places import TREE

APPS = ("organisation", "customers", "notifications", "assignment", "tickets", "surveys", "reports")
_ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| `(\w+)` \|", re.M)


def test_every_identifier_is_in_use_and_listed_once() -> None:
    rows = _ROW.findall((TREE / "docs" / "glossary.md").read_text())
    assert len(rows) > 70
    code = "\n".join(file.read_text() for app in APPS for file in (TREE / app).rglob("*.py"))
    stems = {file.stem for app in APPS for file in (TREE / app).rglob("*.py")}
    for column in zip(*rows, strict=True):
        twice = {word for word in column if column.count(word) > 1}
        assert not twice
    for _, _, identifier in rows:
        assert identifier in stems or re.search(rf"\b{identifier}\b", code), identifier
