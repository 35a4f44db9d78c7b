from django.db import models

from organisation.models import Staff


class Referral(models.Model):
    """A matter outside the company's duty, handed to the body that answers for it (转介并跟进)."""

    private_fields = ("contact", "note")

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="referrals")
    body = models.CharField(max_length=120)
    contact = models.CharField(max_length=200)
    their_number = models.CharField(max_length=60, blank=True)
    taken_over_by = models.CharField(max_length=80)
    taken_over_at = models.DateTimeField()
    note = models.CharField(max_length=1000, blank=True)
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()
