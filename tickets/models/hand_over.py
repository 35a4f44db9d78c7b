from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisation.models import Staff
from organisation.roles import Permission


class HandOverQuerySet(models.QuerySet["HandOver"]):
    def waiting(self) -> "HandOverQuerySet":
        """Neither signed for, nor refused, nor taken back."""
        return self.filter(signed_at=None, refused_at=None, taken_back_at=None)

    def visible_to(self, user: Staff) -> "HandOverQuerySet":
        """Lists that concern the person: as giver, successor or maker, of the unit they lead, or of
        the company whose work they supervise or whose staff they keep."""
        mine = Q(giver=user) | Q(successor=user) | Q(made_by=user)
        if Permission.LEAD_UNIT in user.permissions:
            mine |= Q(giver__unit__path__startswith=user.unit.path)
        if {Permission.SUPERVISE, Permission.CONFIGURE} & user.permissions:
            mine |= Q(giver__unit__path__startswith=user.scope_path)
        return self.filter(mine)

    def for_list(self) -> "HandOverQuerySet":
        """What a row of lists shows, newest first, in one query."""
        people = self.select_related("giver__unit", "successor__unit", "made_by")
        return people.annotate(size=models.Count("items")).order_by("-pk")


class HandOver(models.Model):
    """A list of open work that one person gives to another (交接班): nothing on it changes hands
    until the successor signs.

    `alarm_at` is when leader and liaison hear that it is unsigned, empty once they have or need
    not; `alarmed_at` says that they did.
    """

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
    taken_back_at = models.DateTimeField(null=True)
    alarm_at = models.DateTimeField(null=True)
    alarmed_at = models.DateTimeField(null=True)

    objects = HandOverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(giver=models.F("successor")), name="hand_over_is_to_another"
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None, refused_at=None)
                | Q(signed_at=None, taken_back_at=None)
                | Q(refused_at=None, taken_back_at=None),
                name="hand_over_ends_in_one_way",
            ),
        ]
        indexes = [
            models.Index(
                fields=["alarm_at"], condition=Q(alarm_at__isnull=False), name="hand_over_alarms"
            ),
            models.Index(
                fields=["successor"],
                condition=Q(signed_at=None, refused_at=None, taken_back_at=None),
                name="hand_over_to_sign",
            ),
            models.Index(fields=["giver", "-id"], name="hand_over_of_giver"),
        ]

    @property
    def is_waiting(self) -> bool:
        """Whether the successor has neither signed nor refused, and the giver left it to them."""
        return not (self.signed_at or self.refused_at or self.taken_back_at)


class HandOverItem(models.Model):
    """One ticket on the list, in which duty it is handed over, and what became of that when the
    successor signed."""

    private_fields: tuple[str, ...] = ()

    class Duty(models.TextChoices):
        TRACKER = "tracker", _("First-asked tracker")
        HANDLER = "handler", _("Lead handler")
        SUPERVISOR = "supervisor", _("Supervisor")
        TASKS = "tasks", _("Tasks owed")
        APPROVALS = "approvals", _("Requests to decide")

    class Ending(models.TextChoices):
        HANDED = "handed", pgettext_lazy("hand-over", "Handed over")
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
