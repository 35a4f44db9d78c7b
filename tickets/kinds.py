"""Kinds of matter, channels and outcomes: stable codes (domain §2a) (sum)."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(TextChoices):
    FAULT = "FAULT", _("Fault")
    COMPLAINT = "COMPLAINT", _("Complaint")
    REPORT = "REPORT", _("Confidential report")
    OPINION = "OPINION", _("Concern")
    SUGGEST = "SUGGEST", _("Suggestion")
    PRAISE = "PRAISE", _("Compliment")
    REQUEST = "REQUEST", _("Service request")
    ENQUIRY = "ENQUIRY", _("Enquiry")
    LOOKUP = "LOOKUP", _("Look-up")
    INSPECT = "INSPECT", _("Inspection finding")
    INCIDENT = "INCIDENT", _("Incident")


# What a clerk may log with a customer in front of them; the other two come from inside.
FROM_CUSTOMERS = tuple(k for k in Kind if k not in {Kind.INSPECT, Kind.INCIDENT})

# Settled without sending anyone: a fault or a complaint needs hands and an independent look.
ON_THE_SPOT = frozenset(
    {Kind.REQUEST, Kind.ENQUIRY, Kind.LOOKUP, Kind.PRAISE, Kind.SUGGEST, Kind.OPINION}
)


class Channel(TextChoices):
    COUNTER = "counter", _("Counter")
    HOTLINE = "hotline", _("Hotline")
    WEB = "web", _("Web")
    LETTER = "letter", _("Letter")
    REFERRAL = "referral", _("Referred to us")
    EXECUTIVE = "executive", _("Executive hotline")
    RECEPTION_DAY = "reception", _("Leaders’ reception day")
    BYPASS = "bypass", _("Complaint to a higher level")
    OTHER = "other", _("Other channel")


class Priority(TextChoices):
    NORMAL = "normal", _("Normal")
    URGENT = "urgent", _("Urgent")
    EMERGENCY = "emergency", _("Emergency")


class Level(IntegerChoices):
    """How grave a matter is (domain §2a): raised by rule, lowered by a named person only."""

    SPECIAL = 1, pgettext_lazy("level", "Special")
    MAJOR = 2, pgettext_lazy("level", "Major")
    IMPORTANT = 3, pgettext_lazy("level", "Important")
    GENERAL = 4, pgettext_lazy("level", "General")


class Outcome(TextChoices):
    DONE = "done", pgettext_lazy("outcome", "Done")
    ON_THE_SPOT = "on_the_spot", _("Resolved on the spot")
    REFUSED = "refused", _("Refused with reasons")
    REFERRED = "referred", _("Referred outside")
    WITHDRAWN = "withdrawn", _("Withdrawn by the customer")
    FINAL_ANSWER = "final_answer", _("Final response")


class Means(TextChoices):
    PHONE = "phone", _("Telephone")
    VISIT = "visit", _("In person")
    MESSAGE = "message", _("Message")


class ClockName(TextChoices):
    DISPATCH = "dispatch", _("Dispatch")
    SIGN = "sign", _("Sign for it")
    FIRST_CONTACT = "first_contact", _("First contact")
    ARRIVE = "arrive", _("Arrive")
    RESTORE = "restore", _("Restore")
    REPLY = "reply", _("Reply")
    REVIEW = "review", _("Review")
    CALLBACK = "callback", _("Callback")
    TOTAL = "total", _("Total time")
