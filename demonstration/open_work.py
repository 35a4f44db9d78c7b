"""The last hours before somebody looks: open work of every kind, for every role (verb).

Everything happens through the real verbs, a few minutes after one another, and ends by `until`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from demonstration import detour_texts as texts
from demonstration import texts as matters
from demonstration.lives import DAY, HOUR, MINUTE
from demonstration.story import World
from organisation.models import Staff, Unit
from tickets import (
    approvals,
    booking,
    catching_up,
    co_handling,
    confidence,
    contact,
    dispatching,
    disputing,
    executive_notes,
    findings,
    follow_ups,
    handing_over,
    held_work,
    intake,
    lifecycle,
    meetings,
    merging,
    promising,
    readings,
    returning,
    splitting,
    supervision,
)
from tickets.approvals import Matter, Wanted
from tickets.found import Held, Ruling
from tickets.kinds import Channel, Kind, Means, ReturnReason
from tickets.models import Finding, HandOver, Responsible, Ticket
from tickets.states import State

# What a second call about the same matter has in common with the first.
_THE_SAME = ("customer", "account", "premises", "territory", "address", "contact_name", "language")
_PREFIX = {"LJP": "power", "LJT": "telecom"}


@dataclass
class _Desk:
    """The hours before `until`: `at` is the next free instant."""

    world: World
    until: datetime
    at: datetime
    count: int = 0
    touched: list[Ticket] = field(default_factory=list)

    def who(self, number: str) -> Staff:
        return self.world.staff[number]

    def unit(self, code: str) -> Unit:
        return self.world.units[code]

    def tick(self, ticket: Ticket | None = None) -> datetime:
        """The next instant; what fell due on the ticket before it is on record."""
        self.at = min(self.at + MINUTE, self.until)
        if ticket is not None:
            ticket.refresh_from_db()
            catching_up.judge_past(ticket=ticket, until=self.at, by=None, at=self.until)
        return self.at

    def logged(self, category: str, by: str, **changes: object) -> Ticket:
        """A new ticket of the category, by the clerk or operator."""
        chosen = self.world.categories[category]
        fit = [one for one in self.world.customers if chosen.utility in one[2]]
        customer, premises, accounts = fit[self.count % len(fit)]
        self.count += 1
        is_english = customer.language == "en"
        words = matters.MATTERS[category][0]
        text = (words[1] if is_english and words[1] else words[0]).format(
            place=premises.address, days=3, hour=19, amount=86, minutes=40
        )
        wanted: dict[str, object] = {
            "kind": Kind(chosen.kind), "category": chosen, "channel": Channel.HOTLINE,
            "text": text, "customer": customer, "premises": premises,
            "account": accounts[chosen.utility], "territory": premises.territory,
            "address": premises.address, "contact_name": customer.name,
            "contact_phone": customer.phone, "language": customer.language,
        }  # fmt: skip
        request = intake.Request(**wanted | changes)  # type: ignore[arg-type]
        ticket = intake.receive(request=request, by=self.who(by), at=self.tick())
        self.touched.append(ticket)
        return ticket

    def sent(self, category: str, by: str, to: str, **changes: object) -> Ticket:
        """Dispatched to the unit and not signed for."""
        ticket = self.logged(category, by, **changes)
        return dispatching.dispatch(
            ticket=ticket, to=self.unit(to), by=self.who("dispatcher"), at=self.tick()
        )

    def signed(self, category: str, by: str, to: str, hand: str, **changes: object) -> Ticket:
        """In progress with the person, who has spoken with the customer."""
        ticket = self.sent(category, by, to, **changes)
        ticket = dispatching.accept(ticket=ticket, by=self.who(hand), at=self.tick())
        return contact.record(
            ticket=ticket, means=Means.PHONE, is_reached=True, note=matters.CONTACT[0],
            by=self.who(hand), at=self.tick(),
        )  # fmt: skip


def leave(*, world: World, until: datetime) -> list[Ticket]:
    """What is open on every list at `until`; the tickets it wrote."""
    desk = _Desk(world, until, until - 5 * HOUR)
    steps: tuple[Callable[[_Desk], None], ...] = (
        _board, _requests, _arranged, _together, _oversight, _judged, _in_confidence,
        _from_shift_to_shift,
    )  # fmt: skip
    for step in steps:
        step(desk)
    for ticket in desk.touched:
        ticket.refresh_from_db()
        catching_up.judge_past(ticket=ticket, until=until, by=None, at=until)
    return desk.touched


def _board(desk: _Desk) -> None:
    """To dispatch, to sign, returned once, to be ruled upon."""
    new = desk.logged("power-complaint-late-crew", "clerk", channel=Channel.COUNTER)
    dispatcher = desk.who("dispatcher")
    follow_ups.promise(
        ticket=new, text=texts.FOLLOW_UP[0], due_at=desk.until + DAY, staff=dispatcher,
        by=dispatcher, at=desk.tick(),
    )  # fmt: skip
    desk.sent("power-complaint-frequent", "operator", "LJP-E-S")
    once = desk.sent("power-fault-meter", "operator", "LJP-E-R")
    _give_back(desk, once, "leader", "LJP-W-S")
    twice = desk.sent("power-complaint-frequent", "operator", "LJP-E-S")
    twice = _give_back(desk, twice, "P2001", "LJP-E-R")
    twice = dispatching.dispatch(
        ticket=twice, to=desk.unit("LJP-E-R"), by=desk.who("dispatcher"), at=desk.tick(twice)
    )
    _give_back(desk, twice, "leader", "LJP-E-S")


def _give_back(desk: _Desk, ticket: Ticket, by: str, proposed: str) -> Ticket:
    return returning.give_back(
        ticket=ticket, reason_code=ReturnReason.OTHER_DUTY, reason=texts.RETURNS[0][0],
        proposed=desk.unit(proposed), by=desk.who(by), at=desk.tick(ticket),
    )  # fmt: skip


def _requests(desk: _Desk) -> None:
    """One of each matter waits for its decision."""
    fault = desk.signed("power-fault-low-voltage", "operator", "LJP-E-R", "field")
    _ask(desk, fault, "field", Wanted(
        Matter.RETURN, texts.RETURNS[1][0], reason_code=ReturnReason.OTHER_DUTY,
        proposed_unit=desk.unit("LJP-E-S"),
    ))  # fmt: skip
    complaint = desk.signed("power-complaint-frequent", "operator", "LJP-E-S", "handler")
    code, words = texts.RESTS[0]
    _ask(desk, complaint, "handler", Wanted(
        Matter.SUSPENSION, words[0], reason_code=code, until=desk.until + 3 * DAY
    ))  # fmt: skip
    _ask(desk, complaint, "P2001", Wanted(
        Matter.EXTENSION, texts.EXTENDS[0], clock="reply", until=desk.until + 30 * DAY
    ))  # fmt: skip
    withdrawn = desk.signed("power-complaint-staff", "operator", "LJP-E-S", "P2003")
    _ask(desk, withdrawn, "operator", Wanted(Matter.WITHDRAWAL, texts.WITHDRAWS[0]))
    kind = Kind.OPINION
    category = next(one for one in desk.world.categories.values() if one.code.startswith("power-opinion-"))
    _ask(desk, withdrawn, "reviewer", Wanted(
        Matter.RECLASSIFICATION, texts.RECLASSIFIES[0], new_kind=kind, new_category=category
    ))  # fmt: skip


def _ask(desk: _Desk, ticket: Ticket, by: str, wanted: Wanted) -> None:
    approvals.ask(ticket=ticket, wanted=wanted, by=desk.who(by), at=desk.tick(ticket))


def _arranged(desk: _Desk) -> None:
    """Appointments of today, promised updates and promises still to be kept."""
    midnight = timezone.localtime(desk.until).replace(hour=0, minute=0, second=0, microsecond=0)
    begins = max(midnight, desk.until - 30 * MINUTE)
    for by, hand, unit in (("clerk", "field", "LJP-E-R"), ("operator", "P2007", "LJP-E-R"), ("T1005", "T2002", "LJT-N-I")):
        prefix = _PREFIX[unit[:3]]
        category = f"{prefix}-request-meter-test" if prefix == "power" else "telecom-request-install"
        ticket = desk.logged(category, by, channel=Channel.COUNTER)
        dispatcher = desk.who("dispatcher" if prefix == "power" else "T1003")
        ticket = dispatching.dispatch(ticket=ticket, to=desk.unit(unit), by=dispatcher, at=desk.tick())
        ticket = dispatching.accept(ticket=ticket, by=desk.who(hand), at=desk.tick())
        booking.book(
            ticket=ticket, from_at=begins, to_at=begins + 4 * HOUR,
            staff=desk.who(hand), by=desk.who(hand), at=desk.tick(),
        )  # fmt: skip
        ticket.refresh_from_db()
        promising.promise_update(
            ticket=ticket, until=desk.until + 4 * HOUR, means=Means.PHONE, is_told=True,
            by=desk.who(by), at=desk.tick(),
        )  # fmt: skip
        follow_ups.promise(
            ticket=ticket, text=texts.FOLLOW_UP[0], due_at=desk.until + 2 * DAY,
            staff=desk.who(by), by=desk.who(by), at=desk.tick(),
        )  # fmt: skip
    waiting = desk.world.staff["callback"]
    answered = Ticket.objects.filter(state=State.CALLBACK, scope_path__contains="/LJP/").order_by("pk").first()
    if answered is not None:
        follow_ups.promise(
            ticket=answered, text=texts.KEPT[0], due_at=desk.until + DAY, staff=waiting,
            by=waiting, at=desk.tick(answered),
        )  # fmt: skip


def _together(desk: _Desk) -> None:
    """Joint handling, duplicates merged and answered, one split in two."""
    lead = desk.signed("power-fault-area", "operator", "LJP-E-R", "field")
    same = {name: getattr(lead, name) for name in _THE_SAME}
    double = desk.logged("power-fault-area", "P1002", **same)
    other = desk.logged("power-fault-area", "P1003", **same)
    for child in (double, other):
        merging.merge(
            child=child, parent=lead, reason=matters.URGES[0][0], by=desk.who("dispatcher"),
            at=desk.tick(lead),
        )  # fmt: skip
    field_worker = desk.who("field")
    lead = contact.arrive(ticket=lead, arrived_at=None, by=field_worker, at=desk.tick(lead))
    lifecycle.report_done(
        ticket=lead, result=matters.RESULTS["FAULT"][0][0], is_customer_told=True,
        by=field_worker, at=desk.tick(),
    )  # fmt: skip
    merging.answer(
        child=double, result=matters.RESULTS["FAULT"][0][0], is_customer_told=True,
        by=desk.who("field"), at=desk.tick(double),
    )  # fmt: skip
    helped = desk.signed("power-complaint-frequent", "operator", "LJP-E-S", "handler")
    for unit, due in (("LJP-E-R", desk.at + 10 * MINUTE), ("LJP-W-S", desk.until + DAY)):
        co_handling.invite(
            ticket=helped, unit=desk.unit(unit), text=texts.HELP[0], due_at=due,
            by=desk.who("dispatcher"), at=desk.tick(),
        )  # fmt: skip
    desk.at += 20 * MINUTE
    meetings.decide(
        ticket=helped, text=texts.DECISION[0], unit=desk.unit("LJP-E-S"),
        due_at=desk.until + 2 * DAY, by=desk.who("liaison"), at=desk.tick(helped),
    )  # fmt: skip
    whole = desk.logged("power-complaint-frequent", "clerk", channel=Channel.COUNTER)
    parts = [
        splitting.Part(Kind.FAULT, desk.world.categories["power-fault-meter"], matters.MATTERS["power-fault-meter"][0][0].format(place=whole.address)),
    ]
    desk.touched += splitting.split(
        ticket=whole, parts=parts, by=desk.who("dispatcher"), at=desk.tick()
    )


def _oversight(desk: _Desk) -> None:
    """Chased three times, an executive's note, a reception day, one that went past its unit."""
    chased = desk.signed("power-complaint-late-crew", "operator", "LJP-E-S", "handler")
    for number in range(3):
        desk.at += 11 * MINUTE
        chased = supervision.urge(
            ticket=chased, note=f"{matters.URGES[number % 2][0]}（{number + 1}）",
            by=desk.who("operator"), at=desk.tick(chased),
        )  # fmt: skip
    executive = desk.who("executive")
    noted = desk.logged(
        "power-complaint-staff", "clerk", channel=Channel.RECEPTION_DAY,
        received_by_leader=executive, is_petition=True,
    )  # fmt: skip
    executive_notes.annotate(
        ticket=noted, text=texts.NOTE[0], staff=desk.who("supervisor"), by=executive,
        at=desk.tick(noted),
    )
    executive_notes.annotate(
        ticket=noted, text=texts.NOTE[0], staff=desk.who("reviewer"), by=executive,
        at=desk.tick(noted),
    )
    desk.logged("power-complaint-staff", "operator", channel=Channel.EXECUTIVE)
    desk.logged(
        "power-complaint-frequent", "clerk", channel=Channel.BYPASS, bypassed=chased
    )
    dispute = disputing.open(
        ticket=chased, against=desk.unit("LJP-E-R"), matter=texts.DISPUTE[0],
        by=desk.who("P2001"), at=desk.tick(chased),
    )
    disputing.answer(
        dispute=dispute, text=texts.DISPUTE_ANSWER[0], by=desk.who("leader"), at=desk.tick()
    )
    watched = desk.signed("power-complaint-frequent", "operator", "LJP-E-S", "P2003")
    supervision.supervise(
        ticket=watched, reason=matters.SUPERVISES[0], by=desk.who("supervisor"), at=desk.tick()
    )


def _judged(desk: _Desk) -> None:
    """Upheld with an appeal that waits, partly, and not."""
    Verdict, Part = Finding.Verdict, Responsible.Part  # noqa: N806
    cases = (
        ("LJP-E-R", "field", Verdict.UPHELD), ("LJP-E-S", "handler", Verdict.PARTLY),
        ("LJP-E-S", "P2003", Verdict.NOT_UPHELD),
    )  # fmt: skip
    for unit, hand, verdict in cases:
        ticket = desk.signed("power-complaint-late-crew", "operator", unit, hand)
        ticket = lifecycle.report_done(
            ticket=ticket, result=matters.RESULTS["COMPLAINT"][0][0], is_customer_told=True,
            by=desk.who(hand), at=desk.tick(),
        )  # fmt: skip
        chain = [Held(desk.unit(unit), Part.DIRECT, desk.who(hand))]
        ruling = Ruling(verdict, texts.FINDINGS[verdict][0], [] if verdict == Verdict.NOT_UPHELD else chain)
        finding = findings.record(ticket=ticket, ruling=ruling, by=desk.who("P3002"), at=desk.tick())
        if verdict == Verdict.UPHELD:
            findings.appeal(
                finding=finding, grounds=texts.APPEAL[0], by=desk.who(hand), at=desk.tick()
            )


def _in_confidence(desk: _Desk) -> None:
    """A report about a station, with a reader named for it, and looked at."""
    supervisor = desk.who("P4002")
    category = next(one for one in matters.MATTERS if one.startswith("power-report"))
    report = desk.logged(category, "operator", is_anonymous=True, accused_unit=desk.unit("LJP-W-S"))
    report = dispatching.dispatch(
        ticket=report, to=desk.unit("LJP-A"), by=supervisor, at=desk.tick()
    )
    confidence.name_reader(
        ticket=report, staff=desk.who("reviewer"), reason=texts.READER[0], by=desk.who("supervisor"),
        at=desk.tick(),
    )  # fmt: skip
    for number in ("supervisor", "reviewer"):
        readings.record(
            ticket_id=report.pk, page="tickets:ticket", by=desk.who(number), at=desk.tick()
        )


def _from_shift_to_shift(desk: _Desk) -> None:
    """One list signed, one that waits for its signature."""
    for giver, successor, is_signed in (("P1002", "operator", True), ("P1003", "operator", False)):
        held = [one for one in held_work.of(desk.who(giver)) if one.duty == "tracker"][:2]
        if not held:
            continue
        made = handing_over.make(
            giver=desk.who(giver), successor=desk.who(successor), ground=HandOver.Ground.SHIFT,
            pieces=held, note=texts.SHIFT[0], by=desk.who(giver), at=desk.tick(),
        )  # fmt: skip
        if is_signed:
            handing_over.sign(hand_over=made, by=desk.who(successor), at=desk.tick())
