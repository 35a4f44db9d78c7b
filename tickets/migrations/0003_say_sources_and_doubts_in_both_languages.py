from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0002_index_clocks_by_judgement'),
    ]

    operations = [
        migrations.RenameField(model_name='policy', old_name='source', new_name='source_en'),
        migrations.RenameField(model_name='policy', old_name='doubt', new_name='doubt_en'),
        migrations.AddField(
            model_name='policy',
            name='source_zh',
            field=models.CharField(blank=True, default='', max_length=300),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='policy',
            name='doubt_zh',
            field=models.CharField(blank=True, default='', max_length=300),
            preserve_default=False,
        ),
    ]
