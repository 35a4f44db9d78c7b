"""What the callback desk, the call and the ticket page show (question)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.formats import date_format

from organisation.models import Staff, Unit
from organisation.roles import Permission
from surveys import permissions, questionnaire
from surveys.models import Answer, Instrument, Invitation
from tickets.models import Ticket


@dataclass(frozen=True)
class Task:
    """One row of the desk."""

    invitation: Invitation
    is_due: bool
    is_with_another: bool


def tasks(user: Staff, at: datetime, limit: int) -> list[Task]:
    """The person's open callbacks, soonest first."""
    rows = Invitation.objects.tasks_for(user).for_desk()[:limit]
    return [
        Task(
            invitation=row,
            is_due=row.next_call_at is None or row.next_call_at <= at,
            is_with_another=row.is_held_by_another(user, at),
        )
        for row in rows
    ]


def to_decide(user: Staff) -> QuerySet[Answer]:
    """Second unsatisfied answers on tickets the person sees, oldest first."""
    waiting = Answer.objects.waiting_for_decision().select_related("invitation__ticket")
    visible = waiting.filter(invitation__ticket__in=Ticket.objects.visible_to(user))
    return visible.defer("invitation__ticket__words").order_by("id")


def company(ticket: Ticket, language: str) -> str:
    """The name under which the company speaks to its customers."""
    unit = Unit.objects.filter(path=ticket.scope_path).first()
    if unit is None:
        return ""
    return unit.name_zh if questionnaire.text_key(language) == "zh" else unit.name_en


def opening(invitation: Invitation, instrument: Instrument, caller: Staff) -> str:
    """The first sentences of the call, in the customer's language."""
    text = instrument.opening.get(questionnaire.text_key(invitation.language), "")
    with translation.override(invitation.language):
        day = date_format(timezone.localtime(invitation.ticket.received_at), "DATE_FORMAT")
    return str(text).format(
        company=company(invitation.ticket, invitation.language),
        staff_number=caller.staff_number, day=day,
    )  # fmt: skip


@dataclass(frozen=True)
class Box:
    """What the ticket page shows of its callbacks to one person."""

    rounds: list[Invitation]
    is_independent: bool
    task: Invitation | None
    to_decide: Answer | None


def box(ticket: Ticket, user: Staff) -> Box:
    """The ticket's rounds, oldest first. Who is drawn, and any reason to be left out, shows only
    once the round has ended; until then all rounds look alike."""
    rows = Invitation.objects.filter(ticket=ticket).select_related(
        "answer__decision__by", "answer__by"
    )
    is_independent = permissions.is_independent(user, ticket)
    waiting = Answer.objects.waiting_for_decision().filter(invitation__ticket=ticket).first()
    may_decide = permissions.may_decide(user, ticket)
    return Box(
        rounds=list(rows.order_by("round")),
        is_independent=is_independent and bool(
            user.permissions & {Permission.CALL_BACK, Permission.REVIEW, Permission.SUPERVISE}
        ),
        task=Invitation.objects.tasks_for(user).filter(ticket=ticket).first(),
        to_decide=waiting if may_decide else None,
    )  # fmt: skip
