"""Site map of the surveys, for staff."""

from django.urls import path

from surveys.views import call, decide, desk, ticket_box
from tickets import converters  # noqa: F401

app_name = "surveys"

urlpatterns = [
    # The callback desk
    path("callbacks/", desk.desk, name="desk"),
    path("callbacks/<int:invitation_id>/take/", call.take, name="take"),
    path("callbacks/<int:invitation_id>/", call.call, name="call"),
    path("callbacks/<int:invitation_id>/attempt/", call.attempt, name="attempt"),
    # About one ticket
    path("of/<number:number>/", ticket_box.of_ticket, name="of-ticket"),
    path("of/<number:number>/decide/", decide.decide, name="decide"),
]
