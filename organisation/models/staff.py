from functools import cached_property
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from organisation.models.unit import Unit
from organisation.roles import Permission, Role, granted


class StaffQuerySet(models.QuerySet["Staff"]):
    def with_role(self, role: Role) -> "StaffQuerySet":
        """Active people who hold the role."""
        return self.filter(is_active=True, roles__contains=[role])

    def leading(self, scope_path: str) -> "StaffQuerySet":
        """The leaders of the company: those who lead a unit, and its executives."""
        found = self.filter(
            is_active=True, unit__path__startswith=scope_path,
            roles__overlap=[Role.UNIT_LEADER, Role.EXECUTIVE],
        )  # fmt: skip
        return found.order_by("unit__path", "staff_number")

    def for_session(self) -> "StaffQuerySet":
        """What each signed-in page needs of its user, in one query."""
        return self.select_related("unit", "deputy")


class StaffManager(BaseUserManager["Staff"].from_queryset(StaffQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str) -> "Staff":
        """The active or inactive person with this staff number."""
        return self.for_session().get(staff_number=username)


class Staff(AbstractBaseUser):
    """The user account: a person in a unit, with roles and a deputy (A/B岗).

    `whereabouts` says in their own words where an absent person is, `back_at` until when;
    `most_open` is how many open tickets the choice may give them, without end if empty.
    """

    private_fields = ("email", "whereabouts")

    class Presence(models.TextChoices):
        ON_DUTY = "on_duty", _("On duty")
        AWAY = "away", _("Out on a job")
        ABSENT = "absent", _("Absent")

    staff_number = models.CharField(max_length=30, unique=True)
    name_en = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="staff")
    roles = ArrayField(models.CharField(max_length=30, choices=Role), default=list)
    skills = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    deputy = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    presence = models.CharField(max_length=10, choices=Presence, default=Presence.ON_DUTY)
    presence_since = models.DateTimeField(null=True, blank=True)
    back_at = models.DateTimeField(null=True, blank=True)
    whereabouts = models.CharField(max_length=120, blank=True, db_default="")
    most_open = models.PositiveSmallIntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "staff_number"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = StaffManager()

    class Meta:
        indexes = [GinIndex(fields=["roles"], name="staff_by_role")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name as it stands in the reader's language."""
        is_chinese = (translation.get_language() or "").startswith("zh")
        return self.name_zh if is_chinese else self.name_en

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """Everything this person's roles allow."""
        return granted(self.roles) if self.is_active else frozenset()

    @property
    def role_labels(self) -> list[str]:
        return [str(Role(code).label) for code in self.roles]

    def has(self, role: Role) -> bool:
        """Whether the person holds the role."""
        return role in self.roles

    @property
    def scope_path(self) -> str:
        """The path of the company (or group) whose tickets a wide role sees: a customer may ask at
        any counter, and offices that review or supervise serve the whole company."""
        return self.unit.company_path
