from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tickets", "0018_limits_for_levels_customers_and_special_periods")]

    operations = [migrations.RemoveField("policy", "is_key_account")]
