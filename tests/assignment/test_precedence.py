"""Which routing rule wins, and which never can: a pure function of rules and matter."""

from hypothesis import given
from hypothesis import strategies as st

from assignment.precedence import Asked, Rule, beaten_by, best, misfits, verdicts

PARENTS = {"fuse": "fault", "cable": "fault"}

rules = st.builds(
    Rule,
    key=st.integers(1, 999),
    utility=st.sampled_from(["", "power", "water"]),
    kind=st.sampled_from(["", "FAULT", "COMPLAINT"]),
    category=st.sampled_from(["", "fault", "fuse", "cable"]),
    territory=st.none() | st.integers(1, 2),
    is_key_account=st.none() | st.booleans(),
    depth=st.integers(1, 2),
    rank=st.sampled_from([50, 100]),
)
books = st.lists(rules, max_size=8, unique_by=lambda rule: rule.key)
matters = st.builds(
    Asked,
    utility=st.sampled_from(["power", "water", "gas"]),
    kind=st.sampled_from(["FAULT", "COMPLAINT", "PRAISE"]),
    categories=st.sampled_from([("fuse", "fault"), ("cable", "fault"), ("fault",), ("tariff",)]),
    territory=st.none() | st.integers(1, 3),
    is_key_account=st.booleans(),
)

PLAIN = Asked("power", "FAULT", ("fuse", "fault"), 1, False)


@given(books, matters, st.randoms())
def test_the_winner_fits_and_does_not_depend_on_the_order(book, asked, random) -> None:  # type: ignore[no-untyped-def]
    winner = best(book, asked)
    fitting = [rule for rule in book if not misfits(rule, asked)]
    assert (winner is None) == (not fitting)
    assert winner is None or winner in fitting
    shuffled = book.copy()
    random.shuffle(shuffled)
    assert best(shuffled, asked) == winner


@given(books, matters)
def test_every_rule_has_a_verdict_and_every_loser_a_reason(book: list[Rule], asked: Asked) -> None:
    told = verdicts(book, asked)
    assert {one.key for one in told} == {rule.key for rule in book}
    assert sum(one.is_winner for one in told) == (best(book, asked) is not None)
    assert all(one.is_winner or one.lost_by or one.misfits for one in told)


@given(books.filter(bool), matters)
def test_a_rule_said_never_to_win_never_wins(book: list[Rule], asked: Asked) -> None:
    winner = best(book, asked)
    if winner is not None:
        assert not beaten_by(winner, book, parents=PARENTS)


def test_a_category_fits_what_is_below_it_and_the_nearer_one_wins() -> None:
    above, itself = Rule(1, category="fault"), Rule(2, category="fuse")
    assert best([above], PLAIN) is above
    assert best([above, itself], PLAIN) is itself
    assert best([itself], Asked("power", "FAULT", ("cable", "fault"), 1, False)) is None


def test_a_key_account_comes_before_all_else() -> None:
    green = Rule(9, is_key_account=True)
    full = Rule(1, utility="power", kind="FAULT", category="fuse", territory=1)
    assert best([green, full], PLAIN) is full
    key = Asked("power", "FAULT", ("fuse", "fault"), 1, True)
    assert best([green, full], key) is green
    assert verdicts([green, full], key)[1].lost_by == "is_key_account"


def test_among_equals_the_nearer_company_then_the_rank_then_the_older_wins() -> None:
    old, new = Rule(1, kind="FAULT"), Rule(2, kind="FAULT")
    assert best([new, old], PLAIN) is old
    assert best([Rule(2, kind="FAULT", rank=10), old], PLAIN).key == 2  # type: ignore[union-attr]
    assert best([Rule(3, kind="FAULT", depth=2), old], PLAIN).key == 3  # type: ignore[union-attr]


def test_a_rule_twice_or_covered_on_every_side_can_never_win() -> None:
    first, twin = Rule(1, kind="FAULT", category="fuse"), Rule(2, kind="FAULT", category="fuse")
    assert beaten_by(twin, [first], parents=PARENTS) == {1}
    assert beaten_by(first, [twin], parents=PARENTS) == set()
    both = [Rule(3, kind="FAULT", is_key_account=True), Rule(4, kind="FAULT", is_key_account=False)]
    assert beaten_by(Rule(5, kind="FAULT"), both) == {3, 4}
    assert beaten_by(Rule(5, kind="FAULT"), both[:1]) == set()
