"""Who a matter goes to inside a unit, and why: a pure function of its inputs."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from assignment.choice import Candidate, Choice, choose

AT = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)

people = st.builds(
    Candidate,
    staff_id=st.integers(1, 40),
    staff_number=st.text("0123456789", min_size=4, max_size=4),
    is_present=st.booleans(),
    is_rostered=st.booleans(),
    has_skill=st.booleans(),
    has_territory=st.booleans(),
    is_of_unit=st.booleans(),
    is_out=st.booleans(),
    is_barred=st.booleans(),
    load=st.integers(0, 5),
    most_open=st.none() | st.integers(0, 5),
    lately=st.floats(0, 9),
    last_given_at=st.none() | st.integers(0, 9).map(lambda n: AT + timedelta(minutes=n)),
    deputy_id=st.none() | st.integers(1, 40),
)
crews = st.lists(people, max_size=12, unique_by=lambda one: one.staff_id)
wishes = st.none() | st.integers(1, 40)


def one(staff_id: int, **changes: object) -> Candidate:
    plain: dict[str, object] = {
        "staff_id": staff_id, "staff_number": f"{staff_id:04}", "is_present": True
    }
    return Candidate(**plain | changes)  # type: ignore[arg-type]


def codes(choice: Choice) -> list[object]:
    return [reason["code"] for reason in choice.reasons]


def is_free(one: Candidate) -> bool:
    is_full = one.most_open is not None and one.load >= one.most_open
    return one.is_present and not one.is_barred and not is_full


@given(crews, wishes)
def test_never_an_absent_full_or_barred_person_and_never_nobody_while_someone_is_free(
    crew: list[Candidate], wished: int | None
) -> None:
    chosen = choose(crew, wished_id=wished)
    covering = {one.deputy_id for one in crew if one.is_of_unit and not one.is_present}
    free = {
        one.staff_id for one in crew
        if is_free(one) and (one.is_of_unit or one.staff_id in covering)
    }  # fmt: skip
    assert (chosen.staff_id is None) == (not free)
    if free:
        assert chosen.staff_id in free
        assert chosen.reasons


@given(crews, wishes, st.randoms())
def test_equal_inputs_give_equal_answers_in_any_order(crew, wished, random) -> None:  # type: ignore[no-untyped-def]
    shuffled = crew.copy()
    random.shuffle(shuffled)
    first, second = choose(crew, wished_id=wished), choose(shuffled, wished_id=wished)
    assert first == second
    assert first.standings == second.standings


@given(crews, wishes)
def test_everyone_of_the_unit_has_a_place_or_a_reason(
    crew: list[Candidate], wished: int | None
) -> None:
    chosen = choose(crew, wished_id=wished)
    told = {row.candidate.staff_id: row for row in chosen.standings}
    assert {one.staff_id for one in crew if one.is_of_unit} <= set(told)
    placed = [row for row in chosen.standings if row.place]
    assert [row.place for row in placed] == list(range(1, len(placed) + 1))
    assert all(bool(row.place) != bool(row.out) for row in chosen.standings)
    assert all(row.lost_by for row in placed[1:])


@given(st.integers(1, 9), st.integers(1, 200))
def test_matters_among_equals_are_spread_to_within_one(n: int, matters: int) -> None:
    load = dict.fromkeys(range(1, n + 1), 0)
    for _ in range(matters):
        chosen = choose([one(pk, load=load[pk]) for pk in load])
        assert chosen.staff_id is not None
        load[chosen.staff_id] += 1
    assert max(load.values()) - min(load.values()) <= 1


@given(st.integers(2, 9), st.integers(1, 200), st.randoms())
def test_whoever_lets_work_lie_is_given_no_less(n: int, matters: int, random) -> None:  # type: ignore[no-untyped-def]
    given, load = dict.fromkeys(range(1, n + 1), 0), dict.fromkeys(range(1, n + 1), 0)
    for _ in range(matters):
        chosen = choose([one(pk, load=min(load[pk], 2), lately=given[pk]) for pk in given])
        assert chosen.staff_id is not None
        given[chosen.staff_id] += 1
        load[chosen.staff_id] += 1
        done = random.randrange(2, n + 1)  # the first never finishes anything
        load[done] = 0
    assert max(given.values()) - min(given.values()) <= 1


def test_whoever_is_clearly_busier_waits_until_the_others_catch_up() -> None:
    crew = [one(1, load=7), one(2, load=2, lately=5), one(3, load=2, lately=4)]
    chosen = choose(crew)
    assert chosen.staff_id == 3
    lost = {row.candidate.staff_id: row.lost_by for row in chosen.standings}
    assert lost == {3: "", 2: "least_lately", 1: "not_busier"}
    assert choose([one(1, load=6), *crew[1:]]).staff_id == 1


@given(st.integers(2, 9), st.integers(1, 90))
def test_equals_take_turns_even_when_each_matter_is_settled_at_once(n: int, matters: int) -> None:
    given_at: dict[int, datetime] = {}
    times = dict.fromkeys(range(1, n + 1), 0)
    for minute in range(matters):
        chosen = choose([one(pk, last_given_at=given_at.get(pk)) for pk in times])
        assert chosen.staff_id is not None
        given_at[chosen.staff_id] = AT + timedelta(minutes=minute)
        times[chosen.staff_id] += 1
    assert max(times.values()) - min(times.values()) <= 1


def test_each_criterion_beats_all_that_follow() -> None:
    crew = [
        one(10),
        one(9, is_of_unit=True, load=9, has_territory=True),
        one(8, load=9, has_skill=True),
        one(7, load=9, is_rostered=True),
        one(6, load=9),
    ]
    assert choose(crew, wished_id=6).staff_id == 6
    assert choose(crew).staff_id == 7
    assert choose([*crew[:3], crew[4]]).staff_id == 8
    assert choose([*crew[:2], crew[4]]).staff_id == 9
    assert choose([crew[0], crew[4]]).staff_id == 10


def test_the_last_criteria_are_presence_then_turns_then_number() -> None:
    out = one(1, is_out=True)
    served = one(2, last_given_at=AT)
    assert codes(choose([out, served])) == ["present", "fewest_open", "not_out"]
    waited = one(3, last_given_at=AT - timedelta(hours=1))
    assert choose([served, waited]).staff_id == 3
    assert choose([one(5), one(4)]).staff_id == 4
    assert codes(choose([one(5), one(4)])) == ["present", "fewest_open", "number"]


def test_the_reasons_name_only_what_is_true() -> None:
    rostered = one(1, is_rostered=True, load=9)
    chosen = choose([rostered, one(2)])
    assert codes(chosen) == ["on_roster"]
    assert [row.lost_by for row in chosen.standings] == ["", "on_roster"]
    assert codes(choose([one(1)])) == ["present", "only_one"]


def test_the_deputy_of_an_absent_person_stands_in_with_their_turn() -> None:
    holder = one(1, is_present=False, is_rostered=True, deputy_id=3)
    chosen = choose([holder, one(2), one(3, load=4)])
    assert chosen.staff_id == 3
    assert chosen.reasons[0] == {"code": "deputy", "staff": [1]}
    absent = next(row for row in chosen.standings if row.candidate.staff_id == 1)
    assert (absent.out, absent.deputy_id) == ("absent", 3)


def test_a_deputy_from_elsewhere_comes_only_for_an_absent_person_and_after_the_units_own() -> None:
    only = one(1, is_present=False, deputy_id=9)
    elsewhere = one(9, is_of_unit=False)
    assert choose([only, elsewhere]).staff_id == 9
    assert choose([only, one(2, load=5), elsewhere]).staff_id == 2
    assert choose([elsewhere]).staff_id is None


def test_a_deputy_brings_no_skill_of_the_absent_person() -> None:
    holder = one(1, is_present=False, has_skill=True, deputy_id=3)
    assert choose([holder, one(2, has_skill=True, load=4), one(3)]).staff_id == 2


def test_a_wish_that_cannot_be_kept_says_why() -> None:
    def kept(crew: list[Candidate]) -> dict[str, object]:
        return choose(crew, wished_id=1).reasons[0]

    assert codes(choose([one(1, load=9), one(2)], wished_id=1)) == ["present", "wished"]
    for why, wished in (
        ("absent", one(1, is_present=False)),
        ("full", one(1, load=3, most_open=3)),
        ("barred", one(1, is_barred=True)),
        ("not_of_unit", one(1, is_of_unit=False)),
    ):
        assert kept([wished, one(2)]) == {"code": "wish_not_kept", "why": why, "staff": 1}
    assert kept([one(2)])["why"] == "not_of_unit"


def test_why_nobody_can_be_chosen() -> None:
    absent, full = one(1, is_present=False), one(2, load=1, most_open=1)
    assert choose([]).nobody_because == "no_people"
    assert choose([absent]).nobody_because == "all_absent"
    assert choose([full]).nobody_because == "all_full"
    assert choose([absent, full]).nobody_because == "nobody_free"
