"""The first page for everybody (page)."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Their own work for staff, the public entrance for everybody else."""
    if request.user.is_authenticated:
        return redirect("tickets:work")
    return render(request, "home.html")
