"""Ticket numbers: every slip the check digit promises to catch is tried, not sampled."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets import reference_numbers
from tickets.reference_numbers import NotAReferenceNumber, ReferenceNumber

sequences = st.one_of(st.integers(1, 99_999), st.integers(1, 99_999_999))
numbers = st.builds(ReferenceNumber, st.dates(date(2000, 1, 1), date(2199, 12, 31)), sequences)


def test_it_writes_date_sequence_and_check_digit() -> None:
    assert reference_numbers.compose(date(2026, 11, 21), 7) == "20261121-0007-3"
    assert reference_numbers.compose(date(2026, 11, 21), 12_345).startswith("20261121-12345-")


def test_the_check_digit_is_damms() -> None:
    # The example worked in Damm's own description.
    assert reference_numbers.check_digit("572") == 4
    assert reference_numbers.check_digit("5724") == 0


def test_the_table_is_a_latin_square_that_tells_neighbours_apart() -> None:
    table = reference_numbers.DAMM
    for row in (*table, *zip(*table, strict=True)):
        assert sorted(row) == list(range(10))
    for interim in range(10):
        for x in range(10):
            for y in range(x):
                assert table[table[interim][x]][y] != table[table[interim][y]][x]


@given(numbers)
def test_it_reads_back_what_it_wrote(number: ReferenceNumber) -> None:
    text = str(number)
    assert re.fullmatch(reference_numbers.PATTERN, text)
    assert reference_numbers.read(text) == number
    assert reference_numbers.read(text.replace("-", "")) == number


@given(numbers)
def test_it_catches_every_single_wrong_digit(number: ReferenceNumber) -> None:
    digits = str(number).replace("-", "")
    for place, right in enumerate(digits):
        for wrong in set("0123456789") - {right}:
            with pytest.raises(NotAReferenceNumber):
                reference_numbers.read(digits[:place] + wrong + digits[place + 1 :])


@given(numbers)
def test_it_catches_every_exchange_of_neighbours(number: ReferenceNumber) -> None:
    digits = str(number).replace("-", "")
    for place in range(len(digits) - 1):
        first, second = digits[place], digits[place + 1]
        if first != second:
            with pytest.raises(NotAReferenceNumber) as caught:
                reference_numbers.read(digits[:place] + second + first + digits[place + 2 :])
            assert caught.value.code == "wrong_check_digit"


@pytest.mark.parametrize(
    "typed",
    [
        "20261121-0007-3",
        " 2026 1121 0007 3\n",
        "20261121 00073",
        "２０２６１１２１－０００７－３",
        "20261121—0007–3",
        "工单号：20261121-0007-3",
        "No. 20261121-0007-3",
        "#20261121-0007-3",
        "2026.11.21/0007/3",
        "二〇二六幺幺二幺零零零七三",
        "٢٠٢٦١١٢١-٠٠٠٧-٣",
        "20261121\u30000007\u20113",
    ],
)
def test_it_understands_what_people_type(typed: str) -> None:
    assert reference_numbers.parse(typed) == "20261121-0007-3"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "not_digits"),
        ("没有", "not_digits"),
        ("20261121-0007-3; DROP", "not_digits"),
        ("20261121-0007-½", "not_digits"),
        ("20261121-07-5", "length"),
        ("9" * 400, "length"),
        ("20261121-0007-4", "wrong_check_digit"),
        (f"20261321-0007-{reference_numbers.check_digit('202613210007')}", "date"),
        (f"20261121-0000-{reference_numbers.check_digit('202611210000')}", "sequence"),
        (f"20261121-00007-{reference_numbers.check_digit('2026112100007')}", "sequence"),
    ],
)
def test_it_says_what_is_wrong(typed: str, code: str) -> None:
    with pytest.raises(NotAReferenceNumber) as caught:
        reference_numbers.read(typed)
    assert caught.value.code == code
    assert str(caught.value).endswith(".")
    assert reference_numbers.parse(typed) is None


def test_a_sequence_is_a_positive_number() -> None:
    for sequence in (0, -1, 10**8):
        with pytest.raises(ValueError, match="sequence runs from"):
            reference_numbers.compose(date(2026, 11, 21), sequence)


def test_it_is_read_aloud_in_both_languages() -> None:
    assert reference_numbers.spoken_chinese("20261121-0007-3") == "二零二六，幺幺二幺，零零零七，三"
    assert reference_numbers.spoken_english("202611210007 3") == (
        "two zero two six, one one two one, zero zero zero seven, three"
    )


@given(numbers)
def test_what_is_read_aloud_can_be_typed_back(number: ReferenceNumber) -> None:
    assert reference_numbers.read(reference_numbers.spoken_chinese(str(number))) == number
