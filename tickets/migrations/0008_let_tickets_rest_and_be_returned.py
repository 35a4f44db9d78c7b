from django.db import migrations, models

_UNITS = [
    ("minutes", "minutes"),
    ("hours", "hours"),
    ("working_hours", "working hours"),
    ("calendar_days", "calendar days"),
    ("working_days", "working days"),
]


class Migration(migrations.Migration):
    dependencies = [("tickets", "0007_say_what_became_of_each_handed_item")]

    operations = [
        migrations.AddField(
            "ticket", "is_auto_signed", models.BooleanField(default=False, db_default=False)
        ),
        migrations.AddIndex(
            "ticket",
            models.Index(
                fields=["suspended_until"],
                condition=models.Q(suspended_until__isnull=False),
                name="ticket_resting_until",
            ),
        ),
        migrations.AddField(
            "policy",
            "return_amount",
            models.DecimalField(max_digits=8, decimal_places=2, default=1, db_default=1),
        ),
        migrations.AddField(
            "policy",
            "return_unit",
            models.CharField(
                max_length=20, choices=_UNITS, default="working_days", db_default="working_days"
            ),
        ),
        migrations.AddField(
            "policy",
            "return_calendar_code",
            models.SlugField(
                max_length=30, default="working-days-cn", db_default="working-days-cn"
            ),
        ),
        migrations.AddField(
            "policy", "most_extensions", models.PositiveSmallIntegerField(default=1, db_default=1)
        ),
        migrations.AddField(
            "policy", "suspension_days", models.JSONField(default=dict, db_default={})
        ),
    ]
