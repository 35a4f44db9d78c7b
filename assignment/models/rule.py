from django.db import models

from organisation.models import Territory, Unit, Utility


class RoutingRule(models.Model):
    """Which unit takes a matter: the most specific rule that fits wins, then the lowest rank.

    An empty field fits everything.
    """

    private_fields: tuple[str, ...] = ()

    rank = models.PositiveSmallIntegerField(default=100)
    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    utility = models.CharField(max_length=10, choices=Utility, blank=True)
    kind = models.CharField(max_length=20, blank=True)
    category_code = models.CharField(max_length=40, blank=True)
    territory = models.ForeignKey(Territory, models.PROTECT, null=True, blank=True)
    is_key_account = models.BooleanField(null=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="routing_rules")
    skill = models.CharField(max_length=60, blank=True)
    is_active = models.BooleanField(default=True)
