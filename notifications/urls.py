"""Site map of the notifications."""

from django.urls import path

from notifications.views import mailbox, notices, outgoing, preferences

app_name = "notifications"

urlpatterns = [
    path("", notices.notices, name="notices"),
    path("read/", notices.read_all, name="read-all"),
    path("mine/", preferences.mine, name="mine"),
    path("quiet/", preferences.quiet, name="quiet"),
    path("outgoing/", outgoing.outgoing, name="outgoing"),
    path("outgoing/again/", outgoing.all_again, name="send-all-again"),
    path("outgoing/<int:pk>/again/", outgoing.again, name="send-again"),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
]
