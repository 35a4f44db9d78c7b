from django.db import migrations, models

_WAKE = """
    UPDATE tickets_appointment SET next_fire_at = to_at
    WHERE settled_at IS NULL AND warned_at IS NULL
"""

_ENDINGS = [
    ("kept", "Kept"),
    ("late", "Late"),
    ("missed", "Missed by us"),
    ("absent", "Customer absent"),
    ("moved", "Moved"),
    ("called_off", "Called off"),
]
_UTILITIES = [
    ("power", "Power"),
    ("telecom", "Telecom"),
    ("heating", "Heating"),
    ("water", "Water"),
    ("gas", "Gas"),
    ("other", "Other services"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0007_let_the_engine_wait_for_tasks"),
        ("tickets", "0007_say_what_became_of_each_handed_item"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutsideBody",
            fields=[
                ("id", models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                )),
                ("name_en", models.CharField(max_length=120)),
                ("name_zh", models.CharField(max_length=120)),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("contact", models.CharField(max_length=200)),
                ("purpose_en", models.CharField(max_length=300)),
                ("purpose_zh", models.CharField(max_length=300)),
                ("utility", models.CharField(blank=True, choices=_UTILITIES, max_length=10)),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("contact", ""), _negated=True),
                        name="outside_body_can_be_reached",
                    )
                ]
            },
        ),
        migrations.AlterField(
            "appointment",
            "ending",
            models.CharField(blank=True, choices=_ENDINGS, max_length=10),
        ),
        migrations.AddField("appointment", "next_fire_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "appointment", "attempts", models.PositiveSmallIntegerField(default=0, db_default=0)
        ),
        migrations.AddField(
            "appointment",
            "latest_error",
            models.CharField(max_length=500, blank=True, default="", db_default=""),
        ),
        migrations.AddIndex(
            "appointment",
            models.Index(
                fields=["next_fire_at"],
                condition=models.Q(next_fire_at__isnull=False),
                name="appointment_waiting",
            ),
        ),
        migrations.AddIndex(
            "appointment", models.Index(fields=["from_at"], name="appointment_by_begin")
        ),
        migrations.RunSQL(_WAKE, migrations.RunSQL.noop),
        migrations.AlterField(
            "fulllist",
            "means",
            models.CharField(
                choices=[
                    ("print", "Printed and handed over"),
                    ("message", "Text message"),
                    ("phone", "Read out on the telephone"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField("clock", "replanned_at", models.DateTimeField(null=True)),
    ]
