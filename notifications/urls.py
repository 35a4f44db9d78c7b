"""Site map of the notifications."""

from django.urls import path

from notifications.views import mailbox, notices, outgoing

app_name = "notifications"

urlpatterns = [
    path("", notices.notices, name="notices"),
    path("read/", notices.read_all, name="read-all"),
    path("outgoing/", outgoing.outgoing, name="outgoing"),
    path("outgoing/<int:pk>/again/", outgoing.again, name="send-again"),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
]
