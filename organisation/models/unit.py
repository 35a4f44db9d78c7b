from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from servicedesk.lib.bilingual import Bilingual

if TYPE_CHECKING:
    from organisation.models.staff import Staff


class Utility(models.TextChoices):
    POWER = "power", _("Power")
    TELECOM = "telecom", _("Telecom")
    HEATING = "heating", _("Heating")
    WATER = "water", _("Water")
    GAS = "gas", _("Gas")
    OTHER = "other", _("Other services")


class UnitLevel(models.TextChoices):
    GROUP = "group", _("Group")
    COMPANY = "company", _("Company")
    BRANCH = "branch", _("Branch")
    STATION = "station", _("Station")
    TEAM = "team", _("Crew")


_STARTS_WITH: dict[str, Any] = {
    "function": "starts_with", "output_field": models.BooleanField(),
}  # fmt: skip


class UnitQuerySet(models.QuerySet["Unit"]):
    def below(self, unit: "Unit") -> "UnitQuerySet":
        """The unit itself and everything under it in the tree."""
        return self.filter(path__startswith=unit.path)

    def below_path(self, path: str) -> "UnitQuerySet":
        """Everything at or under a path, in the order of the tree."""
        return self.filter(path__startswith=path, is_active=True).order_by("path")

    def in_chain_of(self, staff: "Staff") -> "UnitQuerySet":
        """Every unit above or below one where the person sits, leads or speaks for it."""
        posts = Unit.objects.filter(
            models.Q(pk=staff.unit_id) | models.Q(leader=staff) | models.Q(liaison=staff)
        )
        outer = models.OuterRef("path")
        above = models.Func(models.F("path"), outer, **_STARTS_WITH)
        below = models.Func(outer, models.F("path"), **_STARTS_WITH)
        return self.filter(models.Exists(posts.filter(models.Q(above) | models.Q(below))))

    def with_people(self) -> "UnitQuerySet":
        """With the staff of each unit and its posts, in three queries."""
        return self.select_related("leader", "liaison").prefetch_related("staff__deputy")

    def handling(self) -> "UnitQuerySet":
        """Units that work can be sent to."""
        return self.filter(is_handling=True, is_active=True)


class Unit(Bilingual):
    """A node of the organisation tree; `path` is the chain of codes, '/LJ/LJ-E/', so that
    a subtree is one prefix. `company_path` is the path of the company (or group) it belongs to."""

    private_fields: tuple[str, ...] = ()

    code = models.SlugField(max_length=30, unique=True)
    level = models.CharField(max_length=10, choices=UnitLevel)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=200, unique=True, db_collation="C")
    company_path = models.CharField(max_length=200, db_collation="C")
    utility = models.CharField(max_length=10, choices=Utility, blank=True)
    liaison = models.ForeignKey(
        "organisation.Staff", models.PROTECT, null=True, blank=True, related_name="liaison_of"
    )
    leader = models.ForeignKey(
        "organisation.Staff", models.PROTECT, null=True, blank=True, related_name="leader_of"
    )
    is_handling = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(path__startswith="/") & models.Q(path__endswith="/"),
                name="unit_path_is_closed_by_slashes",
            )
        ]

    @property
    def ancestor_codes(self) -> list[str]:
        """Codes from the root down to this unit."""
        return [code for code in self.path.split("/") if code]

    @property
    def paths_to_root(self) -> list[str]:
        """The paths of this unit and of every unit above it."""
        codes = self.ancestor_codes
        return ["/" + "/".join(codes[:depth]) + "/" for depth in range(1, len(codes) + 1)]

    def is_within(self, other: "Unit") -> bool:
        """Whether this unit is the other or lies below it."""
        return self.path.startswith(other.path)
