from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0008_outside_bodies_and_watched_appointments")]

    operations = [
        migrations.AddField("ticket", "auto_sign_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "ticket",
            models.Index(
                fields=["auto_sign_at"],
                condition=models.Q(auto_sign_at__isnull=False),
                name="ticket_to_be_signed",
            ),
        ),
    ]
