"""Folding: what means the same must be found the same, and nothing may be slow or lost on the
way."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicedesk.lib import text_folding


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("服務(wù)態度", "服务态度"),
        ("服務（wù）態度", "服务态度"),
        ("連續(xù)3天", "连续3天"),
        ("電業(yè)局優(yōu)質(zhì)服務", "电业局优质服务"),
        ("請與我們?nèi)w員工", "请与我们员工"),
        ("ＡＢＣ　１２３", "abc 123"),
        ("臺灣檯面", "台湾台面"),
        ("沿著", "沿着"),
        ("停\u200b水\ufeff了", "停水了"),
        ("  a\t\n b ", "a b"),
        ("①㎡", "1m2"),
        ("光猫(gpon)坏了", "光猫(gpon)坏了"),
        ("用户(王)", "用户(王)"),
        ("café (été)", "café (été)"),
        ("", ""),
    ],
)
def test_it_folds(written: str, folded: str) -> None:
    assert text_folding.fold(written) == folded


def test_a_character_folds_alike_in_every_neighbourhood() -> None:
    assert text_folding.fold("乾隆") == text_folding.fold("乾")[0] + "隆"


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = text_folding.fold(text)
    # NFKC of a lower-cased letter may compose once more; from then on nothing moves.
    twice = text_folding.fold(once)
    assert text_folding.fold(twice) == twice


def test_chinese_is_found_by_pairs_and_the_rest_by_words() -> None:
    assert text_folding.bigrams("小區停水3天，Wi-Fi壞") == [
        "小区",
        "区停",
        "停水",
        "水",
        "3",
        "天",
        "wi",
        "fi",
        "坏",
    ]
    assert text_folding.query_terms("停水3天") == ["停水", "3", "天"]
    assert text_folding.query_terms("水") == ["水"]
    assert text_folding.query_terms("，。！") == []


def test_only_a_single_character_is_meant_as_a_prefix() -> None:
    assert text_folding.is_prefix("水")
    assert not any(map(text_folding.is_prefix, ("停水", "a", "3", "")))


han_texts = st.text(alphabet="水电停来没服務壞a1 ，", min_size=1, max_size=40)


@given(han_texts, st.data())
def test_any_piece_of_a_text_finds_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    piece = data.draw(st.integers(1, 6).map(lambda size: text[start : start + size]))
    # A Latin word is found whole only: cut pieces of it are left out.
    piece = piece.replace("a", " ").replace("1", " ")
    terms = text_folding.bigrams(text)
    for term in text_folding.query_terms(piece):
        assert (
            any(found.startswith(term) for found in terms)
            if text_folding.is_prefix(term)
            else term in terms
        )


@given(st.text(max_size=300))
def test_terms_are_short_unique_and_never_empty(text: str) -> None:
    terms = text_folding.bigrams(text)
    assert len(terms) == len(set(terms))
    assert all(0 < len(term) <= text_folding.MAX_TERM_CHARACTERS for term in terms)
    assert len(text_folding.query_terms(text)) <= text_folding.MAX_QUERY_TERMS


def test_the_terms_of_a_giant_text_fit_a_full_text_column() -> None:
    giant = "".join(chr(0x4E00 + (place * 7919) % 20_000) for place in range(400_000))
    assert (
        sum(len(term.encode()) for term in text_folding.bigrams(giant))
        <= text_folding.MAX_TERM_BYTES
    )


@pytest.mark.parametrize(
    "text",
    [
        "停水" * 50_000,
        "(" * 100_000,
        "服(wù" * 25_000,
        "?a" * 50_000,
        "a" * 100_000,
        "?,f(" * 25_000,
        " " * 100_000,
    ],
)
def test_a_hundred_thousand_characters_take_a_moment(text: str) -> None:
    text_folding.fold("warm")
    began = time.process_time()
    text_folding.bigrams(text)
    text_folding.query_terms(text)
    assert time.process_time() - began < 0.5


def test_one_line_keeps_what_people_wrote() -> None:
    assert text_folding.one_line(" 服務\n\n 很差\u200b！ ") == "服務 很差！"
