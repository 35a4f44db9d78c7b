"""Site map of the organisation."""

from django.urls import path

from organisation.views import people, session

app_name = "organisation"

urlpatterns = [
    path("language/", session.language, name="language"),
    path("presence/", session.presence, name="presence"),
    path("people/", people.people, name="people"),
]
