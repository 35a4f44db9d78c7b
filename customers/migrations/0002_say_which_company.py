from django.db import migrations, models

# Who is there already belongs to the company of their latest ticket, else to the one of that
# service line, else to the whole tree: nobody is lost, and nobody gets strangers to see.
_ACCOUNTS = """
UPDATE customers_supplyaccount account SET scope_path = coalesce(
    (SELECT scope_path FROM tickets_ticket WHERE account_id = account.id ORDER BY id DESC LIMIT 1),
    (SELECT path FROM organisation_unit
     WHERE level = 'company' AND utility = account.utility ORDER BY path LIMIT 1),
    (SELECT path FROM organisation_unit WHERE parent_id IS NULL ORDER BY path LIMIT 1), '')
"""
_CUSTOMERS = """
UPDATE customers_customer customer SET scope_path = coalesce(
    (SELECT scope_path FROM tickets_ticket WHERE customer_id = customer.id ORDER BY id DESC LIMIT 1),
    (SELECT min(scope_path) FROM customers_supplyaccount WHERE customer_id = customer.id),
    (SELECT path FROM organisation_unit WHERE parent_id IS NULL ORDER BY path LIMIT 1), '')
"""


def path_of_the_company() -> models.CharField:
    return models.CharField(
        blank=True, db_collation="C", db_default="", default="", max_length=200
    )


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0001_customers_premises_and_accounts"),
        ("tickets", "0001_tickets_clocks_and_history"),
    ]

    operations = [
        migrations.AddField("customer", "scope_path", path_of_the_company()),
        migrations.AddField("supplyaccount", "scope_path", path_of_the_company()),
        migrations.RunSQL(_ACCOUNTS, migrations.RunSQL.noop),
        migrations.RunSQL(_CUSTOMERS, migrations.RunSQL.noop),
    ]
