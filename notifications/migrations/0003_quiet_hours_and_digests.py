import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


def _id():
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0002_say_whose_a_message_is"),
        ("organisation", "0004_posts_and_what_became_of_them"),
    ]

    operations = [
        migrations.CreateModel(
            "Preference",
            fields=[
                ("id", _id()),
                ("staff", models.OneToOneField(
                    on_delete=django.db.models.deletion.CASCADE, related_name="preference",
                    to=settings.AUTH_USER_MODEL,
                )),
                ("time_zone", models.CharField(max_length=40)),
                ("quiet_from", models.TimeField(blank=True, null=True)),
                ("quiet_to", models.TimeField(blank=True, null=True)),
                ("are_weekends_quiet", models.BooleanField(default=False)),
                ("digest_at", models.TimeField(blank=True, null=True)),
                ("wants_texts", models.BooleanField(default=False)),
                ("mobile", models.CharField(blank=True, max_length=20)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(quiet_from=None, quiet_to=None)
                        | Q(quiet_from__isnull=False, quiet_to__isnull=False),
                        name="quiet_hours_begin_and_end",
                    ),
                    models.CheckConstraint(
                        condition=Q(wants_texts=False) | ~Q(mobile=""),
                        name="texts_go_to_a_number",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            "QuietRule",
            fields=[
                ("id", _id()),
                ("company", models.OneToOneField(
                    on_delete=django.db.models.deletion.CASCADE, related_name="quiet_rule",
                    to="organisation.unit",
                )),
                ("most_hours", models.PositiveSmallIntegerField()),
                ("may_rest_at_weekends", models.BooleanField(default=True)),
                ("changed_by", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to=settings.AUTH_USER_MODEL,
                )),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(most_hours__lte=16), name="nobody_is_quiet_all_day"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            "Held",
            fields=[
                ("id", _id()),
                ("key", models.CharField(max_length=160, unique=True)),
                ("staff", models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="+",
                    to=settings.AUTH_USER_MODEL,
                )),
                ("until", models.CharField(
                    choices=[
                        ("quiet", "until the quiet hours end"), ("digest", "for the daily digest"),
                        ("many", "for others of these seconds"),
                    ],
                    max_length=10,
                )),
                ("code", models.CharField(max_length=40)),
                ("subject", models.CharField(max_length=40)),
                ("facts", models.JSONField(default=dict)),
                ("scope_path", models.CharField(db_collation="C", max_length=200)),
                ("is_urgent", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("left_at", models.DateTimeField(null=True)),
                ("message_key", models.CharField(blank=True, max_length=160)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(due_at=None, left_at__isnull=False)
                        | Q(due_at__isnull=False, left_at=None),
                        name="held_waits_or_has_left",
                    )
                ],
                "indexes": [
                    models.Index(
                        fields=["due_at"], condition=Q(due_at__isnull=False),
                        name="held_to_release",
                    ),
                    models.Index(
                        fields=["staff"], condition=Q(due_at__isnull=False),
                        name="held_of_person",
                    ),
                ],
            },
        ),
    ]  # fmt: skip
