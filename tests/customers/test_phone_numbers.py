"""Telephone numbers: one form for every way of writing them, and nothing private through mask or
hash."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers import phone_numbers


@pytest.mark.parametrize(
    "typed",
    [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "１３８１２３４５６７８",
        "+86 138 1234 5678",
        "0086-13812345678",
        "86 13812345678",
        "手机：13812345678",
        "电话号码 138.1234.5678",
        "(+86)13812345678",
        " 13812345678\n",
    ],
)
def test_a_mobile_has_one_form(typed: str) -> None:
    assert phone_numbers.normalise(typed) == "13812345678"
    assert phone_numbers.is_mobile(phone_numbers.normalise(typed))


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("010-6234 5678", "01062345678"),
        ("(010) 62345678 转 801", "01062345678"),
        ("+86 10 6234 5678", "01062345678"),
        ("0394-2612345", "03942612345"),
        ("0755-26123456-8001", "075526123456"),
        ("0755-26123456 ext. 8001", "075526123456"),
        ("95598", "95598"),
        ("12345", "12345"),
        ("110", "110"),
        ("10086", "10086"),
        ("400-810-8888", "4008108888"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("0044 7911 123456", "+447911123456"),
        ("+1 (617) 635-4500", "+16176354500"),
        ("+1 117 635 4500", ""),
        ("+852 2123 4567", "+85221234567"),
    ],
)
def test_other_numbers_of_the_trade(typed: str, stored: str) -> None:
    assert phone_numbers.normalise(typed) == stored


def test_the_country_and_the_town_complete_what_is_left_out() -> None:
    assert phone_numbers.normalise("(617) 635-4500", country="US") == "+16176354500"
    assert phone_numbers.normalise("1-617-635-4500", country="US") == "+16176354500"
    assert phone_numbers.normalise("020 7946 0958", country="GB") == "+442079460958"
    assert phone_numbers.normalise("2612345", area_code="0394") == "03942612345"
    assert phone_numbers.normalise("62345678", area_code="010") == "01062345678"
    assert phone_numbers.normalise("2612345") == ""


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "没有",
        "1234",
        "停水",
        "12812345678",
        "20261121-0007-3",
        "138123456789",
        "1381234567",
        "1" * 99,
        "+",
    ],
)
def test_what_is_no_number_gives_nothing(typed: str) -> None:
    assert phone_numbers.normalise(typed) == ""


@given(st.text())
def test_the_stored_form_is_stable(typed: str) -> None:
    stored = phone_numbers.normalise(typed)
    assert phone_numbers.normalise(stored) == stored


@given(st.from_regex(r"1[3-9][0-9]{9}|0(10|2[0-9])[2-8][0-9]{7}|\+44[1-9][0-9]{9}", fullmatch=True))
def test_every_written_form_leads_to_the_same_number(number: str) -> None:
    assert phone_numbers.normalise(number) == number
    assert phone_numbers.normalise(" ".join(number)) == number
    if not number.startswith("+"):
        assert phone_numbers.normalise(f"+86{number.removeprefix('0')}") == number


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13812345678", "138****5678"),
        ("01062345678", "010****5678"),
        ("+442079460958", "+44****0958"),
        ("4008108888", "40****8888"),
        ("2612345", "****2345"),
        ("95598", "***98"),
        ("110", "*10"),
        ("", ""),
    ],
)
def test_a_mask_hides_the_middle(number: str, masked: str) -> None:
    assert phone_numbers.mask(number) == masked


def test_numbers_in_free_text_are_masked() -> None:
    masked = phone_numbers.mask_in_text("请打13812345678或 138-1234-5678，单位010-62345678。")
    assert masked == "请打138****5678或 138****5678，单位010****5678。"


@pytest.mark.parametrize("text", ["工单20261121-0007-3", "电表号 13812345678901", "138****5678"])
def test_other_numbers_in_free_text_stay(text: str) -> None:
    assert phone_numbers.mask_in_text(text) == text


def test_a_tail_is_the_last_four_digits() -> None:
    assert phone_numbers.tail("13812345678") == "5678"
    assert phone_numbers.tail("110") == "110"


def test_a_hash_needs_its_key_and_tells_nothing_without_it() -> None:
    one = phone_numbers.keyed_hash("13812345678", key="k1")
    assert one == phone_numbers.keyed_hash("13812345678", key=b"k1")
    assert (
        len(
            {
                one,
                *(phone_numbers.keyed_hash(number, key="k2") for number in ("13812345678", "5678")),
            }
        )
        == 3
    )
    assert len(one) == 64
    with pytest.raises(ValueError, match="without a key"):
        phone_numbers.keyed_hash("13812345678", key="")
