"""One made-up ticket's life, step by step through the real verbs, each at its own instant (verb).

Every function here is a generator: it yields the instant of the next step and takes the step when
it is resumed. Whoever resumes it decides how far history goes.
"""

from collections.abc import Generator, Iterator
from datetime import datetime, timedelta

from demonstration import detours, lives, people, texts
from demonstration.lives import DAY, HOUR, MINUTE
from demonstration.story import Steps, Story
from notifications.models import Outbox
from organisation.models import Staff
from surveys import answers, callbacks, calling, decisions, invitations, plans
from surveys.models import Answer, Choice, Invitation, Result
from tickets import contact, dispatching, intake, lifecycle, supervised, supervision, telling
from tickets.kinds import Channel, Kind, Means, Priority
from tickets.models import Supervision, Ticket
from tickets.states import OPEN, State

_CONTENT = {unit.code: unit.content for unit in people.UNITS}
# Matters of these kinds are settled on site.
_ON_SITE = {Kind.FAULT, Kind.REQUEST}


def main(story: Story) -> Iterator[datetime]:
    """The straight way of the ticket with everything that may happen on it."""
    life, at = story.life, story.life.received_at
    yield at
    if life.is_on_the_spot:
        story.ticket = _settled(story, at)
        at = yield from _asked(story, at)
    else:
        story.ticket = _received(story, at)
        if not (yield from _sent(story)):
            return
        at = yield from _rounds(story, story.known().latest_event_at)
        at = yield from detours.afterwards(story, at)
    if life.is_reopened and story.now().state == State.CLOSED:
        at += 4 * DAY
        yield at
        story.ticket = lifecycle.reopen(
            ticket=story.known(), reason=story.say(texts.REOPENS), by=story.by("supervision"),
            supervisor=story.by("supervision"), at=at,
        )  # fmt: skip
        yield from _rounds(story, at)


def urging(story: Story) -> Iterator[datetime]:
    """The customer chases while the ticket is open."""
    for number, after in enumerate(story.life.urge_after):
        at = story.life.received_at + after
        yield at
        if story.ticket is None or story.known().state not in OPEN:
            return
        note = story.say(texts.URGES[number % len(texts.URGES)])
        story.ticket = supervision.urge(ticket=story.known(), note=note, by=story.by("hotline"), at=at)


def overseeing(story: Story) -> Iterator[datetime]:
    """A supervisor looks each morning: takes up the escalated, hears the unit, ends the settled."""
    at = lives.in_office(story.life.received_at + DAY)
    for _ in range(30):
        yield at
        if story.ticket is None or story.known().state not in OPEN:
            return
        _look(story, at)
        at = lives.in_office(at + DAY)


def _look(story: Story, at: datetime) -> None:
    ticket = story.known()
    under, owed = supervised.open_of(ticket), supervised.owed_report(ticket).first()
    if under is None:
        is_new = not Supervision.objects.filter(ticket=ticket).exists()
        if ticket.escalation_level and is_new:
            story.ticket = supervision.supervise(
                ticket=ticket, reason=story.say(texts.SUPERVISES), by=story.by("supervision"),
                ground=Supervision.Ground.OVERDUE, at=at,
            )  # fmt: skip
    elif owed is None:
        if ticket.state == State.CALLBACK and ticket.is_told_settled:
            story.ticket = supervision.end(
                ticket=ticket, verdict=story.say(texts.FINDS), by=under.supervisor, at=at
            )
    elif ticket.lead_handler is not None and (story.life.choice % 5 or at > owed.due_at + 6 * DAY):
        story.ticket = supervision.report_back(
            ticket=ticket, text=story.say(texts.REPORTS_BACK), by=story.hand(), at=at
        )


def _request(story: Story) -> intake.Request:
    life = story.life
    customer, premises, accounts = story.world.customers[life.customer]
    category = story.world.categories[life.category]
    is_known = not life.is_anonymous
    return intake.Request(
        kind=Kind(life.kind), category=category, channel=Channel(life.channel), text=life.text,
        priority=Priority.EMERGENCY if category.is_safety else Priority.NORMAL,
        customer=customer if is_known else None, premises=premises if is_known else None,
        account=accounts.get(category.utility) if is_known else None,
        territory=premises.territory, address=premises.address,
        contact_name=customer.name if is_known else "",
        contact_phone=customer.phone if is_known else "",
        is_anonymous=life.is_anonymous, language=life.language,
    )  # fmt: skip


def _intake_by(story: Story) -> Staff:
    return story.by("counter" if story.life.channel == Channel.COUNTER else "hotline")


def _settled(story: Story, at: datetime) -> Ticket:
    answer = story.say(texts.ON_THE_SPOT)
    return intake.settle(
        request=_request(story), answer=answer, key=story.life.key, by=_intake_by(story), at=at
    )


def _received(story: Story, at: datetime) -> Ticket:
    return intake.receive(
        request=_request(story), key=story.life.key, by=_intake_by(story), at=at
    )


def _sent(story: Story) -> Generator[datetime, None, bool]:
    """Dispatched and signed for, or cancelled; False where the ticket goes no further."""
    life, at = story.life, story.life.received_at
    if story.halts("dispatch"):
        return False
    at += life.dispatch_after
    yield at
    story.ticket = dispatching.dispatch_by_rule(ticket=story.known(), by=story.by("dispatch"), at=at)
    if story.ticket.state == State.NEW or story.halts("sign"):
        return False
    if life.is_cancelled:
        at += 30 * MINUTE
        yield at
        reason = story.say(texts.CANCELS)
        story.ticket = lifecycle.cancel(ticket=story.known(), reason=reason, by=story.by("supervision"), at=at)
        return False
    at = yield from detours.before_signing(story, at)
    at = _on_duty(story, at + life.sign_after)
    yield at
    story.ticket = dispatching.accept(ticket=story.known(), by=story.hand(), at=at)
    return True


def _at_work(story: Story, at: datetime) -> datetime:
    """Crews work at any hour, offices in theirs."""
    return at if _is_urgent(story) else lives.in_office(at)


def _on_duty(story: Story, at: datetime) -> datetime:
    """Offices sign and call by day, weekends too."""
    return at if _is_urgent(story) else lives.in_service(at)


def _is_urgent(story: Story) -> bool:
    return story.life.kind == Kind.FAULT or bool(story.life.halts_before)


def _rounds(story: Story, at: datetime) -> Steps:
    """Work, review, asking; again as long as the customer's answer sends it back."""
    while True:
        done_at = yield from _worked(story, at)
        if done_at is None:
            return at
        reviewed_at = yield from _reviewed(story, done_at)
        if reviewed_at is None:
            return done_at
        at = yield from _asked(story, reviewed_at)
        if story.now().state != State.IN_PROGRESS:
            return at


def _worked(story: Story, at: datetime) -> Generator[datetime, None, datetime | None]:
    life = story.life
    if life.is_reassigned:
        at = yield from _reassigned(story, at)
    if story.halts("contact"):
        return None
    at = yield from _contacted(story, at)
    at = yield from detours.at_work(story, at)
    if story.known().state != State.IN_PROGRESS:
        return None
    if story.known().kind in _ON_SITE:
        if story.halts("arrive"):
            return None
        at = max(at, _at_work(story, at + life.arrive_after - life.contact_after))
        yield at
        story.ticket = contact.arrive(ticket=story.known(), arrived_at=None, by=story.hand(), at=at)
    if story.halts("done"):
        return None
    at = _at_work(story, at + life.done_after)
    yield at
    _report_done(story, at)
    return at


def _reassigned(story: Story, at: datetime) -> Steps:
    unit = story.known().lead_unit
    colleagues = [
        one
        for one in story.world.staff.values()
        if unit and one.unit_id == unit.pk and one.pk != story.hand().pk
    ]
    if unit and unit.leader and colleagues:
        at += 10 * MINUTE
        yield at
        story.ticket = dispatching.reassign(
            ticket=story.known(), to=colleagues[0], reason=story.say(texts.REASSIGNS),
            by=unit.leader, at=at,
        )  # fmt: skip
    return at


def _contacted(story: Story, at: datetime) -> Steps:
    if story.life.is_anonymous:
        return at
    at = _on_duty(story, at + story.life.contact_after)
    yield at
    if story.life.unanswered:
        story.ticket = contact.record(
            ticket=story.known(), means=Means.PHONE, is_reached=False,
            note=story.say(texts.CONTACT_TRIED), by=story.hand(), at=at,
        )  # fmt: skip
        at += 25 * MINUTE
        yield at
    story.ticket = contact.record(
        ticket=story.known(), means=Means.PHONE, is_reached=True, note=story.say(texts.CONTACT),
        by=story.hand(), at=at,
    )  # fmt: skip
    return at


def _report_done(story: Story, at: datetime) -> None:
    if detours.ends(story, at):
        return
    is_told = not story.life.is_anonymous
    story.ticket = lifecycle.report_done(
        ticket=story.known(), result=story.life.result, is_customer_told=is_told,
        no_reply_reason="" if is_told else "匿名，未留联系方式", by=story.hand(), at=at,
    )  # fmt: skip


def _reviewed(story: Story, at: datetime) -> Generator[datetime, None, datetime | None]:
    if story.halts("review"):
        return None
    at = lives.in_office(at + story.life.review_after)
    yield at
    ticket = story.known()
    if story.life.is_rejected and not ticket.reject_count:
        reason = story.say(texts.REJECTS[story.life.choice % len(texts.REJECTS)])
        story.ticket = lifecycle.reject(ticket=ticket, reason=reason, by=story.by("quality"), at=at)
        at = _at_work(story, at + 3 * HOUR)
        yield at
        _report_done(story, at)
        at = lives.in_office(at + story.life.review_after)
        yield at
    story.ticket = lifecycle.approve(ticket=story.known(), by=story.by("quality"), at=at)
    return (yield from _confirmed(story, at))


def _confirmed(story: Story, at: datetime) -> Steps:
    """The tracker sees to it that the customer was told, or says why nobody could be."""
    if story.known().is_told_settled or (story.halts("call") and story.life.choice % 2):
        return at
    at += 20 * MINUTE
    yield at
    ticket = story.known()
    if story.life.is_anonymous:
        story.ticket = telling.excuse(
            ticket=ticket, why_not=story.say(texts.UNTOLD), by=ticket.tracker, at=at
        )
    else:
        story.ticket = telling.confirm(
            ticket=ticket, means=Means.PHONE, by=ticket.tracker, at=at
        )
    return at


def _asked(story: Story, at: datetime) -> Steps:
    """Drawn and rung, or left to the window and the link; the instant of the last word."""
    invitations.draw_new(by=None, at=at)
    invitation = Invitation.objects.filter(ticket=story.ticket).latest("id")
    if invitation.is_drawn:
        at = yield from _rung(story, invitation, at)
    else:
        at = invitation.window_ends_at
        yield at
        invitations.close_windows(by=None, at=at)
        story.now()
    return (yield from _linked(story, invitation, at))


def _rung(story: Story, invitation: Invitation, at: datetime) -> Steps:
    if story.halts("call"):
        return at
    agent, hours = story.by("callback"), plans.hours(invitation.plan)
    for call in range(story.life.unanswered + 1):
        due = max(invitation.next_call_at or at, at + MINUTE)
        at = calling.next_calling_time(due + story.life.call_after / 4, hours)
        yield at
        invitation.refresh_from_db()
        if not invitation.is_open or story.known().state != State.CALLBACK:
            return at
        callbacks.take(invitation=invitation, by=agent, at=at)
        at += 2 * MINUTE
        if call == story.life.unanswered:
            answers.record_by_phone(
                invitation=invitation, reply=_reply(story), by=agent, at=at
            )
        else:
            callbacks.record_attempt(
                invitation=invitation, result=Result.NO_ANSWER, note="", by=agent, at=at
            )
        invitation.refresh_from_db()
        story.now()
        if invitation.ended_at or invitation.is_link_out:
            break
    return (yield from _decided(story, at))


def _decided(story: Story, at: datetime) -> Steps:
    """After the second discontented answer a supervisor has the last word."""
    if Answer.objects.waiting_for_decision().filter(invitation__ticket=story.ticket).exists():
        at = yield from detours.keep_promises(story, at)
        at = lives.in_office(at + 5 * HOUR)
        yield at
        decisions.decide(
            ticket=story.known(), choice=Choice.FINAL_ANSWER, grounds=story.say(texts.GROUNDS),
            by=story.known().supervisor or story.by("supervision"), at=at,
        )  # fmt: skip
        story.now()
    return at


def _linked(story: Story, invitation: Invitation, at: datetime) -> Steps:
    """The link is answered, or runs out."""
    invitation.refresh_from_db()
    if invitation.ended_at or not invitation.is_link_out or invitation.acts_at is None:
        return at
    token = _token(story.withheld, invitation)
    if story.life.answers_link and token:
        at += min(story.life.call_after * 3, timedelta(days=5))
        yield at
        answers.record_by_link(token=token, reply=_reply(story, by_link=True), by=None, at=at)
        story.now()
        return (yield from _decided(story, at))
    yield invitation.acts_at
    invitations.close_windows(by=None, at=invitation.acts_at)
    return invitation.acts_at


def _token(withheld: list[Outbox], invitation: Invitation) -> str:
    key = f"survey:{invitation.pk}"
    sent = (row for row in withheld if row.key.rpartition(":")[0] == key)
    return next((str(row.facts["token"]) for row in sent), "")


def _reply(story: Story, *, by_link: bool = False) -> answers.Reply:
    """What the customer says: as content as the unit's customers are."""
    ticket, life = story.known(), story.life
    mood = life.second_mood if ticket.redo_count + ticket.reopen_count else life.mood
    share = _CONTENT.get(ticket.lead_unit.code if ticket.lead_unit else "", 0.96)
    asked = "" if by_link else "no"
    if mood < share:
        words = texts.CONTENT_WORDS[life.choice % len(texts.CONTENT_WORDS)]
        is_fair = mood > share * 0.85
        return answers.Reply(
            solved="partly" if is_fair and life.choice % 3 == 0 else "solved",
            satisfied="fairly" if is_fair else "satisfied", verbatim=story.say(words),
            independence=asked,
        )  # fmt: skip
    words = texts.DISCONTENT_WORDS[life.choice % len(texts.DISCONTENT_WORDS)]
    return answers.Reply(
        solved="not" if life.choice % 2 else "partly", satisfied="dissatisfied",
        verbatim=story.say(words), independence=asked,
    )  # fmt: skip
