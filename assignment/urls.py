"""Site map of assignment."""

from django.urls import path

from assignment.views import roster

app_name = "assignment"

urlpatterns = [path("roster/", roster.roster, name="roster")]
