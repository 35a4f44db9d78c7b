"""Whom to call back: a seeded, stratified draw that anyone can repeat, and who is left out and
why."""

import hashlib
from collections.abc import Hashable, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

Id = TypeVar("Id", bound=Hashable)


def draw(
    tickets: Iterable[tuple[Id, str, bool]],
    rate: Decimal | Fraction | int,
    minimum_per_stratum: int,
    seed: str,
) -> set[Id]:
    """The tickets to call back, out of (id, stratum, census): all of the census, and of each
    stratum's rest the share `rate`, rounded up, but no fewer than the minimum (or all there are).

    Each ticket's lot is SHA-256 of seed, stratum and id; the lowest lots of a stratum are drawn. So
    the draw is the same on every machine and in every order, nobody can steer it without the seed,
    and whoever holds the seed can check it. Raises ValueError for a rate outside 0 to 1 (a float is
    refused: 0.1 is not a tenth), a negative minimum, an empty seed, or an id listed twice.
    """
    share = _checked(rate, minimum_per_stratum, seed)
    drawn: set[Id] = set()
    seen: set[Id] = set()
    strata: dict[str, list[Id]] = {}
    for ticket, stratum, is_census in tickets:
        if ticket in seen:
            raise ValueError(f"Ticket {ticket} is listed twice.")
        seen.add(ticket)
        if is_census:
            drawn.add(ticket)
        else:
            strata.setdefault(stratum, []).append(ticket)
    for stratum, rest in strata.items():
        wanted = max(-(-len(rest) * share.numerator // share.denominator), minimum_per_stratum)
        drawn.update(sorted(rest, key=lambda ticket: lot(seed, stratum, ticket))[:wanted])
    return drawn


def drawn(seed: str, ticket: Hashable, rate: float) -> bool:
    """Whether one ticket is drawn as it comes, at this rate; repeatable, and a higher rate only
    adds."""
    if not seed:
        raise ValueError("A draw needs a seed that is kept.")
    return int.from_bytes(lot(seed, "", ticket)[:8], "big") < rate * 2**64


def lot(seed: str, stratum: str, ticket: Hashable) -> bytes:
    """A ticket's place in the draw: 32 bytes that depend on seed, stratum and id alone."""
    parts = (seed, stratum, str(ticket))
    # Lengths keep ("a", "bc") and ("ab", "c") apart.
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).digest()


def _checked(rate: Decimal | Fraction | int, minimum: int, seed: str) -> Fraction:
    if isinstance(rate, float):
        raise ValueError("A rate is a Decimal or a Fraction, so that a tenth is a tenth.")
    share = Fraction(rate)
    if not 0 <= share <= 1:
        raise ValueError("A rate lies between 0 and 1.")
    if minimum < 0:
        raise ValueError("A minimum is not negative.")
    if not seed:
        raise ValueError("A draw needs a seed that is kept.")
    return share
