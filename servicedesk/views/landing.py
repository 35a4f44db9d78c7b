"""The first page: everybody may read it; who is signed in goes on to their work (page)."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the desk is, the way in, and how a customer finds their case."""
    if request.user.is_authenticated:
        return redirect("tickets:work")
    return render(request, "landing.html")
