from django.db import models


class Housekeeping(models.Model):
    """One run of a standing task in one period; the unique row is the claim, so a missed run
    heals itself and two engines never do it twice."""

    private_fields: tuple[str, ...] = ()

    task = models.CharField(max_length=60)
    period = models.CharField(max_length=30)
    claimed_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "period"], name="one_run_per_task_and_period")
        ]
