"""What the lists go by is data: shipped with reasons, edited by version, words by row."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from reports import thresholds, watch
from reports.models import TellingWord, ThresholdVersion
from reports.watch import rules_in_force
from servicedesk.lib.errors import NotAllowed
from tests.cast import Cast

RULES = "/reports/watch/rules/"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def shipped(cast: Cast) -> None:
    thresholds.seed(by=None, at=cast.at)


def set_returns(cast: Cast, value: int, **changes: object) -> ThresholdVersion:
    given = {"pattern": "ping-pong", "name": "returns", "value": Decimal(value), "reason": "Ruled.",
             "by": cast.administrator, "at": cast.at}  # fmt: skip
    return thresholds.set_threshold(**given | changes)  # type: ignore[arg-type]


def test_every_threshold_is_a_row_with_a_reason(cast: Cast) -> None:
    assert ThresholdVersion.objects.count() == sum(len(one.all_thresholds) for one in watch.ALL)
    for pattern in watch.ALL:
        assert all(one.reason for one in rules_in_force.standing(pattern))


def test_seeding_again_changes_nothing_and_keeps_what_was_edited(cast: Cast) -> None:
    set_returns(cast, 3)
    thresholds.remove_word(use="complaint_like", word="太差", by=cast.administrator, at=cast.at)
    assert thresholds.seed(by=None, at=cast.at + HOUR) == 0
    assert rules_in_force.read().measures(watch.BY_CODE["ping-pong"])["returns"] == 3
    assert "太差" not in rules_in_force.words()["complaint_like"]


def test_an_edit_is_a_new_version_with_its_reason_and_editor(cast: Cast) -> None:
    set_returns(cast, 3)
    assert set_returns(cast, 4, reason="Storm.").version == 3
    (standing, *_rest) = rules_in_force.standing(watch.BY_CODE["ping-pong"])
    assert (standing.value, standing.version, standing.reason) == (4, 3, "Storm.")
    assert standing.set_by
    assert ThresholdVersion.objects.filter(name="returns").count() == 3


def test_the_same_form_sent_twice_makes_one_version(cast: Cast) -> None:
    assert set_returns(cast, 3).pk == set_returns(cast, 3).pk


def test_it_refuses_what_makes_no_sense(cast: Cast) -> None:
    with pytest.raises(thresholds.TooLow):
        set_returns(cast, 0)
    with pytest.raises(thresholds.WhyChanged):
        set_returns(cast, 3, reason="  ")
    with pytest.raises(thresholds.NoSuchThreshold):
        set_returns(cast, 3, name="nothing")
    with pytest.raises(NotAllowed):
        set_returns(cast, 3, by=cast.supervisor)


def test_of_two_editors_at_once_one_wins(cast: Cast) -> None:
    row = set_returns(cast, 3)
    with pytest.raises(IntegrityError), transaction.atomic():
        ThresholdVersion.objects.create(
            pattern=row.pattern, name=row.name, version=row.version, value=5, reason="Other.",
            set_by=cast.administrator, set_at=cast.at,
        )  # fmt: skip


def test_an_edited_threshold_without_a_reason_is_no_row(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ThresholdVersion.objects.create(
            pattern="ping-pong", name="returns", version=9, value=5, set_by=cast.administrator,
            set_at=cast.at,
        )  # fmt: skip


def test_a_word_is_added_folded_and_removed_on_record(cast: Cast) -> None:
    word = thresholds.add_word(
        use="complaint_like", word="無人理會", by=cast.administrator, at=cast.at
    )
    assert word.word == "无人理会"
    with pytest.raises(thresholds.WordIsThere):
        thresholds.add_word(
            use="complaint_like", word="无人理会", by=cast.administrator, at=cast.at
        )
    thresholds.remove_word(use="complaint_like", word="无人理会", by=cast.administrator, at=cast.at)
    assert TellingWord.objects.get(pk=word.pk).removed_by == cast.administrator
    with pytest.raises(thresholds.NoSuchWord):
        thresholds.remove_word(
            use="complaint_like", word="无人理会", by=cast.administrator, at=cast.at
        )
    with pytest.raises(thresholds.WordTooShort):
        thresholds.add_word(use="complaint_like", word="差", by=cast.administrator, at=cast.at)


def test_the_administrator_sets_a_threshold_on_screen(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    address = f"{RULES}ping-pong/returns/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"value": "3", "reason": ""}).status_code == 422
    assert client.post(address, {"value": "0", "reason": "x"}).status_code == 409
    assert client.post(address, {"value": "3", "reason": "Ruled."}).status_code == 302
    assert "Ruled." in client.get(RULES).content.decode()
    assert client.get(f"{RULES}ping-pong/nothing/").status_code == 404


def test_words_are_added_and_removed_on_screen(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    assert client.post(f"{RULES}words/complaint_like/", {"word": "不像话"}).status_code == 302
    assert "不像话" in client.get(RULES).content.decode()
    again = client.post(f"{RULES}words/complaint_like/", {"word": "不像话"})
    assert again.status_code == 409
    gone = client.post(f"{RULES}words/complaint_like/remove/", {"word": "不像话"})
    assert gone.status_code == 302
    assert "不像话" not in client.get(RULES).content.decode()


def test_those_who_watch_read_the_rules_and_set_none(cast: Cast, client: Client) -> None:
    for user in (cast.supervisor, cast.auditor, cast.leader):
        client.force_login(user)
        html = client.get(RULES).content.decode()
        assert "/returns/" not in html
        assert client.get(f"{RULES}ping-pong/returns/").status_code == 403
        assert client.post(f"{RULES}words/complaint_like/", {"word": "不像话"}).status_code == 403
    client.force_login(cast.outsider)
    assert client.get(RULES).status_code == 403
