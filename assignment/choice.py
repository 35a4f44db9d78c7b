"""Choose one person out of several, and say why (sum).

The order of the criteria; the first that differs decides. Left out beforehand is whoever is absent,
is barred from the matter, or holds as many open tickets as they may. The deputy (B岗) of an absent
person stands in with that person's turn and territory, but with their own skill and load.

1. The customer's wish (点名维修): a person of the unit who is there.
2. The duty roster (值班表): whoever is on a turn now.
3. The skill the routing rule asks for.
4. The territory (责任区): whoever is responsible for the place.
5. The unit's own people before deputies from elsewhere.
6. Not clearly busier: whoever holds more than twice the open tickets of the middle one of their
   equals, and two more, comes behind them.
7. The least given of late (assignment.lately), to half a ticket.
8. The fewest open tickets.
9. Presence: on duty before out on a job.
10. The longest time without being given a ticket.
11. The lower staff number, so that equal inputs give equal answers.

Open tickets alone would reward whoever lets work lie; docs/decisions/0011 has the figures.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Candidate:
    """Someone work could go to, with what the choice looks at. Who is not of the unit is there
    only as the deputy of somebody who is."""

    staff_id: int
    staff_number: str
    is_present: bool
    is_rostered: bool = False
    has_skill: bool = False
    has_territory: bool = False
    is_of_unit: bool = True
    is_out: bool = False
    is_barred: bool = False
    load: int = 0
    most_open: int | None = None
    lately: float = 0.0
    last_given_at: datetime | None = None
    deputy_id: int | None = None


@dataclass(frozen=True)
class Standing:
    """One candidate's place (1 is the chosen one), or why they have none, and by which criterion
    they came behind the chosen one."""

    candidate: Candidate
    place: int | None = None
    out: str = ""
    lost_by: str = ""
    stands_in_for: tuple[int, ...] = ()
    deputy_id: int | None = None


@dataclass(frozen=True)
class Choice:
    """The chosen person, if anybody can be, the reasons as codes with their facts, and how everyone
    stood."""

    staff_id: int | None
    reasons: tuple[dict[str, object], ...]
    standings: tuple[Standing, ...] = field(default=(), compare=False)

    @property
    def nobody_because(self) -> str:
        """Why nobody can be chosen: no_people, all_absent, all_full or nobody_free."""
        outs = {standing.out for standing in self.standings}
        if not outs:
            return "no_people"
        return {"absent": "all_absent", "full": "all_full"}.get("+".join(outs), "nobody_free")


@dataclass(frozen=True)
class _Runner:
    """Who may be chosen, for themselves or as somebody's deputy."""

    own: Candidate
    is_wished: bool = False
    is_clearly_busier: bool = False
    stands_in_for: tuple[int, ...] = ()


_CRITERIA: tuple[tuple[str, Callable[[_Runner], object]], ...] = (
    ("wished", lambda one: not one.is_wished),
    ("on_roster", lambda one: not one.own.is_rostered),
    ("has_skill", lambda one: not one.own.has_skill),
    ("has_territory", lambda one: not one.own.has_territory),
    ("of_unit", lambda one: not one.own.is_of_unit),
    ("not_busier", lambda one: one.is_clearly_busier),
    ("least_lately", lambda one: round(2 * one.own.lately)),
    ("fewest_open", lambda one: one.own.load),
    ("not_out", lambda one: one.own.is_out),
    ("longest_without", lambda one: one.own.last_given_at or _NEVER),
    ("number", lambda one: (one.own.staff_number, one.own.staff_id)),
)


def choose(candidates: Sequence[Candidate], *, wished_id: int | None = None) -> Choice:
    """The person the criteria above name, with the reasons; `staff_id` is None if nobody is left.
    The order of the candidates does not matter."""
    runners = sorted(_beside_equals(_runners(candidates, wished_id)), key=_rank)
    kept = _wish(candidates, runners, wished_id)
    standings = (*_in_order(runners), *_left_out(candidates))
    if not runners:
        return Choice(None, kept, standings)
    return Choice(runners[0].own.staff_id, (*kept, *_why(runners)), standings)


def _rank(one: _Runner) -> tuple[object, ...]:
    return tuple(criterion(one) for _, criterion in _CRITERIA)


def _runners(candidates: Sequence[Candidate], wished_id: int | None) -> list[_Runner]:
    known = {one.staff_id: one for one in candidates}
    absent = sorted(
        (one for one in candidates if one.is_of_unit and not one.is_present),
        key=lambda one: one.staff_number,
    )
    found = []
    for one in known.values():
        covered = [other for other in absent if other.deputy_id == one.staff_id]
        if _why_out(one) or not (one.is_of_unit or covered):
            continue
        with_duties = replace(
            one,
            is_rostered=one.is_rostered or any(other.is_rostered for other in covered),
            has_territory=one.has_territory or any(other.has_territory for other in covered),
        )
        is_wished = one.staff_id == wished_id and one.is_of_unit
        stands_in_for = tuple(other.staff_id for other in covered)
        found.append(_Runner(with_duties, is_wished, stands_in_for=stands_in_for))
    return found


def _beside_equals(runners: Sequence[_Runner]) -> list[_Runner]:
    """Each with whether they hold clearly more than the middle one of those who are equal to them
    in all that comes before load."""
    before_load = _CRITERIA[: [name for name, _ in _CRITERIA].index("not_busier")]
    loads: dict[tuple[object, ...], list[int]] = {}
    for one in runners:
        loads.setdefault(tuple(value(one) for _, value in before_load), []).append(one.own.load)
    found = []
    for one in runners:
        equals = sorted(loads[tuple(value(one) for _, value in before_load)])
        middle = equals[(len(equals) - 1) // 2]
        found.append(replace(one, is_clearly_busier=one.own.load > 2 * middle + 2))
    return found


def _why_out(one: Candidate) -> str:
    if one.is_barred:
        return "barred"
    if not one.is_present:
        return "absent"
    return "full" if one.most_open is not None and one.load >= one.most_open else ""


def _in_order(runners: Sequence[_Runner]) -> list[Standing]:
    return [
        Standing(
            candidate=one.own, place=place, stands_in_for=one.stands_in_for,
            lost_by=_first_difference(runners[0], one) if place > 1 else "",
        )
        for place, one in enumerate(runners, start=1)
    ]  # fmt: skip


def _first_difference(best: _Runner, other: _Runner) -> str:
    return next(name for name, value in _CRITERIA if value(best) != value(other))


def _left_out(candidates: Sequence[Candidate]) -> list[Standing]:
    """Whoever of the unit, or deputy for one of it, cannot be chosen; by staff number."""
    present = {one.staff_id for one in candidates if not _why_out(one)}
    needed = {one.deputy_id for one in candidates if one.is_of_unit and not one.is_present}
    out = [
        Standing(
            one, out=_why_out(one), deputy_id=one.deputy_id if one.deputy_id in present else None
        )
        for one in candidates
        if _why_out(one) and (one.is_of_unit or one.staff_id in needed)
    ]
    return sorted(out, key=lambda one: (one.candidate.staff_number, one.candidate.staff_id))


def _wish(
    candidates: Sequence[Candidate], runners: Sequence[_Runner], wished_id: int | None
) -> tuple[dict[str, object], ...]:
    """Why a wish cannot be kept; nothing where it can, or where there is none."""
    if wished_id is None or any(one.is_wished for one in runners):
        return ()
    wished = next((one for one in candidates if one.staff_id == wished_id), None)
    is_of_unit = wished is not None and wished.is_of_unit
    why = _why_out(wished) if wished is not None and is_of_unit else "not_of_unit"
    return ({"code": "wish_not_kept", "why": why, "staff": wished_id},)


def _why(runners: Sequence[_Runner]) -> list[dict[str, object]]:
    """What is true of the chosen one and what set them apart, in the order of the criteria."""
    best, pool = runners[0], list(runners)
    reasons: list[dict[str, object]] = []
    if not best.own.is_rostered:
        reasons.append({"code": "present" if best.own.is_of_unit else "deputy_elsewhere"})
    if best.stands_in_for:
        reasons.append({"code": "deputy", "staff": list(best.stands_in_for)})
    for name, value in _CRITERIA:
        among, pool = len(pool), [one for one in pool if value(one) == value(best)]
        if _is_worth_telling(name, value(best), among, len(pool)):
            reasons.append({"code": name, **_facts(name, best.own, among)})
    if len(runners) == 1:
        reasons.append({"code": "only_one"})
    return reasons


def _is_worth_telling(name: str, value: object, among: int, left: int) -> bool:
    """Whether the criterion is met and people ask for it, or it has narrowed the choice."""
    if name in _TOLD:
        return value is False
    return name in _BREAKING_TIES and (among > left or (name == "fewest_open" and among > 1))


def _facts(name: str, best: Candidate, among: int) -> dict[str, object]:
    if name in _TOLD:
        return {}
    counted: dict[str, dict[str, object]] = {
        "fewest_open": {"load": best.load}, "least_lately": {"lately": round(best.lately, 1)}
    }  # fmt: skip
    return {"among": among, **counted.get(name, {})}


_TOLD = {"wished", "on_roster", "has_skill", "has_territory"}
_BREAKING_TIES = {
    "not_busier", "least_lately", "fewest_open", "not_out", "longest_without", "number"
}  # fmt: skip
