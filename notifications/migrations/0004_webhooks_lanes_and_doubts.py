import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F


def give_lanes(apps, schema_editor) -> None:
    """What waits now is counted with its channel."""
    waiting = apps.get_model("notifications", "Outbox").objects.filter(next_try_at__isnull=False)
    waiting.update(lane=F("channel"))


def staff(**more) -> models.ForeignKey:
    return models.ForeignKey(
        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
        to=settings.AUTH_USER_MODEL, **more,
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0003_quiet_hours_and_digests"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Lane",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=30, unique=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("failing_since", models.DateTimeField(null=True)),
                ("open_until", models.DateTimeField(null=True)),
                ("latest_error", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="WebhookSubscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("url", models.CharField(max_length=300)),
                ("events", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), default=list, size=None)),
                ("scope_path", models.CharField(db_collation="C", max_length=200)),
                ("is_active", models.BooleanField(default=True)),
                ("generation", models.PositiveIntegerField(default=1)),
                ("rotated_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField(null=True)),
                ("changed_by", staff()),
                ("created_by", staff()),
            ],
        ),
        migrations.AlterField("outbox", "channel", models.CharField(
            choices=[("email", "E-mail"), ("sms", "Text message"), ("webhook", "Webhook")], max_length=10,
        )),
        migrations.AlterField("outbox", "state", models.CharField(
            choices=[
                ("pending", "Waiting to be sent"), ("sending", "Being sent"), ("sent", "Sent"),
                ("dead", "Given up"), ("unknown", "Not known whether it arrived"),
            ],
            default="pending", max_length=10,
        )),
        migrations.AddField("outbox", "lane", models.CharField(blank=True, db_default="", default="", max_length=30)),
        migrations.AddField("outbox", "hand_ons", models.PositiveSmallIntegerField(db_default=0, default=0)),
        migrations.AddField("outbox", "doubts", models.PositiveSmallIntegerField(db_default=0, default=0)),
        migrations.AddField("outbox", "provider_ref", models.CharField(blank=True, db_default="", default="", max_length=100)),
        migrations.AddField("outbox", "again_at", models.DateTimeField(null=True)),
        migrations.AddField("outbox", "again_by", staff(db_index=False)),
        migrations.AddField("outbox", "subscription", models.ForeignKey(
            db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE,
            related_name="messages", to="notifications.webhooksubscription",
        )),
        migrations.AddConstraint("outbox", models.CheckConstraint(
            condition=models.Q(("again_at", None), ("again_by", None))
            | models.Q(("again_at__isnull", False), ("again_by__isnull", False)),
            name="outbox_sent_again_by_somebody",
        )),
        migrations.RunPython(give_lanes, migrations.RunPython.noop, elidable=True),
    ]
