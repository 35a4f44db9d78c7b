"""Site map of assignment."""

from django.urls import path

from assignment.views import roster, territories

app_name = "assignment"

urlpatterns = [
    path("roster/", roster.roster, name="roster"),
    path("roster/turns/new/", roster.turn_add, name="turn-add"),
    path("roster/turns/<int:pk>/", roster.turn, name="turn"),
    path("roster/turns/<int:pk>/call-off/", roster.call_off, name="turn-call-off"),
    path("roster/copy-week/", roster.copy_week, name="copy-week"),
    path("territories/", territories.territories, name="territories"),
    path("territories/give/", territories.give, name="territory-give"),
    path("territories/<int:pk>/take/", territories.take, name="territory-take"),
]
