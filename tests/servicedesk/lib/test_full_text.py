"""Ready queries against the database's own full text."""

import pytest
from django.db import connection

from servicedesk.lib import full_text, text_folding


def finds(typed: str, text: str) -> bool:
    query = full_text.all_of(text_folding.query_terms(typed))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_to_tsvector(%s) @@ %s::tsquery", [text_folding.bigrams(text), query]
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["停水", "水", "停", "区", "小區停水", "WiFi", "停水 wifi", "三"])
def test_it_finds_every_piece_of_a_text(typed: str) -> None:
    assert finds(typed, "小区停水第三，ＷiFi也断了")


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["水停", "电", "wif", "停水 电话"])
def test_it_does_not_find_what_is_not_there(typed: str) -> None:
    assert not finds(typed, "小区停水第三，WiFi也断了")


def test_quotes_and_backslashes_cannot_leave_their_term() -> None:
    assert full_text.all_of(["o'k", "a\\", "", "水", "停水"]) == "'o''k' & 'a' & '水':* & '停水'"
    assert full_text.all_of([]) == ""
