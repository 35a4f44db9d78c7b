"""What waits, what never does, and that nothing of it is lost."""

from datetime import datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from notifications import notices, posting, quiet_hours, wording
from notifications.models import Channel, Held, Notice, Outbox, Preference, QuietRule
from notifications.quiet import Wish
from organisation.models import Staff
from tests.cast import Cast
from tests.factories.tickets import a_ticket
from tests.tickets.test_escalation import fire, make_due
from tickets.kinds import Priority
from tickets.models import Deadline, Ticket
from tickets.states import State

NIGHT = Wish("Asia/Shanghai", time(22), time(7))
MORNING = timedelta(hours=21)  # from Monday 10:00 to Tuesday 07:00 in Shanghai
AT_NIGHT = timedelta(hours=13)  # Monday 23:00


def prefers(person: Staff, wish: Wish, at: datetime, *, mobile: str = "") -> None:
    quiet_hours.choose(wish=wish, wants_texts=bool(mobile), mobile=mobile, by=person, at=at)


def remind(cast: Cast, at: datetime, ticket: Ticket | None = None) -> Deadline:
    """The first reminder of a ticket of the handler's, fired at the instant."""
    ticket = ticket or a_ticket(cast, state=State.IN_PROGRESS)
    row = Deadline.objects.filter(
        ticket=ticket, clock="reply", stage__startswith="remind", next_fire_at__isnull=False
    ).first()
    assert row is not None
    row = make_due(ticket, stage=row.stage)
    fire(at)
    return row


def release(at: datetime) -> int:
    return posting.release_due(by=None, at=at)


def mails(person: Staff) -> list[Outbox]:
    return list(Outbox.objects.filter(recipient=person.email).order_by("id"))


def test_a_reminder_waits_for_the_end_of_quiet_hours_but_stands_in_the_desk_at_once(
    cast: Cast,
) -> None:
    prefers(cast.handler, NIGHT, cast.at)
    row = remind(cast, cast.at + AT_NIGHT)
    assert Notice.objects.filter(staff=cast.handler, code="reminded").count() == 1
    assert mails(cast.handler) == []
    assert Held.objects.get().due_at == cast.at + MORNING
    assert release(cast.at + MORNING - timedelta(seconds=1)) == 0
    assert release(cast.at + MORNING) == 1
    [mail] = mails(cast.handler)
    assert (mail.template, mail.key) == ("reminded", f"deadline:{row.pk}:{cast.handler.pk}:email")


def test_released_twice_it_leaves_once(cast: Cast) -> None:
    prefers(cast.handler, NIGHT, cast.at)
    remind(cast, cast.at + AT_NIGHT)
    assert [release(cast.at + MORNING), release(cast.at + MORNING)] == [1, 0]
    assert len(mails(cast.handler)) == 1


def test_what_is_missed_never_waits(cast: Cast) -> None:
    prefers(cast.handler, NIGHT, cast.at)
    make_due(a_ticket(cast, state=State.IN_PROGRESS))
    fire(cast.at + AT_NIGHT)
    assert [one.template for one in mails(cast.handler)] == ["overdue"]
    assert not Held.objects.exists()


def test_a_reminder_about_safety_never_waits(cast: Cast) -> None:
    prefers(cast.handler, NIGHT, cast.at)
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    Ticket.objects.filter(pk=ticket.pk).update(priority=Priority.EMERGENCY)
    remind(cast, cast.at + AT_NIGHT, ticket)
    assert [one.template for one in mails(cast.handler)] == ["reminded"]


def test_a_digest_lists_what_came_since_in_one_mail_in_the_readers_language(cast: Cast) -> None:
    Staff.objects.filter(pk=cast.handler.pk).update(language="en")
    prefers(cast.handler, Wish("Asia/Shanghai", digest_at=time(17)), cast.at)
    tickets = [a_ticket(cast, state=State.IN_PROGRESS) for _ in range(3)]
    for ticket in tickets:
        remind(cast, cast.at + timedelta(hours=1), ticket)
    assert mails(cast.handler) == []
    assert release(cast.at + timedelta(hours=7)) == 3
    [mail] = mails(cast.handler)
    subject, body = wording.of(mail)
    assert subject == "3 notices in one message"
    assert all(ticket.number in body for ticket in tickets)
    assert "Why you: has the ticket." in body
    assert set(Held.objects.values_list("message_key", flat=True)) == {mail.key.removesuffix(":email")}


def test_another_choice_times_anew_what_waits_and_loses_nothing(cast: Cast) -> None:
    prefers(cast.handler, NIGHT, cast.at)
    remind(cast, cast.at + AT_NIGHT)
    later = cast.at + AT_NIGHT + timedelta(minutes=5)
    prefers(cast.handler, Wish("Asia/Shanghai"), later)
    assert Held.objects.get().due_at == later
    assert release(later) == 1
    assert len(mails(cast.handler)) == 1


def test_many_at_once_leave_as_one_while_each_notice_stands_alone(cast: Cast) -> None:
    tickets = [a_ticket(cast, state=State.IN_PROGRESS) for _ in range(posting.MOST_AT_ONCE + 1)]
    rows = [make_due(one) for one in tickets]
    long_ago = datetime(2020, 1, 1, tzinfo=cast.at.tzinfo)
    Deadline.objects.filter(pk__in=[row.pk for row in rows]).update(next_fire_at=long_ago)
    at = max(row.due_at for row in rows)
    fire(at)
    assert Notice.objects.filter(staff=cast.handler, code="overdue").count() == len(rows)
    assert mails(cast.handler) == []
    release(at + posting.GATHERED)
    [mail] = mails(cast.handler)
    assert (mail.template, len(mail.facts["items"])) == ("bundle", len(rows))
    assert [one.template for one in mails(cast.operator)] == ["bundle"]


def test_a_confidential_matter_is_never_bundled(cast: Cast) -> None:
    one = posting.Post(
        staff=cast.reviewer, key="deadline:1", code="overdue", number="20260309-0001-1", subject="",
        facts={}, scope_path=cast.company.path, stands_alone=True,
    )  # fmt: skip
    posting.post(posts=[one], by=None, at=cast.at, is_backlog=True)
    assert not Held.objects.exists()
    assert len(mails(cast.reviewer)) == 1


def test_a_text_message_goes_along_with_what_is_urgent_alone(cast: Cast) -> None:
    prefers(cast.handler, Wish("Asia/Shanghai"), cast.at, mobile="139 1234 5678")
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    remind(cast, cast.at + timedelta(hours=1), ticket)
    assert not Outbox.objects.filter(channel=Channel.SMS).exists()
    fire(make_due(ticket).due_at)
    text = Outbox.objects.get(channel=Channel.SMS)
    assert text.recipient == "13912345678"
    assert ticket.number in wording.of(text)[1]


def test_what_is_kept_from_somebody_leaves_neither_the_waiting_nor_a_list(cast: Cast) -> None:
    prefers(cast.handler, Wish("Asia/Shanghai", digest_at=time(17)), cast.at)
    tickets = [a_ticket(cast, state=State.IN_PROGRESS) for _ in range(3)]
    for ticket in tickets:
        remind(cast, cast.at + timedelta(hours=1), ticket)
    hidden, listed, waiting = (one.number for one in tickets)
    notices.withdraw(subject=hidden, staff_ids=[cast.handler.pk], by=None, at=cast.at)
    assert Held.objects.filter(left_at=None).count() == 2
    release(cast.at + timedelta(hours=7))
    notices.withdraw(subject=listed, staff_ids=[cast.handler.pk], by=None, at=cast.at)
    [mail] = mails(cast.handler)
    assert [one["number"] for one in mail.facts["items"]] == [waiting]


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        (Wish("Asia/Shanghai", time(18), time(9)), quiet_hours.TooQuiet),
        (Wish("Asia/Shanghai", time(22), None), quiet_hours.OnlyOneEnd),
        (Wish("Asia/Shanghai", time(22), time(22)), quiet_hours.OnlyOneEnd),
        (Wish("Asia/Shanghai", time(22), time(7), digest_at=time(23)), quiet_hours.DigestInQuietHours),
        (Wish("Middle/Earth"), quiet_hours.UnknownZone),
    ],
)
def test_what_cannot_be_chosen(cast: Cast, wish: Wish, error: type[Exception]) -> None:
    with pytest.raises(error):
        prefers(cast.handler, wish, cast.at)
    assert not Preference.objects.exists()


def test_a_number_that_is_none_is_refused(cast: Cast) -> None:
    with pytest.raises(quiet_hours.NoNumber):
        prefers(cast.handler, Wish("Asia/Shanghai"), cast.at, mobile="hello")


def test_a_stricter_rule_cuts_what_was_chosen_and_tells_the_person(cast: Cast) -> None:
    weekends = Wish("Asia/Shanghai", time(20), time(7), are_weekends_quiet=True)
    prefers(cast.handler, weekends, cast.at)
    prefers(cast.stranger, weekends, cast.at)
    quiet_hours.allow(
        company=cast.company, most_hours=8, may_rest_at_weekends=False, by=cast.administrator,
        at=cast.at,
    )  # fmt: skip
    cut, other = (Preference.objects.get(staff=one) for one in (cast.handler, cast.stranger))
    assert (cut.quiet_from, cut.quiet_to, cut.are_weekends_quiet) == (time(20), time(4), False)
    assert (other.quiet_to, other.are_weekends_quiet) == (time(7), True)
    assert Notice.objects.filter(staff=cast.handler, code="quiet_cut").count() == 1
    with pytest.raises(quiet_hours.NoQuietWeekends):
        prefers(cast.handler, Wish("Asia/Shanghai", are_weekends_quiet=True), cast.at)


def test_ones_own_page_keeps_what_was_chosen(cast: Cast, client: Client) -> None:
    client.force_login(cast.handler)
    page = reverse("notifications:mine")
    typed = {"quiet_from": "22:00", "quiet_to": "07:00", "time_zone": "Asia/Shanghai"}
    assert client.post(page, typed).status_code == 302
    assert Preference.objects.get(staff=cast.handler).quiet_to == time(7)
    assert b'value="22:00"' in client.get(page).content
    refused = client.post(page, typed | {"quiet_to": "20:00"})
    assert refused.status_code == 422
    assert b'value="20:00"' in refused.content


def test_leaders_see_who_is_quiet_and_only_of_their_own(cast: Cast, client: Client) -> None:
    prefers(cast.handler, NIGHT, cast.at)
    prefers(cast.outsider, NIGHT, cast.at)
    prefers(cast.stranger, NIGHT, cast.at)
    page = reverse("notifications:quiet")
    seen = {}
    for name in ("supervisor", "leader", "administrator"):
        client.force_login(getattr(cast, name))
        body = client.get(page).content.decode()
        people = (cast.handler, cast.outsider, cast.stranger)
        seen[name] = [one.name_zh in body or one.name_en in body for one in people]
    assert seen == {
        "supervisor": [True, True, False], "leader": [True, False, False],
        "administrator": [True, True, False],
    }  # fmt: skip
    client.force_login(cast.handler)
    assert client.get(page).status_code == 403


def test_only_the_administrator_changes_the_rule(cast: Cast, client: Client) -> None:
    page, typed = reverse("notifications:quiet"), {"most_hours": "6"}
    client.force_login(cast.supervisor)
    assert client.post(page, typed).status_code == 403
    client.force_login(cast.administrator)
    assert client.post(page, typed).status_code == 302
    assert QuietRule.objects.of(cast.handler) == (6, False)
    assert client.post(page, {"most_hours": "20"}).status_code == 422
