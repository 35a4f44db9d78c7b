"""Edit the checklists and the outside bodies; a list that was given out is never changed, an edit
is its next version (verb)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation import permissions
from organisation.models import Staff
from organisation.roles import Permission
from servicedesk.lib.errors import DeskError, NotAllowed
from tickets.models import Checklist, OutsideBody


class NotTheSameLines(DeskError):
    """Every line is there in both languages."""

    message = _(
        "The list has %(english)s lines in English and %(chinese)s in Chinese. Give each line in"
        " both languages, in the same order."
    )
    field = "items_zh"
    http_status = 422


class EmptyList(DeskError):
    """A list in use names something."""

    message = _("Write at least one line, or take the list out of use.")
    field = "items_en"
    http_status = 422


class SomebodyWasFaster(DeskError):
    """Two people edit one list."""

    message = _("Somebody else saved a newer version meanwhile. Look at it before you save yours.")


class CodeTaken(DeskError):
    """A code names one thing."""

    message = _("This code is in use already. Choose another one.")
    field = "code"
    http_status = 422


@dataclass(frozen=True)
class Lines:
    """What an administrator wrote for a list."""

    name_en: str
    name_zh: str
    items_en: Sequence[str]
    items_zh: Sequence[str]
    is_active: bool = True


@dataclass(frozen=True)
class Body:
    """What an administrator wrote of an outside body."""

    name_en: str
    name_zh: str
    contact: str
    purpose_en: str
    purpose_zh: str
    utility: str = ""
    is_active: bool = True


def revise(
    *, code: str, after: int, lines: Lines, by: Staff | None, at: datetime
) -> Checklist:
    """The next version of the list, in force at once; `after` is the version the person had open.
    Raises NotAllowed, NotTheSameLines, EmptyList, SomebodyWasFaster."""
    _check_may(by)
    if len(lines.items_en) != len(lines.items_zh):
        raise NotTheSameLines(english=len(lines.items_en), chinese=len(lines.items_zh))
    if lines.is_active and not lines.items_en:
        raise EmptyList
    with transaction.atomic():
        versions = Checklist.objects.select_for_update().filter(code=code)
        newest = versions.order_by("-version").first()
        if newest is None or newest.version != after:
            raise SomebodyWasFaster
        return Checklist.objects.create(
            code=code, version=after + 1, utility=newest.utility, kind=newest.kind,
            category_code=newest.category_code, **asdict(lines),
        )  # fmt: skip


def begin(
    *, code: str, utility: str, kind: str, category_code: str, lines: Lines, by: Staff | None,
    at: datetime,
) -> Checklist:
    """A list for a matter that had none. Raises NotAllowed, NotTheSameLines, EmptyList,
    CodeTaken."""
    _check_may(by)
    if len(lines.items_en) != len(lines.items_zh):
        raise NotTheSameLines(english=len(lines.items_en), chinese=len(lines.items_zh))
    if not lines.items_en:
        raise EmptyList
    made, is_new = Checklist.objects.get_or_create(
        code=code, version=1,
        defaults=asdict(lines)
        | {"utility": utility, "kind": kind, "category_code": category_code},
    )  # fmt: skip
    if not is_new:
        raise CodeTaken
    return made


def save_body(
    *, code: str, body: Body, is_new: bool, by: Staff | None, at: datetime
) -> OutsideBody:
    """The outside body as written. Raises NotAllowed, CodeTaken."""
    _check_may(by)
    if not is_new:
        OutsideBody.objects.filter(code=code).update(**asdict(body))
        return OutsideBody.objects.get(code=code)
    made, was_new = OutsideBody.objects.get_or_create(code=code, defaults=asdict(body))
    if not was_new:
        raise CodeTaken
    return made


def _check_may(by: Staff | None) -> None:
    if by is not None and not permissions.can(by, Permission.CONFIGURE):
        raise NotAllowed
