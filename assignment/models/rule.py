from django.db import models

from assignment import precedence
from organisation.models import Territory, Unit, Utility


class RoutingRuleQuerySet(models.QuerySet["RoutingRule"]):
    def of_company(self, path: str) -> "RoutingRuleQuerySet":
        """The rules of the company at that path and of those above it that can send somewhere."""
        codes = [code for code in path.split("/") if code]
        above = ["/" + "/".join(codes[:depth]) + "/" for depth in range(1, len(codes) + 1)]
        found = self.filter(is_active=True, unit__is_active=True, company__path__in=above)
        return found.select_related("company", "unit", "territory").order_by("pk")


class RoutingRule(models.Model):
    """Which unit takes a matter: the most specific rule that fits wins, then the lowest rank
    (assignment.precedence). An empty field fits everything; a category fits those below it.

    Never deleted: tickets keep its number as their reason, and assignment.models.Change keeps who
    changed it when.
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

    objects = RoutingRuleQuerySet.as_manager()

    @property
    def as_rule(self) -> precedence.Rule:
        """What the rule selects, as a plain value; its company is read."""
        return precedence.Rule(
            key=self.pk, utility=self.utility, kind=self.kind, category=self.category_code,
            territory=self.territory_id, is_key_account=self.is_key_account,
            depth=len(self.company.ancestor_codes), rank=self.rank,
        )  # fmt: skip
