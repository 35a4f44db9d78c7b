"""What one owes beside the tickets one handles, and the acts on a task (page)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from servicedesk.lib import clock
from servicedesk.lib.errors import NotVisible
from servicedesk.lib.htmx import DeskRequest
from tickets import co_handling, follow_ups, forms, my_tasks, owed, sight, tasks
from tickets.forms.tasks import FinishTaskForm, InviteForm, PromiseForm, SignTaskForm
from tickets.models import Task, TaskKind, Ticket
from tickets.states import Move
from tickets.views import moving


@require_safe
def mine(request: DeskRequest) -> HttpResponse:
    """What the person and their unit owe, and what they gave to others, soonest first."""
    lists = my_tasks.lists(request.user)
    chosen = next((one for one in lists if one.code == request.GET.get("tab")), lists[0])
    page = my_tasks.page(chosen.tasks, request.GET.get("after"))
    context = {"lists": lists, "chosen": chosen, "page": page, "now": clock.now()}
    return render(request, "tickets/my_tasks.html", context)


@require_http_methods(["GET", "POST"])
def invite(request: DeskRequest, number: str) -> HttpResponse:
    """Ask another unit to help with its own part."""
    found = moving.of(request, number, Move.OPEN_TASK, owed.check_may_invite)
    form = InviteForm(moving.typed(request), ticket=found)
    return moving.form(
        request, found, form, _("Ask a unit to help"),
        lambda typed: _ticket(co_handling.invite(ticket=found, **typed, **_by(request))),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def promise(request: DeskRequest, number: str) -> HttpResponse:
    """Write down what the customer was promised beyond the answer."""
    found = moving.of(request, number, Move.OPEN_TASK, owed.check_may_promise)
    form = PromiseForm(
        moving.typed(request), ticket=found, user=request.user, initial={"staff": request.user.pk}
    )
    return moving.form(
        request, found, form, _("Promised follow-up"),
        lambda typed: _ticket(follow_ups.promise(ticket=found, **typed, **_by(request))),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def sign(request: DeskRequest, number: str, pk: int) -> HttpResponse:
    """Sign for a task, or name who of the unit does it."""
    task = _task(request, number, pk)
    may_name = owed.is_led_by(request.user, task)
    form = SignTaskForm(moving.typed(request), task=task, may_name=may_name, user=request.user)
    return _act(
        request, task, form, _("Sign for the task"),
        lambda typed: tasks.sign(task=task, **typed, **_by(request)),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def finish(request: DeskRequest, number: str, pk: int) -> HttpResponse:
    """Say what came of a task; a report to the supervisor is given on a page of its own."""
    task = _task(request, number, pk)
    if task.kind == TaskKind.REPORT_BACK:
        return redirect("tickets:report-back", number)
    return _act(
        request, task, FinishTaskForm(moving.typed(request)), _("Finish the task"),
        lambda typed: follow_ups.finish(task=task, **typed, **_by(request)),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def drop(request: DeskRequest, number: str, pk: int) -> HttpResponse:
    """Decide that a task falls away."""
    task = _task(request, number, pk)
    return _act(
        request, task, forms.ReasonForm(moving.typed(request)), _("Drop the task"),
        lambda typed: follow_ups.drop(task=task, **typed, **_by(request)),
    )  # fmt: skip


def _act(request: DeskRequest, task: Task, form: Any, title: Any, verb: Any) -> HttpResponse:
    beside = {"above": "tickets/_task.html", "task": task, "now": clock.now()}
    return moving.form(
        request, task.ticket, form, title, lambda typed: _ticket(verb(typed)), beside
    )


def _task(request: DeskRequest, number: str, pk: int) -> Task:
    """The task on the visible ticket; NotVisible for one of another ticket or none."""
    found = sight.of(request.user, number)
    task = Task.objects.filter(ticket=found, pk=pk).select_related("unit", "staff__unit").first()
    if task is None:
        raise NotVisible
    task.ticket = found
    return task


def _ticket(task: Task) -> Ticket:
    return task.ticket


def _by(request: DeskRequest) -> dict[str, Any]:
    return {"by": request.user, "at": clock.now()}
