from django.db import migrations, models

_WAKE = """
    UPDATE tickets_task SET next_fire_at = due_at
    WHERE done_at IS NULL AND dropped_at IS NULL AND missed_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0008_let_tickets_rest_and_be_returned")]

    operations = [
        migrations.AddField("task", "warned_at", models.DateTimeField(null=True)),
        migrations.AddField("task", "next_fire_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "task", "attempts", models.PositiveSmallIntegerField(default=0, db_default=0)
        ),
        migrations.AddField(
            "task",
            "latest_error",
            models.CharField(max_length=500, blank=True, default="", db_default=""),
        ),
        migrations.AddIndex(
            "task",
            models.Index(
                fields=["next_fire_at"],
                condition=models.Q(next_fire_at__isnull=False),
                name="task_waiting",
            ),
        ),
        migrations.RunSQL(_WAKE, migrations.RunSQL.noop),
    ]
