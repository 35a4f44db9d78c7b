"""Who a matter goes to inside a unit, and why."""

from hypothesis import given
from hypothesis import strategies as st

from assignment.choice import Candidate, choose

people = st.builds(
    Candidate,
    staff_id=st.integers(1, 10_000),
    staff_number=st.text("0123456789", min_size=4, max_size=4),
    is_rostered=st.booleans(),
    is_present=st.booleans(),
    has_skill=st.booleans(),
    load=st.integers(0, 30),
)


def one(**changes: object) -> Candidate:
    plain: dict[str, object] = {
        "staff_id": 1, "staff_number": "0001", "is_rostered": False, "is_present": True,
        "has_skill": False, "load": 0,
    }  # fmt: skip
    return Candidate(**plain | changes)  # type: ignore[arg-type]


@given(st.lists(people, max_size=12))
def test_an_absent_person_is_never_chosen(candidates: list[Candidate]) -> None:
    chosen = choose(candidates)
    present = {one.staff_id for one in candidates if one.is_present}
    assert (chosen is None) == (not present)
    if chosen is not None:
        assert chosen.staff_id in present
        assert chosen.reasons


@given(st.lists(people, max_size=12, unique_by=lambda one: one.staff_number), st.randoms())
def test_equal_inputs_give_equal_answers_in_any_order(candidates: list[Candidate], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = candidates.copy()
    random.shuffle(shuffled)
    assert choose(candidates) == choose(shuffled)


def test_the_roster_comes_before_the_skill_and_the_skill_before_the_load() -> None:
    rostered = one(staff_id=1, is_rostered=True, load=9)
    skilled = one(staff_id=2, has_skill=True, load=5)
    idle = one(staff_id=3, load=0)
    assert choose([idle, skilled, rostered]).staff_id == 1  # type: ignore[union-attr]
    assert choose([idle, skilled]).staff_id == 2  # type: ignore[union-attr]


def test_two_hundred_matters_are_spread_evenly() -> None:
    load = dict.fromkeys(range(1, 6), 0)
    for _ in range(200):
        chosen = choose([one(staff_id=pk, staff_number=f"{pk:04}", load=load[pk]) for pk in load])
        assert chosen is not None
        load[chosen.staff_id] += 1
    assert set(load.values()) == {40}
