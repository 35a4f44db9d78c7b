"""docs/authority.md says of every role what it may do, as organisation/roles.py grants it."""

import re

from organisation.roles import GRANTS, Permission, Role
from servicedesk.processes.places import TREE

FILE = TREE / "docs" / "authority.md"
_ROW = re.compile(r"^\| `(\w+)` \| ([^|]*) \| ([^|]*) \|$", re.M)


def rows() -> dict[str, tuple[str, str]]:
    return {code: (words, codes) for code, words, codes in _ROW.findall(FILE.read_text())}


def test_every_role_stands_there_with_exactly_what_it_is_granted() -> None:
    told = rows()
    for role in Role:
        _sees, codes = told[role]
        assert set(re.findall(r"`(\w+)`", codes)) == {str(one) for one in GRANTS[role]}, role


def test_every_permission_is_explained_in_its_own_words() -> None:
    told = rows()
    for permission in Permission:
        words, _granted = told[permission]
        assert words == permission.label, permission
    assert set(told) == {str(one) for one in (*Role, *Permission)}
