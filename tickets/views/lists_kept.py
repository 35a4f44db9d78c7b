"""The checklists and the outside bodies: read by everybody, written by the administrator (page)."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from organisation.roles import Permission
from servicedesk import refusals
from servicedesk.lib import clock
from servicedesk.lib.errors import NotAllowed, NotVisible
from servicedesk.lib.htmx import DeskRequest
from tickets import checklists as lists
from tickets import list_keeping, previews
from tickets.forms.lists_kept import BodyForm, ChecklistForm, NewBodyForm, NewChecklistForm
from tickets.models import Checklist, OutsideBody
from tickets.views import moving

_LINES = ("name_en", "name_zh", "items_en", "items_zh")
_BODY = ("name_en", "name_zh", "contact", "purpose_en", "purpose_zh", "utility", "is_active")


@require_safe
def checklists(request: DeskRequest) -> HttpResponse:
    """What customers must bring, matter by matter."""
    found = lists.shown(previews.utilities(request.user))
    context = {"checklists": found, "may_edit": _may_edit(request)}
    return render(request, "tickets/checklists.html", context)


@require_http_methods(["GET", "POST"])
def checklist(request: DeskRequest, code: str) -> HttpResponse:
    """A list with its earlier versions; saving makes the next one."""
    _only_administrators(request)
    versions = lists.versions(code)
    if not versions:
        raise NotVisible
    form = ChecklistForm(moving.typed(request), initial=_as_typed(versions[0]))

    def save(typed: dict[str, Any]) -> Checklist:
        return list_keeping.revise(
            code=code, after=typed["after"] or 0, lines=_lines(typed, typed["is_active"]),
            by=request.user, at=clock.now(),
        )  # fmt: skip

    return _edit(request, form, versions[0].name, "tickets:checklists", save, versions[1:])


@require_http_methods(["GET", "POST"])
def checklist_new(request: DeskRequest) -> HttpResponse:
    """A list for a matter that has none."""
    _only_administrators(request)
    form = NewChecklistForm(moving.typed(request), utilities=previews.utilities(request.user))

    def save(typed: dict[str, Any]) -> Checklist:
        category = typed["category"]
        return list_keeping.begin(
            code=category.code[:40], utility=category.utility, kind=category.kind,
            category_code=category.code, lines=_lines(typed), by=request.user, at=clock.now(),
        )  # fmt: skip

    return _edit(request, form, gettext_lazy("Add a checklist"), "tickets:checklists", save)


@require_safe
def bodies(request: DeskRequest) -> HttpResponse:
    """Who outside answers for what, and how to reach them."""
    found = OutsideBody.objects.filter(utility__in=["", *previews.utilities(request.user)])
    context = {"bodies": found.order_by("-is_active", "code"), "may_edit": _may_edit(request)}
    return render(request, "tickets/bodies.html", context)


@require_http_methods(["GET", "POST"])
def body(request: DeskRequest, code: str) -> HttpResponse:
    """An outside body."""
    _only_administrators(request)
    found = OutsideBody.objects.filter(code=code).first()
    if found is None:
        raise NotVisible
    form = BodyForm(
        moving.typed(request), initial={name: getattr(found, name) for name in _BODY}
    )
    return _edit(
        request, form, found.name, "tickets:bodies",
        lambda typed: list_keeping.save_body(
            code=code, body=list_keeping.Body(**typed), is_new=False, by=request.user,
            at=clock.now(),
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def body_new(request: DeskRequest) -> HttpResponse:
    """A body that is not on the list yet."""
    _only_administrators(request)
    return _edit(
        request, NewBodyForm(moving.typed(request)), gettext_lazy("Add a body"), "tickets:bodies",
        lambda typed: list_keeping.save_body(
            code=typed.pop("code"), body=list_keeping.Body(**typed), is_new=True,
            by=request.user, at=clock.now(),
        ),
    )  # fmt: skip


def _edit(
    request: DeskRequest, form: Form, title: str | Promise, back: str, save: Any,
    earlier: list[Checklist] | None = None,
) -> HttpResponse:
    if form.is_valid():
        with refusals.shown(form):
            saved = save(form.cleaned_data)
            messages.success(request, _("Saved: %(title)s.") % {"title": saved.name})
            return redirect(back)
    context = {"form": form, "title": title, "back": back, "earlier": earlier or []}
    return render(request, "tickets/list_form.html", context, status=refusals.status(form))


def _may_edit(request: DeskRequest) -> bool:
    return Permission.CONFIGURE in request.user.permissions


def _only_administrators(request: DeskRequest) -> None:
    if not _may_edit(request):
        raise NotAllowed


def _lines(typed: dict[str, Any], is_active: bool = True) -> list_keeping.Lines:
    return list_keeping.Lines(**{name: typed[name] for name in _LINES}, is_active=is_active)


def _as_typed(newest: Checklist) -> dict[str, Any]:
    return {
        "after": newest.version, "name_en": newest.name_en, "name_zh": newest.name_zh,
        "items_en": "\n".join(newest.items_en), "items_zh": "\n".join(newest.items_zh),
        "is_active": newest.is_active,
    }  # fmt: skip
