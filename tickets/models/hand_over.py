from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff


class HandOver(models.Model):
    """A list of open work that one person gives to another (交接班): nothing on it changes hands
    until the successor signs."""

    private_fields = ("note", "refusal")

    class Ground(models.TextChoices):
        SHIFT = "shift", _("End of shift")
        ABSENCE = "absence", _("Absence")
        LEAVING = "leaving", _("Leaving the post")

    giver = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    successor = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    ground = models.CharField(max_length=10, choices=Ground)
    note = models.CharField(max_length=1000, blank=True)
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=300, blank=True)
    alarmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(giver=models.F("successor")), name="hand_over_is_to_another"
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None) | Q(refused_at=None),
                name="hand_over_is_signed_or_refused",
            ),
        ]
        indexes = [
            models.Index(
                fields=["made_at"], condition=Q(signed_at=None, refused_at=None),
                name="hand_over_waiting",
            )
        ]

    @property
    def is_waiting(self) -> bool:
        """Whether the successor has neither signed nor refused."""
        return self.signed_at is None and self.refused_at is None


class HandOverItem(models.Model):
    """One ticket on the list, in which duty it is handed over, and what became of that when the
    successor signed."""

    private_fields: tuple[str, ...] = ()

    class Duty(models.TextChoices):
        TRACKER = "tracker", _("First-asked tracker")
        HANDLER = "handler", _("Lead handler")

    class Ending(models.TextChoices):
        HANDED = "handed", _("Handed over")
        ENDED = "ended", _("Left out: the ticket had ended meanwhile")
        CHANGED = "changed", _("Left out: somebody else had it meanwhile")
        BARRED = "barred", _("Left out: the successor may not have it")

    hand_over = models.ForeignKey(HandOver, models.PROTECT, related_name="items")
    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="+")
    duty = models.CharField(max_length=10, choices=Duty)
    ending = models.CharField(
        max_length=10, choices=Ending, blank=True, default="", db_default=""
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hand_over", "ticket", "duty"], name="ticket_is_handed_over_once"
            )
        ]

    @property
    def is_handed(self) -> bool:
        return self.ending == self.Ending.HANDED
