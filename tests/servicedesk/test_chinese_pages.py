"""Every page in every role speaks the reader's language: no code, no word of the other one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation

from customers import masking
from customers.models import Customer
from notifications import wording
from notifications.models import Outbox
from notifications.views import outgoing
from organisation.models import Staff
from organisation.roles import Role
from reports import watch
from surveys import callbacks
from surveys import presetting as surveys_presetting
from surveys.models.attempt import Result
from tests import reading
from tests.cast import Cast
from tests.factories import surveys as made
from tests.factories.tickets import a_ticket, settled_on_the_spot
from tickets import contact, dispatching, escalation, lifecycle, supervision
from tickets.kinds import Kind, Means
from tickets.models import Checklist, Deadline, Event, OutsideBody, Ticket
from tickets.states import State

ZH, EN = "zh-hans", "en"
STATES = (
    State.NEW, State.DISPATCHED, State.IN_PROGRESS, State.DONE_PENDING_REVIEW, State.CALLBACK,
    State.CLOSED, State.CANCELLED,
)  # fmt: skip
R, S = Role, State
# Who reads the English pages too: between them they open every template.
ENGLISH = (
    R.HOTLINE_OPERATOR, R.UNIT_LEADER, R.CALLBACK_AGENT, R.SUPERVISOR, R.ADMINISTRATOR
)  # fmt: skip
# The pages of one ticket: who has them to do, and in which state it then is.
OF_A_TICKET = {
    "tickets:slip": (R.HOTLINE_OPERATOR, S.NEW),
    "tickets:phone": (R.HANDLER, S.IN_PROGRESS),
    "tickets:accept": (R.HANDLER, S.DISPATCHED),
    "tickets:contact": (R.HANDLER, S.IN_PROGRESS),
    "tickets:arrive": (R.HANDLER, S.IN_PROGRESS),
    "tickets:done": (R.HANDLER, S.IN_PROGRESS),
    "tickets:dispatch": (R.DISPATCHER, S.NEW),
    "tickets:reassign": (R.UNIT_LEADER, S.IN_PROGRESS),
    "tickets:urge": (R.HOTLINE_OPERATOR, S.IN_PROGRESS),
    "tickets:review": (R.QUALITY_REVIEWER, S.DONE_PENDING_REVIEW),
    "tickets:supervise": (R.SUPERVISOR, S.DISPATCHED),
    "tickets:cancel": (R.SUPERVISOR, S.NEW),
    "tickets:reopen": (R.SUPERVISOR, S.CLOSED),
    "surveys:of-ticket": (R.CALLBACK_AGENT, S.CALLBACK),
    "tickets:access": (R.SUPERVISOR, S.IN_PROGRESS),
    "tickets:accused": (R.SUPERVISOR, S.IN_PROGRESS),
    "tickets:clocks": (R.SUPERVISOR, S.IN_PROGRESS),
    "tickets:acknowledge": (R.SUPERVISOR, S.IN_PROGRESS),
    "tickets:replan": (R.SUPERVISOR, S.IN_PROGRESS),
    "tickets:return": (R.UNIT_LEADER, S.IN_PROGRESS),
    "tickets:transfer": (R.DISPATCHER, S.IN_PROGRESS),
    "tickets:adjudicate": (R.SUPERVISOR, S.NEW),
    "tickets:suspend": (R.HANDLER, S.IN_PROGRESS),
    "tickets:resume": (R.SUPERVISOR, S.IN_PROGRESS),
    "tickets:extend": (R.UNIT_LEADER, S.IN_PROGRESS),
    "tickets:supervise-now": (R.SUPERVISOR, S.DISPATCHED),
    "tickets:report-back": (R.UNIT_LEADER, S.IN_PROGRESS),
    "tickets:ask-again": (R.SUPERVISOR, S.IN_PROGRESS),
    "tickets:hand-on": (R.SUPERVISOR, S.IN_PROGRESS),
    "tickets:end-supervision": (R.SUPERVISOR, S.IN_PROGRESS),
    "tickets:annotate": (R.EXECUTIVE, S.IN_PROGRESS),
    "tickets:meeting-decide": (R.SUPERVISOR, S.IN_PROGRESS),
    "tickets:dispute": (R.UNIT_LEADER, S.IN_PROGRESS),
    "tickets:finding": (R.QUALITY_REVIEWER, S.CALLBACK),
    "tickets:promise": (R.HOTLINE_OPERATOR, S.IN_PROGRESS),
    "tickets:confirm": (R.HOTLINE_OPERATOR, S.DONE_PENDING_REVIEW),
    "tickets:merge": (R.DISPATCHER, S.NEW),
    "tickets:unmerge": (R.DISPATCHER, S.NEW),
    "tickets:children": (R.UNIT_LEADER, S.IN_PROGRESS),
    "tickets:split": (R.DISPATCHER, S.NEW),
    "tickets:link": (R.HOTLINE_OPERATOR, S.NEW),
    "tickets:invite": (R.UNIT_LEADER, S.IN_PROGRESS),
    "tickets:follow-up": (R.HANDLER, S.IN_PROGRESS),
    "tickets:refer": (R.HANDLER, S.IN_PROGRESS),
    "tickets:refuse": (R.HANDLER, S.IN_PROGRESS),
    "tickets:give-full-list": (R.HANDLER, S.IN_PROGRESS),
    "tickets:book": (R.HANDLER, S.IN_PROGRESS),
    "tickets:appointment-move": (R.HANDLER, S.IN_PROGRESS),
    "tickets:appointment-settle": (R.HANDLER, S.IN_PROGRESS),
    "tickets:withdraw": (R.HOTLINE_OPERATOR, S.IN_PROGRESS),
    "tickets:withdrawal-number": (R.CALLBACK_AGENT, S.IN_PROGRESS),
    "tickets:reclassify": (R.QUALITY_REVIEWER, S.IN_PROGRESS),
    "tickets:priority": (R.SUPERVISOR, S.IN_PROGRESS),
}
# Names that are the same in both languages, the letter of A/B岗, and the name of the time zone.
KEPT_LATIN = frozenset(
    {"B", "XLSX", "CSV", "Excel", "gzip", "QR", "MB", "GB", "Asia", "Shanghai", "ERP", "https"}
)
# What is typed into a field or a note below.
TYPED = frozenset({"抢修", "nothing-of-the-sort", "家有病人。", "占线后无人接。"})
# Where a page shows other rows under other words of its address.
QUERIES = {
    "tickets:list": ("", "?q=抢修", "?q=nothing-of-the-sort", "?state=closed&kind=COMPLAINT"),
    "tickets:work": ("", "?tab=sign", "?tab=unit", "?tab=review", "?tab=tracked"),
    "tickets:overdue": ("", "?part=soon", "?clock=reply", "?unit=EAST-1", "?holder=2001"),
    "tickets:policy-try": ("", "?kind=COMPLAINT&category=power-complaint-staff", "?kind=FAULT"),
    "tickets:intake-caller": ("", "?who=13900000001", "?who=unknown"),
    "customers:find": ("", "?q=李测试", "?q=unknown"),
    "notifications:outgoing": tuple(f"?state={state}" for state in outgoing.TABS),
    "reports:month": ("", "?month=2026-03", "?month=2026-03&unit=EAST-1"),
    "reports:tickets": ("?month=2026-03&figure=received", "?month=2026-02&figure=satisfied"),
}


@dataclass(frozen=True)
class Desk:
    """A desk on which everything has happened at least once."""

    cast: Cast
    numbers: list[str]
    to_decide: str
    shown: dict[State, str]
    callback: int
    link: str
    said: frozenset[str]


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """Filled by the desk's own verbs."""
    with translation.override(ZH):
        return _filled(cast)


def _filled(cast: Cast) -> Desk:
    surveys_presetting.load(by=None, at=cast.at)
    Customer.objects.filter(pk=cast.customer.pk).update(is_key_account=True, care_note="家有病人。")
    a_link = made.a_link(cast)[1]
    to_decide, _at = made.unsatisfied_twice(cast)
    shown = {state: a_ticket(cast, state=state).number for state in STATES}
    for kind in (Kind.FAULT, Kind.REPORT, Kind.ENQUIRY, Kind.PRAISE):
        a_ticket(cast, kind=kind, state=State.IN_PROGRESS)
    a_ticket(cast, is_anonymous=True, customer=None, account=None)
    settled_on_the_spot(cast)
    invitation, at = made.a_taken_callback(cast)
    callbacks.record_attempt(
        invitation=invitation, result=Result.NO_ANSWER, note="占线后无人接。",
        by=cast.callback_agent, at=at,
    )
    busy = Ticket.objects.get(number=shown[State.IN_PROGRESS])
    _everything_happens(cast, busy)
    Deadline.objects.exclude(ticket=busy).delete()
    escalation.fire_due(by=None, at=cast.at + timedelta(days=40))
    numbers = list(Ticket.objects.order_by("id").values_list("number", flat=True))
    return Desk(
        cast=cast, numbers=numbers, to_decide=to_decide.number, shown=shown,
        callback=invitation.pk, link=a_link, said=_said(cast),
    )  # fmt: skip


def _everything_happens(cast: Cast, ticket: Ticket) -> None:
    """One ticket on which every move is made that leaves it with its unit."""
    at = ticket.latest_event_at + timedelta(minutes=1)
    for is_reached, note in ((False, "无人接听。"), (True, "约好下午上门。")):
        contact.record(
            ticket=ticket, means=Means.PHONE, is_reached=is_reached, note=note, by=cast.handler,
            at=at,
        )  # fmt: skip
    contact.arrive(ticket=ticket, arrived_at=at, by=cast.handler, at=at)
    supervision.urge(ticket=ticket, note="客户又来电。", by=cast.operator, at=at)
    supervision.supervise(ticket=ticket, reason="影响较大。", by=cast.supervisor, at=at)
    dispatching.reassign(
        ticket=ticket, to=cast.field_worker, reason="离得近。", by=cast.leader, at=at
    )
    lifecycle.report_done(
        ticket=ticket, result="已更换。", is_customer_told=False, no_reply_reason="无人接听。",
        by=cast.field_worker, at=at,
    )  # fmt: skip
    lifecycle.reject(ticket=ticket, reason="请补充照片。", by=cast.reviewer, at=at)


def _said(cast: Cast) -> frozenset[str]:
    """Names, and what people typed: they stay as they are in any language."""
    said = {person.name_zh for person in cast.everyone().values()}
    said |= {cast.customer.name, masking.name(cast.customer.name)} | TYPED
    for ticket in Ticket.objects.all():
        said |= {ticket.text, ticket.subject, ticket.result, ticket.address, ticket.no_reply_reason}
        said |= {masking.name(ticket.contact_name), masking.address(ticket.address)}
    for told in (*Event.objects.all(), *Outbox.objects.all()):
        said |= {value for value in told.facts.values() if isinstance(value, str)}
    return frozenset(said - {""})


def _patterns() -> dict[str, frozenset[str]]:
    """The full name of every address of the desk and what it asks for."""
    found: dict[str, frozenset[str]] = {}

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> None:
        for one in patterns:
            if isinstance(one, URLResolver):
                walk(one.url_patterns, f"{prefix}{one.namespace}:" if one.namespace else prefix)
            elif one.name:
                found[prefix + one.name] = frozenset(one.pattern.converters)

    walk(get_resolver().url_patterns, "")
    return found


def _addresses(desk: Desk, role: Role | None) -> list[str]:
    """The addresses of the desk that a role comes to, with rows that exist behind them."""
    found = []
    for name, wanted in sorted(_patterns().items()):
        queries = QUERIES.get(name, ("",)) if role == R.SUPERVISOR else ("",)
        paths = [reverse(name, kwargs=asked) for asked in _asked(desk, name, wanted, role)]
        found += [path + query for path in paths for query in queries]
    return found


def _numbers(desk: Desk, name: str, role: Role | None) -> tuple[str, ...]:
    if name == "tickets:ticket":
        return tuple(desk.numbers) if role == R.SUPERVISOR else (desk.shown[S.IN_PROGRESS],)
    if name == "surveys:decide":
        return (desk.to_decide,) if role == R.SUPERVISOR else ()
    doer, state = OF_A_TICKET[name]
    return (desk.shown[state],) if role == doer else ()


def _asked(
    desk: Desk, address: str, wanted: frozenset[str], role: Role | None
) -> list[dict[str, object]]:
    """What an address can be asked with; one that this does not know is a page not looked at."""
    if wanted == {"number"}:
        return [{"number": number} for number in _numbers(desk, address, role)]
    known: dict[str, tuple[object, ...]] = {
        "invitation_id": (desk.callback,),
        "token": (desk.link, "never-issued"),
        "pk": (desk.cast.customer.pk,),
        "job_id": (0,),
        "code": _codes(address),
        "use": ("complaint_like",),
    }
    if not wanted:
        return [{}]
    if len(wanted) > 1:
        return [{"number": desk.shown[S.IN_PROGRESS], "pk": 0}] if "number" in wanted else []
    (name,) = wanted
    return [{name: value} for value in known[name]]


def _codes(address: str) -> tuple[str, ...]:
    """What the addresses that take a code know."""
    if address == "tickets:checklist":
        return tuple(Checklist.objects.values_list("code", flat=True)[:2])
    if address.startswith("tickets:calendar"):
        return ("working-days-cn",)
    if address.startswith("tickets:policy"):
        return ("power-complaint", "telecom-fault-cable")
    if address.startswith("tickets:preset"):
        return ("power-complaint-older", "power-request-reading-internal", "ni-complaint")
    if address == "tickets:body":
        return tuple(OutsideBody.objects.values_list("code", flat=True)[:2])
    return tuple(watch.BY_CODE) if address == "reports:watch-list" else ("ping-pong",)


def _pages(desk: Desk, role: Role | None, language: str) -> Iterator[tuple[str, str]]:
    """Each page that answers a GET in words, whatever its status."""
    client = _client(desk, role, language)
    for address in _addresses(desk, role):
        response = client.get(address)
        assert response.status_code != 500, address
        is_page = response["Content-Type"].startswith("text/html") and not response.streaming
        if is_page and response.status_code not in {301, 302, 405}:
            yield address, response.content.decode()


def _client(desk: Desk, role: Role | None, language: str) -> Client:
    client = Client()
    if role is not None:
        client.force_login(_person(desk, role))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


def _latin_words(html: str, desk: Desk) -> set[str]:
    found = set()
    for text in reading.words(html, without_language="en"):
        found |= {text for word in reading.latin(_unsaid(text, desk)) if word not in KEPT_LATIN}
    return found


def _chinese_words(html: str, desk: Desk) -> set[str]:
    texts = reading.words(html, without_language="zh")
    return {text for text in texts if reading.chinese(_unsaid(text, desk))}


def _unsaid(text: str, desk: Desk) -> str:
    """The text without the names and without what people typed."""
    for words in sorted(desk.said, key=len, reverse=True):
        text = text.replace(words, " ")
    return text


def _person(desk: Desk, role: Role) -> Staff:
    return next(one for one in desk.cast.everyone().values() if one.has(role))


def test_every_page_of_every_role_is_chinese(desk: Desk, subtests: pytest.Subtests) -> None:
    for role in Role:
        with subtests.test(role=role):
            _check(desk, role, ZH, _latin_words)


def test_every_page_of_every_role_is_english(desk: Desk, subtests: pytest.Subtests) -> None:
    for role in ENGLISH:
        with subtests.test(role=role):
            _check(desk, role, EN, _chinese_words)


def test_what_a_customer_sees_is_in_their_language(desk: Desk) -> None:
    _check(desk, None, ZH, _latin_words)
    _check(desk, None, EN, _chinese_words)


@pytest.mark.parametrize(("language", "foreign"), [(ZH, reading.latin), (EN, reading.chinese)])
def test_a_message_is_in_the_language_of_who_gets_it(
    desk: Desk, language: str, foreign: Callable[[str], list[str]]
) -> None:
    messages = {(one.channel, one.template): one for one in Outbox.objects.all()}
    assert len(messages) >= 4
    for message in messages.values():
        message.language = language
        said = " ".join(wording.of(message))
        assert foreign(_unsaid(said, desk)) == [], said


@pytest.mark.parametrize("language", [ZH, EN])
def test_an_empty_form_is_refused_in_the_readers_language(desk: Desk, language: str) -> None:
    busy, reported = desk.shown[S.IN_PROGRESS], desk.shown[S.DONE_PENDING_REVIEW]
    for role, address in (
        (R.HOTLINE_OPERATOR, reverse("tickets:intake")),
        (R.HANDLER, reverse("tickets:contact", args=[busy])),
        (R.HANDLER, reverse("tickets:done", args=[busy])),
        (R.UNIT_LEADER, reverse("tickets:reassign", args=[busy])),
        (R.QUALITY_REVIEWER, reverse("tickets:review", args=[reported])),
        (R.CALLBACK_AGENT, reverse("surveys:call", args=[desk.callback])),
    ):
        client = _client(desk, role, language)
        response = client.post(address, {"key": str(uuid4()), "version": "1"})
        assert response.status_code == 422, address
        foreign = _latin_words if language == ZH else _chinese_words
        assert foreign(response.content.decode(), desk) == set(), address


def _check(
    desk: Desk, role: Role | None, language: str, foreign: Callable[[str, Desk], set[str]]
) -> None:
    pages = list(_pages(desk, role, language))
    assert len(pages) > (3 if role is None else 20)
    found = [f"{page}: {text}" for page, html in pages for text in sorted(foreign(html, desk))]
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def test_reading_sees_what_people_see_and_no_more() -> None:
    html = (
        '<html lang="zh-hans"><script>no</script><p title="said">Seen<br><kbd>F2</kbd> and'
        '<span lang="en">English <b>too</b></span> more</p><input placeholder="typed"></html>'
    )
    found = reading.words(html, without_language="en")
    assert found == ["said", "Seen", "and", "more", "typed"]
