from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0006_keep_informants_out_of_what_is_searched")]

    operations = [
        migrations.AddField(
            model_name="handoveritem",
            name="ending",
            field=models.CharField(
                blank=True,
                choices=[
                    ("handed", "Handed over"),
                    ("ended", "Left out: the ticket had ended meanwhile"),
                    ("changed", "Left out: somebody else had it meanwhile"),
                    ("barred", "Left out: the successor may not have it"),
                ],
                db_default="",
                default="",
                max_length=10,
            ),
        ),
    ]
