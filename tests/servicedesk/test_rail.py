"""The rail: items under headings, the seldom used folded where it would be longer than a screen."""

from django.test import Client
from django.urls import reverse

from tests.cast import Cast


def _groups(client: Client, who: object) -> list[tuple[str, bool, int]]:
    client.force_login(who)  # type: ignore[arg-type]
    groups = client.get(reverse("tickets:work")).context["rail_groups"]
    return [(str(one["label"] or ""), one["is_folded"], len(one["items"])) for one in groups]


def test_every_item_stands_once_and_no_group_is_empty(client: Client, cast: Cast) -> None:
    for who in (cast.operator, cast.supervisor, cast.administrator):
        groups = _groups(client, who)
        answer = client.get(reverse("tickets:work"))
        urls = [one["url"] for one in answer.context["rail"]]
        assert len(urls) == len(set(urls)) == sum(size for _label, _folded, size in groups)
        assert all(size for _label, _folded, size in groups)


def test_a_short_rail_folds_nothing(client: Client, cast: Cast) -> None:
    assert not any(folded for _label, folded, _size in _groups(client, cast.operator))


def test_a_long_rail_folds_what_is_looked_up_first(client: Client, cast: Cast) -> None:
    folded = [label for label, is_folded, _size in _groups(client, cast.supervisor) if is_folded]
    assert folded[0] in ("Look up", "查阅")


def test_the_group_of_the_page_shown_is_open(client: Client, cast: Cast) -> None:
    client.force_login(cast.supervisor)
    page = client.get(reverse("tickets:limits")).content.decode()
    assert '<details class="group" open>' in page
    assert '<details class="group" open>' not in client.get(reverse("tickets:work")).content.decode()
