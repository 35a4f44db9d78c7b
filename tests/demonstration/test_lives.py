"""The same seed gives the same lives."""

from datetime import UTC, datetime, timedelta

from demonstration import lives, people, texts

UNTIL = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


def test_the_same_seed_plans_the_same_lives() -> None:
    first, again = (lives.plan(seed=7, how_many=120, months=14, until=UNTIL) for _ in range(2))
    assert first == again
    assert first != lives.plan(seed=8, how_many=120, months=14, until=UNTIL)


def test_lives_are_in_order_and_end_at_the_present() -> None:
    planned = lives.plan(seed=1, how_many=500, months=14, until=UNTIL)
    received = [life.received_at for life in planned]
    assert len(planned) == 500
    assert received == sorted(received)
    assert received[-1] <= UNTIL
    assert UNTIL - timedelta(days=14 * 31) <= received[0] <= UNTIL - timedelta(days=300)


def test_all_kinds_both_companies_and_both_languages_occur() -> None:
    planned = lives.plan(seed=1, how_many=500, months=14, until=UNTIL)
    assert {life.kind for life in planned} == set(texts.RESULTS)
    assert {life.company for life in planned} == {"LJP", "LJT"}
    assert {life.language for life in planned} == {"zh-hans", "en"}


def test_no_slot_of_a_text_is_left_unfilled() -> None:
    planned = lives.plan(seed=1, how_many=500, months=14, until=UNTIL)
    assert not [life.text for life in planned if "{" in life.text or "}" in life.text]


def test_offices_open_in_the_morning_of_a_working_day() -> None:
    friday_night = datetime(2026, 11, 20, 13, 20, tzinfo=UTC)
    assert lives.in_office(friday_night) == datetime(2026, 11, 23, 1, 20, tzinfo=UTC)
    assert lives.in_service(friday_night) == datetime(2026, 11, 21, 0, 20, tzinfo=UTC)


def test_every_rule_and_person_names_a_unit_that_exists() -> None:
    codes = {unit.code for unit in people.UNITS}
    handling = {unit.code for unit in people.UNITS if unit.is_handling}
    assert {rule.unit for rule in people.rules()} <= handling
    assert {person.unit for person in people.PEOPLE} <= codes
    assert {unit for person in people.PEOPLE for unit in person.leads} == handling
