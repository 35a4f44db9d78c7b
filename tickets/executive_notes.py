"""What reached the executives is read and annotated, each for itself (批阅/批示) (verb)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assignment import duty_roster
from organisation.models import Staff, Unit
from organisation.roles import Permission, Role
from servicedesk.lib.errors import DeskError
from tickets import office_days, tasks, transition
from tickets.kinds import Channel, Level
from tickets.models import Annotation, Task, TaskKind, Ticket
from tickets.states import Move

# By when a matter must be annotated, and by when what the note orders is due: working days. The
# founding documents say "each one, by the head" and give no number; change them here.
NOTE_DAYS = 1
ORDER_DAYS = 3


class NothingWritten(DeskError):
    """An executive note says something."""

    message = _("Write your note. It stays as you write it.")
    field = "text"


class NobodyNamed(DeskError):
    """An executive note names who answers for what it orders."""

    message = _("Name the unit or the person who answers for it.")
    field = "unit"


class DueAlready(DeskError):
    """What a note orders is due in time to come."""

    message = _("The time it is due by has passed already. Choose a later one.")
    field = "due_at"


def _needs_note(ticket: Ticket) -> bool:
    """Whether an executive must annotate it: it came by the executive hotline, or is of level 1 or
    2. Confidential reports have their own readers, loaded history none."""
    if ticket.is_confidential or ticket.source:
        return False
    return ticket.channel == Channel.EXECUTIVE or ticket.level <= Level.MAJOR


def call_for(*, ticket: Ticket, by: Staff | None, at: datetime) -> Task | None:
    """The executive on duty owes a note within one working day; None where none is needed, was
    asked for already, or nobody is an executive."""
    if not _needs_note(ticket) or Task.objects.filter(ticket=ticket, kind=TaskKind.ANNOTATE).exists():
        return None
    reader = duty_roster.responsible(ticket.intake_unit, Role.EXECUTIVE, at)
    if reader is None or Permission.ANNOTATE not in reader.permissions:
        return None
    return tasks.open(
        ticket=ticket, kind=TaskKind.ANNOTATE, text=ticket.subject, staff=reader,
        due_at=office_days.after(at, NOTE_DAYS), by=None, at=at,
    )  # fmt: skip


def annotate(
    *, ticket: Ticket, text: str, unit: Unit | None = None, staff: Staff | None = None,
    due_at: datetime | None = None, by: Staff, at: datetime,
) -> Annotation:
    """The executive's note, never changed afterwards, and the task it orders. Raises
    NothingWritten, NobodyNamed, DueAlready."""
    if not text.strip():
        raise NothingWritten
    if unit is None and staff is None:
        raise NobodyNamed
    if due_at is not None and due_at <= at:
        raise DueAlready
    with transaction.atomic():
        with transition.step(ticket, Move.ANNOTATE, by=by, at=at) as step:
            note = Annotation.objects.create(
                ticket=step.ticket, by=by, at=step.at, text=text.strip()
            )
            step.facts |= {"note": note.text, "annotation": note.pk}
            _settle_call(step, by)
            for person in (step.ticket.lead_handler, step.ticket.tracker):
                step.tell(person, "annotated")
        tasks.open(
            ticket=step.ticket, kind=TaskKind.EXECUTIVE, text=note.text[:1000], unit=unit,
            staff=staff, due_at=due_at or office_days.after(at, ORDER_DAYS), by=by, at=step.at,
        )  # fmt: skip
    return note


def _settle_call(step: transition.Step, by: Staff) -> None:
    """Whichever executive read it, the note that was owed is written."""
    owed = Task.objects.open().filter(ticket=step.ticket, kind=TaskKind.ANNOTATE)
    owed.update(done_at=step.at, done_by=by, signed_at=step.at, next_fire_at=None)
