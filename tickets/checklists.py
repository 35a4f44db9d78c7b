"""What a customer must bring for a matter, by the newest list that fits it best (question)."""

from tickets.models import Category, Checklist

_SELECTORS = ("utility", "kind", "category_code")


def of(kind: str, category: Category) -> Checklist | None:
    """The list in force for a matter of the kind and category; None where there is none."""
    wanted = {"utility": category.utility, "kind": kind, "category_code": category.code}
    fitting = [one for one in in_force() if _fits(one, wanted)]
    return max(fitting, key=_how_specific, default=None)


def in_force() -> list[Checklist]:
    """The newest version of every list, without those that were taken out of use."""
    newest = Checklist.objects.order_by("code", "-version").distinct("code")
    return [one for one in newest if one.is_active]


def shown(utilities: list[str]) -> list[Checklist]:
    """The newest version of every list for these service lines, those out of use at the end."""
    newest = Checklist.objects.order_by("code", "-version").distinct("code")
    found = [one for one in newest if one.utility in ("", *utilities)]
    return sorted(found, key=lambda one: (not one.is_active, one.utility, one.code))


def versions(code: str) -> list[Checklist]:
    """Every version of one list, newest first."""
    return list(Checklist.objects.filter(code=code).order_by("-version"))


def _fits(one: Checklist, wanted: dict[str, str]) -> bool:
    return all(getattr(one, name) in ("", wanted[name]) for name in _SELECTORS)


def _how_specific(one: Checklist) -> tuple[int, str]:
    weight = 4 * bool(one.category_code) + 2 * bool(one.kind) + bool(one.utility)
    return weight, one.code
