from django.db import migrations, models

_CLOCKS = [
    ("dispatch", "Dispatch"), ("sign", "Sign for it"), ("first_contact", "First contact"),
    ("arrive", "Arrive"), ("restore", "Restore"), ("reply", "Reply"), ("review", "Review"),
    ("callback", "Callback"), ("total", "Total time"), ("dwell", "Stay in stage"),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("tickets", "0020_limits_for_the_day_itself_and_who_referred")]

    operations = [
        migrations.AlterField("clock", "name", models.CharField(choices=_CLOCKS, max_length=20)),
        migrations.AlterField("limit", "clock", models.CharField(choices=_CLOCKS, max_length=20)),
    ]
