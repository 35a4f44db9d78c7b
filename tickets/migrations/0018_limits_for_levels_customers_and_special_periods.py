import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def keep_key_accounts(apps, schema_editor) -> None:
    """Limits for key accounts, or for all others, are now limits for a sort of customer."""
    policies = apps.get_model("tickets", "Policy").objects
    policies.filter(is_key_account=True).update(customer_class="key_account")
    policies.filter(is_key_account=False).update(customer_class="ordinary")


def give_key_accounts_back(apps, schema_editor) -> None:
    policies = apps.get_model("tickets", "Policy").objects
    policies.filter(customer_class="key_account").update(is_key_account=True)
    policies.filter(customer_class="ordinary").update(is_key_account=False)


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0004_posts_and_what_became_of_them"),
        ("tickets", "0017_repeat_what_nobody_acknowledged"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="ladder",
            name="made_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="ladder",
            name="made_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="ladder",
            name="note",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="limit",
            name="procedure_en",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="limit",
            name="procedure_zh",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="limit",
            name="reminder_minutes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveIntegerField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="policy",
            name="called_off_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="policy",
            name="company",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisation.unit",
            ),
        ),
        migrations.AddField(
            model_name="policy",
            name="customer_class",
            field=models.CharField(
                blank=True,
                choices=[
                    ("vulnerable", "In need of care"),
                    ("key_account", "Key account"),
                    ("ordinary", "No key account"),
                    ("firm", "Firm"),
                    ("person", "Person"),
                ],
                db_default="",
                default="",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="policy",
            name="is_withdrawn",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="policy",
            name="level",
            field=models.PositiveSmallIntegerField(
                blank=True,
                choices=[(1, "Special"), (2, "Major"), (3, "Important"), (4, "General")],
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="policy",
            name="made_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="policy",
            name="note",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="policy",
            name="special_period",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddField(
            model_name="policy",
            name="supersedes",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="later_versions",
                to="tickets.policy",
            ),
        ),
        migrations.AlterField(
            model_name="limit",
            name="unit",
            field=models.CharField(
                choices=[
                    ("minutes", "minutes"),
                    ("hours", "hours"),
                    ("working_minutes", "working minutes"),
                    ("working_hours", "working hours"),
                    ("calendar_days", "calendar days"),
                    ("working_days", "working days"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="policy",
            name="return_unit",
            field=models.CharField(
                choices=[
                    ("minutes", "minutes"),
                    ("hours", "hours"),
                    ("working_minutes", "working minutes"),
                    ("working_hours", "working hours"),
                    ("calendar_days", "calendar days"),
                    ("working_days", "working days"),
                ],
                db_default="working_days",
                default="working_days",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="rung",
            name="after_unit",
            field=models.CharField(
                choices=[
                    ("minutes", "minutes"),
                    ("hours", "hours"),
                    ("working_minutes", "working minutes"),
                    ("working_hours", "working hours"),
                    ("calendar_days", "calendar days"),
                    ("working_days", "working days"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="SpecialPeriod",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name_en", models.CharField(max_length=120)),
                ("name_zh", models.CharField(max_length=120)),
                ("code", models.SlugField(max_length=40)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("is_yearly", models.BooleanField(default=False)),
                (
                    "utility",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("power", "Power"),
                            ("telecom", "Telecom"),
                            ("heating", "Heating"),
                            ("water", "Water"),
                            ("gas", "Gas"),
                            ("other", "Other services"),
                        ],
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.unit",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="later_versions",
                        to="tickets.specialperiod",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_yearly", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="special_period_ends_after_it_starts",
                    )
                ],
            },
        ),
        migrations.RunPython(keep_key_accounts, give_key_accounts_back, elidable=True),
    ]
