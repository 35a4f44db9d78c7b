"""Codes for what other systems name in words (sum)."""

import hashlib
import re

CATEGORY_LENGTH = 60


def code(*parts: str, most: int) -> str:
    """A code from the parts: readable where they fit and lose nothing, else ended by a hash."""
    joined = "-".join(parts)
    readable = re.sub(r"[^A-Za-z0-9_]+", "-", joined).strip("-")
    if readable == joined and len(joined) <= most:
        return joined
    return f"{readable[: most - 9]}-{hashlib.sha256(repr(parts).encode()).hexdigest()[:8]}"


def of_category(source: str, utility: str, group: str, label: str, *, is_leaf: bool) -> str:
    """The code of a category that a file of the source names."""
    level = "leaf" if is_leaf else "group"
    return code(source, utility, level, group, label, most=CATEGORY_LENGTH)
