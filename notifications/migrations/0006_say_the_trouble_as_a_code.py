from django.db import migrations, models

_TROUBLES = [
    ("no_way", "The other side cannot be reached"),
    ("no_answer", "The other side did not answer in time"),
    ("busy", "The other side cannot take it now"),
    ("refused", "The other side refuses this message"),
    ("no_recipient", "The other side knows no such recipient"),
    ("sign_in", "The mail server refuses our sign-in"),
    ("inside", "The address leads to a place that is not allowed"),
    ("switched_off", "The receiver is switched off"),
    ("unwritable", "The message itself cannot be written"),
    ("lost", "Whoever was sending it was lost each time"),
    ("unanswered", "Sent twice under one key, and nobody says whether it arrived"),
]


def trouble() -> models.CharField:
    return models.CharField(
        blank=True, choices=_TROUBLES, db_default="", default="", max_length=20
    )


class Migration(migrations.Migration):
    dependencies = [("notifications", "0005_index_what_waits_by_channel_and_what_is_given_up")]

    operations = [
        migrations.AddField("outbox", "trouble", trouble()),
        migrations.AddField("lane", "trouble", trouble()),
    ]
