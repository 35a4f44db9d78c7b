"""The acts of responsibility: returns, rests, tasks, merges, hand-overs, findings of fault. Imported
for its entries in `acts.ACTS`."""

from datetime import timedelta
from typing import TypeVar

from django.db.models import Model, QuerySet

from organisation.models import Staff
from servicedesk.lib.errors import DeskError
from surveys import invitations
from tests.factories.tickets import CATEGORIES
from tests.tickets.acts import World, act
from tickets import (
    adjudication,
    approvals,
    booking,
    co_handling,
    confidence,
    disclosing,
    dispatching,
    disputing,
    ending,
    executive_notes,
    follow_ups,
    handing_over,
    held_work,
    linking,
    meetings,
    merging,
    promising,
    referring,
    refusing,
    resuming,
    returning,
    splitting,
    supervision,
    tasks,
    telling,
    weighing,
)
from tickets.kinds import (
    GivenBy,
    Kind,
    Level,
    Means,
    Priority,
    ReturnReason,
    SuspensionReason,
)
from tickets.management.commands import run_deadlines
from tickets.models import Appointment, Approval, Dispute, HandOver, Link, Task, Ticket
from tickets.states import Move

Row = TypeVar("Row", bound=Model)


REASONS: dict[str, list[str]] = {
    Approval.Matter.RETURN: [str(code) for code in ReturnReason],
    Approval.Matter.SUSPENSION: [str(code) for code in SuspensionReason],
}


class NothingThere(DeskError):
    """There is nothing of that sort to do it to."""


def one_of(world: World, rows: QuerySet[Row]) -> Row:
    found = list(rows.order_by("pk"))
    if not found:
        raise NothingThere
    return world.random.choice(found)


@act(Move.RETURN)
def give_back(world: World, ticket: Ticket, by: Staff) -> None:
    returning.give_back(
        ticket=ticket, reason_code=world.random.choice(list(ReturnReason)),
        reason=world.words(), proposed=world.unit(), by=by, at=world.at,
    )  # fmt: skip


@act(Move.ADJUDICATE)
def adjudicate(world: World, ticket: Ticket, by: Staff) -> None:
    adjudication.adjudicate(
        ticket=ticket, to=world.unit(), basis=world.words()[:100], reason=world.words(), by=by,
        at=world.at,
    )  # fmt: skip


@act(Move.TRANSFER)
def transfer(world: World, ticket: Ticket, by: Staff) -> None:
    dispatching.transfer(ticket=ticket, to=world.unit(), reason=world.words(), by=by, at=world.at)


@act(Move.ASK)
def ask(world: World, ticket: Ticket, by: Staff) -> None:
    kind = world.random.choice(list(CATEGORIES))
    clocks = list(ticket.clocks.values_list("name", flat=True)) or [""]
    matter = world.random.choice(list(Approval.Matter))
    codes = REASONS.get(matter, [""])
    wanted = approvals.Wanted(
        matter=matter, reason=world.words(), reason_code=world.random.choice(codes),
        proposed_unit=world.unit(), clock=world.random.choice(clocks), until=world.moment(),
        new_kind=kind, new_category=world.cast.category(CATEGORIES[kind]),
    )  # fmt: skip
    approvals.ask(ticket=ticket, wanted=wanted, by=by, at=world.at)


@act(None)
def grant(world: World, ticket: Ticket, by: Staff) -> None:
    asked = one_of(world, Approval.objects.filter(ticket=ticket, decided_at=None))
    decider = world.random.choice([by, world.cast.supervisor, world.cast.callback_agent])
    approvals.grant(approval=asked, note=world.reason(), by=decider, at=world.at)


@act(None)
def refuse_request(world: World, ticket: Ticket, by: Staff) -> None:
    asked = one_of(world, Approval.objects.filter(ticket=ticket, decided_at=None))
    approvals.refuse(approval=asked, note=world.words(), by=by, at=world.at)


@act(Move.RESUME)
def resume(world: World, ticket: Ticket, by: Staff) -> None:
    resuming.resume(ticket=ticket, reason=world.words(), by=by, at=world.at)


@act(Move.OPEN_TASK)
def invite(world: World, ticket: Ticket, by: Staff) -> None:
    co_handling.invite(
        ticket=ticket, unit=world.unit(), text=world.words(), due_at=world.moment(), by=by,
        at=world.at,
    )  # fmt: skip


@act(Move.OPEN_TASK)
def promise_follow_up(world: World, ticket: Ticket, by: Staff) -> None:
    follow_ups.promise(
        ticket=ticket, text=world.words(), due_at=world.moment(), staff=world.person(), by=by,
        at=world.at,
    )  # fmt: skip


@act(Move.SIGN_TASK)
def sign_task(world: World, ticket: Ticket, by: Staff) -> None:
    tasks.sign(task=one_of(world, Task.objects.filter(ticket=ticket)), by=by, at=world.at)


@act(Move.FINISH_TASK)
def finish_task(world: World, ticket: Ticket, by: Staff) -> None:
    task = one_of(world, Task.objects.filter(ticket=ticket))
    tasks.finish(task=task, result=world.words(), by=by, at=world.at)


@act(Move.DROP_TASK)
def drop_task(world: World, ticket: Ticket, by: Staff) -> None:
    task = one_of(world, Task.objects.filter(ticket=ticket))
    tasks.drop(task=task, reason=world.words(), by=by, at=world.at)


@act(Move.SPLIT)
def split(world: World, ticket: Ticket, by: Staff) -> None:
    kind = world.random.choice([Kind.COMPLAINT, Kind.ENQUIRY, Kind.REQUEST])
    part = splitting.Part(kind, world.cast.category(CATEGORIES[kind]), world.words())
    parts = [part] * world.random.randint(0, 2)
    for child in splitting.split(ticket=ticket, parts=parts, by=by, at=world.at):
        world.tickets.append(child.pk)


@act(Move.MERGE)
def merge(world: World, ticket: Ticket, by: Staff) -> None:
    merging.merge(
        child=ticket, parent=world.another(ticket), reason=world.words(), by=by, at=world.at
    )


@act(Move.UNMERGE)
def unmerge(world: World, ticket: Ticket, by: Staff) -> None:
    merging.unmerge(child=ticket, reason=world.words(), by=by, at=world.at)


@act(Move.ANSWER_CHILD)
def answer_child(world: World, ticket: Ticket, by: Staff) -> None:
    merging.answer(
        child=ticket, result=world.words(), is_customer_told=world.flag(),
        no_reply_reason=world.words()[:200], by=by, at=world.at,
    )  # fmt: skip


@act(Move.LINK)
def link(world: World, ticket: Ticket, by: Staff) -> None:
    linking.link(
        ticket=ticket, other=world.another(ticket), meaning=world.random.choice(list(Link.Meaning)),
        by=by, at=world.at,
    )  # fmt: skip


@act(Move.REFER)
def refer(world: World, ticket: Ticket, by: Staff) -> None:
    handed = referring.Handed(
        body=world.words()[:100], contact=world.words()[:100], their_number="", note="",
        taken_over_by=world.words()[:60], taken_over_at=world.moment(),
    )  # fmt: skip
    told = ending.Told(world.words(), world.flag(), world.words()[:200])
    referring.refer(ticket=ticket, handed=handed, told=told, by=by, at=world.at)


@act(Move.REFUSE)
def refuse(world: World, ticket: Ticket, by: Staff) -> None:
    refusing.refuse(
        ticket=ticket, reason=world.words(), basis=world.words(), is_customer_told=world.flag(),
        no_reply_reason=world.words()[:200], by=by, at=world.at,
    )  # fmt: skip


@act(Move.DISCLOSE)
def disclose(world: World, ticket: Ticket, by: Staff) -> None:
    disclosing.disclose(
        ticket=ticket, missing=[world.words()[:80]], means=world.random.choice(list(GivenBy)),
        exception_reason=world.words()[:100], by=by, at=world.at,
    )  # fmt: skip


@act(Move.BOOK)
def book(world: World, ticket: Ticket, by: Staff) -> None:
    begin = world.moment()
    end = begin + timedelta(hours=world.random.choice([-1, 0, 2, 4, 40]))
    booking.book(ticket=ticket, from_at=begin, to_at=end, by=by, at=world.at)


@act(Move.SETTLE_APPOINTMENT)
def settle_appointment(world: World, ticket: Ticket, by: Staff) -> None:
    booked = one_of(world, Appointment.objects.filter(ticket=ticket))
    booking.settle(
        appointment=booked, ending=world.random.choice(list(Appointment.Ending)),
        note=world.words(), by=by, at=world.at,
    )  # fmt: skip


@act(Move.SET_PRIORITY)
def set_priority(world: World, ticket: Ticket, by: Staff) -> None:
    weighing.change(
        ticket=ticket, priority=world.random.choice(list(Priority)),
        level=world.random.choice(list(Level)), reason=world.words(), by=by, at=world.at,
    )  # fmt: skip


@act(Move.SUPERVISE)
def supervise(world: World, ticket: Ticket, by: Staff) -> None:
    supervision.supervise(ticket=ticket, reason=world.words(), by=by, at=world.at)


@act(Move.REPORT_BACK)
def report_back(world: World, ticket: Ticket, by: Staff) -> None:
    supervision.report_back(ticket=ticket, text=world.words(), by=by, at=world.at)


@act(Move.END_SUPERVISION)
def end_supervision(world: World, ticket: Ticket, by: Staff) -> None:
    supervision.end(
        ticket=ticket, verdict=world.words(), no_report_reason=world.words(), by=by, at=world.at
    )


@act(Move.ANNOTATE)
def annotate(world: World, ticket: Ticket, by: Staff) -> None:
    executive_notes.annotate(
        ticket=ticket, text=world.words(), unit=world.unit(), due_at=world.moment(), by=by,
        at=world.at,
    )  # fmt: skip


@act(Move.DISPUTE)
def dispute(world: World, ticket: Ticket, by: Staff) -> None:
    disputing.open(ticket=ticket, against=world.unit(), matter=world.words(), by=by, at=world.at)


@act(Move.SETTLE_DISPUTE)
def settle_dispute(world: World, ticket: Ticket, by: Staff) -> None:
    disputing.settle(
        dispute=one_of(world, Dispute.objects.filter(ticket=ticket)), decided_for=world.unit(),
        decision=world.words(), basis=world.words()[:100], by=by, at=world.at,
    )  # fmt: skip


@act(None)
def decide_at_the_meeting(world: World, ticket: Ticket, by: Staff) -> None:
    meetings.decide(
        ticket=ticket, text=world.words(), unit=world.unit(), due_at=world.moment(), by=by,
        at=world.at,
    )  # fmt: skip


@act(Move.PROMISE_UPDATE)
def promise_update(world: World, ticket: Ticket, by: Staff) -> None:
    promising.promise_update(
        ticket=ticket, until=world.moment(), means=Means.PHONE, is_told=world.flag(), by=by,
        at=world.at,
    )  # fmt: skip


@act(Move.CONFIRM_TOLD)
def confirm_told(world: World, ticket: Ticket, by: Staff) -> None:
    by = world.random.choice([by, ticket.tracker])
    telling.confirm(ticket=ticket, means=Means.PHONE, by=by, at=world.at)


@act(Move.CONFIRM_TOLD)
def excuse_untold(world: World, ticket: Ticket, by: Staff) -> None:
    telling.excuse(ticket=ticket, why_not=world.words()[:200], by=by, at=world.at)


@act(None)
def hand_over(world: World, ticket: Ticket, by: Staff) -> None:
    giver = world.random.choice([ticket.tracker, ticket.lead_handler or by, by])
    duty = world.random.choice(list(held_work.Duty))
    handing_over.make(
        giver=giver, successor=world.person(), ground=world.random.choice(list(HandOver.Ground)),
        pieces=[held_work.Held(ticket, duty)], by=world.random.choice([giver, by]), at=world.at,
    )  # fmt: skip


@act(None)
def sign_hand_over(world: World, ticket: Ticket, by: Staff) -> None:
    waiting = one_of(world, HandOver.objects.filter(items__ticket=ticket))
    signer = world.random.choice([by, waiting.successor])
    handing_over.sign(hand_over=waiting, by=signer, at=world.at)


@act(None)
def name_reader(world: World, ticket: Ticket, by: Staff) -> None:
    confidence.name_reader(
        ticket=ticket, staff=world.person(), reason=world.reason(), by=by, at=world.at
    )


@act(None)
def let_the_engine_run(world: World, ticket: Ticket, by: Staff) -> None:
    while sum(fire(by=None, at=world.at) for fire, _ in run_deadlines._FIRE):
        pass


@act(None)
def draw_and_end_windows(world: World, ticket: Ticket, by: Staff) -> None:
    invitations.draw_new(by=None, at=world.at)
    invitations.close_windows(by=None, at=world.at)
