from django.db import models
from django.utils.translation import gettext_lazy as _


class Link(models.Model):
    """Two tickets that belong together without being one."""

    private_fields: tuple[str, ...] = ()

    class Meaning(models.TextChoices):
        SPLIT = "split", _("Split off")
        REPEAT = "repeat", _("Same matter again")
        BYPASS = "bypass", _("Went to a higher level")
        DERIVED = "derived", _("Follows from it")

    earlier = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="links_onward")
    later = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="links_back")
    meaning = models.CharField(max_length=10, choices=Meaning)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["earlier", "later", "meaning"], name="tickets_are_linked_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(earlier=models.F("later")), name="no_ticket_links_to_itself"
            ),
        ]
