from django.conf import settings
from django.db import migrations, models

# What closed before the desk asked whether the customer was told says so.
_BEFORE = """
    UPDATE tickets_ticket SET untold_reason = 'before'
    WHERE state = 'closed' AND source = '' AND told_confirmed_at IS NULL AND untold_reason = ''
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0010_find_the_supervised_by_their_supervisor"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="handover",
            name="hand_over_is_signed_or_refused",
        ),
        migrations.RemoveIndex(
            model_name="handover",
            name="hand_over_waiting",
        ),
        migrations.AddField(
            model_name="handover",
            name="alarm_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="handover",
            name="taken_back_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="ticket",
            name="update_fires_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="handover",
            index=models.Index(
                condition=models.Q(("alarm_at__isnull", False)),
                fields=["alarm_at"],
                name="hand_over_alarms",
            ),
        ),
        migrations.AddIndex(
            model_name="handover",
            index=models.Index(
                condition=models.Q(
                    ("refused_at", None), ("signed_at", None), ("taken_back_at", None)
                ),
                fields=["successor"],
                name="hand_over_to_sign",
            ),
        ),
        migrations.AddIndex(
            model_name="handover",
            index=models.Index(fields=["giver", "-id"], name="hand_over_of_giver"),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["tracker", "state", "next_update_at"], name="ticket_promised_by"
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("update_fires_at__isnull", False)),
                fields=["update_fires_at"],
                name="ticket_update_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("refused_at", None), ("signed_at", None)),
                    models.Q(("signed_at", None), ("taken_back_at", None)),
                    models.Q(("refused_at", None), ("taken_back_at", None)),
                    _connector="OR",
                ),
                name="hand_over_ends_in_one_way",
            ),
        ),
        migrations.RunSQL(_BEFORE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "closed"), _negated=True),
                    ("told_confirmed_at__isnull", False),
                    models.Q(("untold_reason", ""), _negated=True),
                    models.Q(("source", ""), _negated=True),
                    _connector="OR",
                ),
                name="ticket_never_closes_unless_told",
            ),
        ),
        migrations.AlterField(
            model_name="handoveritem",
            name="duty",
            field=models.CharField(
                choices=[
                    ("tracker", "First-asked tracker"),
                    ("handler", "Lead handler"),
                    ("supervisor", "Supervisor"),
                    ("tasks", "Tasks owed"),
                    ("approvals", "Requests to decide"),
                ],
                max_length=10,
            ),
        ),
    ]
