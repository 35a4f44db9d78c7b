"""Keys that put Chinese into the order people expect by plain byte comparison."""

import pytest

from servicedesk.lib import pinyin


def test_it_sorts_as_a_reader_would() -> None:
    expected = ["12号楼", "A栋", "重庆路", "建设路3号", "建设路12号", "先锋", "张三"]
    shuffled = expected[3:] + expected[:3]
    assert sorted(shuffled, key=pinyin.sort_key) == expected


def test_a_syllable_ends_before_a_longer_one() -> None:
    assert pinyin.sort_key("西安") < pinyin.sort_key("先")


def test_texts_that_sound_alike_still_differ() -> None:
    assert pinyin.sort_key("张三") != pinyin.sort_key("章三")


@pytest.mark.parametrize(
    ("name", "sound"),
    [("单田芳", "shan4"), ("曾国藩", "zeng1"), ("尉迟恭", "yu4 chi2"), ("王五", "wang2")],
)
def test_a_surname_is_read_as_one(name: str, sound: str) -> None:
    assert pinyin.sort_key(name, is_name=True).startswith(sound)


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("建设路3号", "jsl3h"),
        ("重庆银行", "cqyh"),
        ("ABC公司", "abcgs"),
        ("abc1", "abc1"),
        ("单位，2", "dw2"),
        ("", ""),
    ],
)
def test_initials_are_what_one_types(text: str, letters: str) -> None:
    assert pinyin.initials(text) == letters


def test_any_text_gives_a_key_a_database_can_hold() -> None:
    for text in ("\x00", "\x00张", "，", "𠮷野家", "a" * 500, "👩‍🚒", " "):
        assert "\x00" not in pinyin.sort_key(text)
        assert pinyin.initials(text).isascii()
