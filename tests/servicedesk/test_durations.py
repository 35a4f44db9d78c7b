"""Lengths of time in words, in both languages, never promising more than is left."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from servicedesk.lib import durations

AT = datetime(2026, 3, 5, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "english", "chinese", "chinese_badge"),
    [
        (timedelta(seconds=59), "less than a minute", "不到1分钟", "不到1分"),
        (timedelta(minutes=26, seconds=59), "26 min", "26分钟", "26分"),
        (timedelta(hours=2), "2 h", "2小时", "2小时"),
        (timedelta(hours=2, minutes=10), "2 h 10 min", "2小时10分钟", "2小时10分"),
        (timedelta(days=1, minutes=59), "1 day", "1天", "1天"),
        (timedelta(days=1, hours=3), "1 day 3 h", "1天3小时", "1天3小时"),
        (timedelta(days=2, hours=3, minutes=59), "2 days 3 h", "2天3小时", "2天3小时"),
    ],
)
def test_a_length_has_two_units_at_most(
    length: timedelta, english: str, chinese: str, chinese_badge: str
) -> None:
    with translation.override("en"):
        assert durations.words(length) == english
    with translation.override("zh-hans"):
        assert durations.words(length) == chinese
        assert durations.badge(length) == chinese_badge


@pytest.mark.parametrize(
    ("due_in", "tone", "english", "chinese"),
    [
        (timedelta(minutes=26), "soon", "26 min left", "剩26分"),
        (timedelta(hours=30), "normal", "1 day 6 h left", "剩1天6小时"),
        (timedelta(seconds=30), "soon", "under 1 min left", "剩不到1分"),
        (timedelta(0), "late", "Due now", "已到时限"),
        (timedelta(seconds=-59), "late", "Due now", "已到时限"),
        (timedelta(minutes=-18), "late", "Overdue by 18 min", "超时18分"),
        (timedelta(days=-1), "late", "Overdue by 1 day", "超时1天"),
    ],
)
def test_a_running_limit_says_how_it_stands(
    due_in: timedelta, tone: str, english: str, chinese: str
) -> None:
    with translation.override("en"):
        assert durations.left(AT + due_in, AT).words == english
    with translation.override("zh-hans"):
        left = durations.left(AT + due_in, AT)
    assert (left.words, left.tone) == (chinese, tone)


def test_a_limit_is_soon_when_three_quarters_are_gone() -> None:
    due = AT + timedelta(hours=1)
    nearly = durations.left(due, AT, started_at=AT - timedelta(hours=3))
    early = durations.left(due, AT, started_at=AT - timedelta(hours=2))
    assert (nearly.tone, nearly.percent) == ("soon", 75)
    assert (early.tone, early.percent) == ("normal", 67)


def test_a_stopped_limit_says_how_it_was_kept() -> None:
    with translation.override("en"):
        early = durations.left(AT, AT, stopped_at=AT - timedelta(minutes=40))
        late = durations.left(AT, AT, stopped_at=AT + timedelta(hours=1, minutes=5))
    assert (early.words, early.tone) == ("Done 40 min early", "done")
    assert (late.words, late.tone) == ("Done 1 h 5 min late", "late")


def test_working_days_are_not_shown_in_hours() -> None:
    with translation.override("zh-hans"):
        left = durations.left(AT + timedelta(days=3), AT, working_days=3)
    assert left.words == "剩3个工作日"


def test_no_due_time_is_said_to_be_none() -> None:
    with translation.override("en"):
        assert durations.left(None, AT).words == "No limit"
