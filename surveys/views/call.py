"""One callback: the script, the answers, or what came of the call (page)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from servicedesk import refusals
from servicedesk.lib import clock
from servicedesk.lib.errors import NotVisible
from servicedesk.lib.htmx import DeskRequest
from surveys import answers, callbacks, outlook, plans
from surveys.forms import AnswerForm, AttemptForm
from surveys.models import Invitation, Mode
from tickets import sight


@require_POST
def take(request: DeskRequest, invitation_id: int) -> HttpResponse:
    """Hold the task; from here on its page shows the number, and the log names the task."""
    invitation = _task(request, invitation_id)
    callbacks.take(invitation=invitation, by=request.user, at=clock.now())
    return redirect("surveys:call", invitation_id=invitation.pk)


@require_http_methods(["GET", "POST"])
def call(request: DeskRequest, invitation_id: int) -> HttpResponse:
    """The questions in the customer's language; sent, they are recorded."""
    invitation = _task(request, invitation_id)
    form = _answers(request, invitation)
    if form.is_valid():
        with refusals.shown(form):
            reply = answers.Reply(**form.reply())
            answers.record_by_phone(
                invitation=invitation, reply=reply, by=request.user, at=clock.now()
            )
            messages.success(request, _("The answers are recorded."))
            return redirect("surveys:desk")
    return _page(request, invitation, form, AttemptForm(), refusals.status(form))


@require_POST
def attempt(request: DeskRequest, invitation_id: int) -> HttpResponse:
    """A call that ended without answers."""
    invitation = _task(request, invitation_id)
    form = AttemptForm(request.POST)
    if form.is_valid():
        with refusals.shown(form):
            callbacks.record_attempt(
                invitation=invitation, by=request.user, at=clock.now(), **form.cleaned_data
            )
            messages.success(request, _("The attempt is recorded."))
            return redirect("surveys:desk")
    empty = _answers(request, invitation, is_sent=False)
    return _page(request, invitation, empty, form, refusals.status(form))


def _task(request: DeskRequest, invitation_id: int) -> Invitation:
    """The open task if it is the person's to do; NotVisible both for foreign and absent ones."""
    tasks = Invitation.objects.tasks_for(request.user).for_desk()
    found = tasks.filter(pk=invitation_id).first()
    if found is None:
        raise NotVisible
    sight.note_opened(request.user, found.ticket)
    return found


def _answers(request: DeskRequest, invitation: Invitation, is_sent: bool = True) -> AnswerForm:
    instrument = plans.instrument(mode=Mode.PHONE, kind=invitation.kind)
    typed = request.POST if is_sent and request.method == "POST" else None
    return AnswerForm(typed, instrument=instrument, language=invitation.language)


def _page(
    request: DeskRequest, invitation: Invitation, form: AnswerForm, other: AttemptForm, status: int
) -> HttpResponse:
    now = clock.now()
    instrument = plans.instrument(mode=Mode.PHONE, kind=invitation.kind)
    context = {
        "invitation": invitation,
        "ticket": invitation.ticket,
        "is_mine": invitation.is_held_at(now) and invitation.taken_by_id == request.user.pk,
        "opening": outlook.opening(invitation, instrument, request.user),
        "form": form,
        "attempt_form": other,
        "attempts": invitation.attempts.select_related("by").order_by("at"),
        "now": now,
    }
    return render(request, "surveys/call.html", context, status=status)
