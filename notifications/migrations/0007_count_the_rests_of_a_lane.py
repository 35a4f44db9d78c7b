from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0006_say_the_trouble_as_a_code")]

    operations = [
        migrations.AddField(
            "lane", "rests", models.PositiveSmallIntegerField(db_default=0, default=0)
        ),
        migrations.AddField(
            "lane", "is_probing", models.BooleanField(db_default=False, default=False)
        ),
    ]
