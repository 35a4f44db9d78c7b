"""Plan turns of duty (值班表), change them, call them off, copy a week (verb)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assignment import changes, permissions
from assignment.models import Change, Duty
from organisation.models import Staff, Unit
from organisation.roles import Permission, Role
from servicedesk.lib.errors import DeskError

WEEK = timedelta(days=7)

_HANDS = {Role.HANDLER, Role.FIELD_WORKER}
_LEADERS = {Role.UNIT_LEADER, Role.LIAISON, Role.SUPERVISOR, Role.EXECUTIVE}
_SUBJECT = Change.Subject.DUTY


class NotYourRoster(DeskError):
    """The roster of a unit is kept by its leaders and the administrator."""

    message = _("Only the leaders of this unit and the administrator plan its roster.")
    http_status = 403


class EndsBeforeItBegins(DeskError):
    """A turn ends after it begins."""

    message = _("The turn must end after it begins.")
    http_status = 422
    field = "to_at"


class FromElsewhere(DeskError):
    """A roster names people of the same company."""

    message = _("This person is not of the company. Choose somebody of its own.")
    http_status = 422
    field = "staff"


class NotSuited(DeskError):
    """Somebody on duty in a role must be able to act in it."""

    message = _(
        "This person cannot be on duty here in this role: they do not hold it, or do not see the "
        "unit’s tickets. Choose somebody else."
    )
    http_status = 422
    field = "staff"


class OverlappingTurn(DeskError):
    """Nobody has the same turn twice at once."""

    message = _("This person already has such a turn from %(from_at)s to %(to_at)s.")
    field = "from_at"


class TurnIsOver(DeskError):
    """What has been cannot be planned anew."""

    message = _("This turn has ended. What was decided by it stays as it is.")


class TurnHasBegun(DeskError):
    """Of a running turn only its end can be moved."""

    message = _("This turn is running: only its end can be changed. Or call it off and plan anew.")
    field = "from_at"


def plan(
    *, unit: Unit, role: Role, staff: Staff, from_at: datetime, to_at: datetime, by: Staff,
    at: datetime,
) -> Duty:
    """A new turn; raises NotYourRoster, EndsBeforeItBegins, FromElsewhere, NotSuited,
    OverlappingTurn."""
    with transaction.atomic():
        turn = Duty(unit=unit, role=role, staff=staff, from_at=from_at, to_at=to_at)
        _check(turn, by)
        turn.save()
        changes.note(subject=_SUBJECT, row=turn, act=Change.Act.ADDED, by=by, at=at)
    return turn


def change(
    *, turn: Duty, staff: Staff, from_at: datetime, to_at: datetime, by: Staff, at: datetime
) -> Duty:
    """Another person or other times for the turn; raises TurnIsOver, TurnHasBegun and what `plan`
    raises."""
    with transaction.atomic():
        locked = _locked(turn)
        _check_time(locked, at)
        if locked.from_at <= at and (staff.pk != locked.staff_id or from_at != locked.from_at):
            raise TurnHasBegun
        before = changes.values(locked)
        locked.staff, locked.from_at, locked.to_at = staff, from_at, to_at
        _check(locked, by)
        locked.save()
        changes.note(
            subject=_SUBJECT, row=locked, act=Change.Act.CHANGED, before=before, by=by, at=at
        )
    return locked


def call_off(*, turn: Duty, by: Staff, at: datetime) -> Duty:
    """The turn does not take place; a running one ends now. Raises NotYourRoster, TurnIsOver."""
    with transaction.atomic():
        locked = _locked(turn)
        if not permissions.may_plan(by, locked.unit):
            raise NotYourRoster
        _check_time(locked, at)
        before = changes.values(locked)
        if locked.from_at < at:
            locked.to_at = at
        else:
            locked.is_active = False
        locked.save(update_fields=["to_at", "is_active"])
        changes.note(
            subject=_SUBJECT, row=locked, act=Change.Act.SWITCHED_OFF, before=before, by=by, at=at
        )
    return locked


def copy_week(*, unit: Unit, monday: datetime, by: Staff, at: datetime) -> int:
    """Plan for the week that begins at `monday` what the week before had, at the same times of the
    clock; the number of turns added. What is planned already, or would be over, is left out, so
    copying twice adds nothing. Raises NotYourRoster."""
    with transaction.atomic():
        if not permissions.may_plan(by, unit):
            raise NotYourRoster
        list(Unit.objects.select_for_update(no_key=True).filter(pk=unit.pk))
        added = 0
        begun = Duty.objects.filter(unit=unit, is_active=True, staff__is_active=True)
        for turn in begun.filter(from_at__gte=monday - WEEK, from_at__lt=monday).order_by("pk"):
            copy = Duty(
                unit=unit, role=turn.role, staff_id=turn.staff_id,
                from_at=_a_week_later(turn.from_at), to_at=_a_week_later(turn.to_at),
            )  # fmt: skip
            if copy.to_at > at and _overlapping(copy) is None:
                copy.save()
                changes.note(subject=_SUBJECT, row=copy, act=Change.Act.ADDED, by=by, at=at)
                added += 1
    return added


def _a_week_later(moment: datetime) -> datetime:
    """The same time of the clock seven days on, also across a change of the clocks."""
    return moment.astimezone(timezone.get_current_timezone()) + WEEK


def _locked(turn: Duty) -> Duty:
    rows = Duty.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("unit", "staff__unit").get(pk=turn.pk)


def _check_time(turn: Duty, at: datetime) -> None:
    if turn.to_at <= at or not turn.is_active:
        raise TurnIsOver


def _check(turn: Duty, by: Staff) -> None:
    """Nothing where the turn can stand; the unit's row is held, so that the same form sent twice
    plans one."""
    if not permissions.may_plan(by, turn.unit):
        raise NotYourRoster
    if turn.to_at <= turn.from_at:
        raise EndsBeforeItBegins
    if not turn.unit.company_path.startswith(turn.staff.unit.company_path):
        raise FromElsewhere
    if not _is_suited(turn):
        raise NotSuited
    list(Unit.objects.select_for_update(no_key=True).filter(pk=turn.unit_id))
    other = _overlapping(turn)
    if other is not None:
        local = timezone.get_current_timezone()
        raise OverlappingTurn(
            from_at=f"{other.from_at.astimezone(local):%Y-%m-%d %H:%M}",
            to_at=f"{other.to_at.astimezone(local):%Y-%m-%d %H:%M}",
        )


def _is_suited(turn: Duty) -> bool:
    """Hands may handle; any leader who sees the unit's tickets may be its leader on duty; other
    posts are held by those who have the role."""
    staff = turn.staff
    if not staff.is_active:
        return False
    if turn.role in _HANDS:
        return Permission.HANDLE in staff.permissions
    if turn.role in (Role.UNIT_LEADER, Role.EXECUTIVE):
        sees_scope = Permission.SEE_SCOPE in staff.permissions
        reach = staff.scope_path if sees_scope else staff.unit.path
        return bool(_LEADERS & set(staff.roles)) and turn.unit.path.startswith(reach)
    return turn.role in staff.roles


def _overlapping(turn: Duty) -> Duty | None:
    same = Duty.objects.between(turn.from_at, turn.to_at).exclude(pk=turn.pk)
    return same.filter(unit=turn.unit_id, role=turn.role, staff=turn.staff_id).first()
