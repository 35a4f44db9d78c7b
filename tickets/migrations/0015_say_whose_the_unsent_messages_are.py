from django.db import migrations

# What was sent already is many rows and needs nobody any more; it shows to nobody.
NAME_THE_COMPANY = """
UPDATE notifications_outbox AS message
SET scope_path = ticket.scope_path
FROM tickets_ticket AS ticket
WHERE ticket.number = message.subject AND message.state <> 'sent' AND message.scope_path = ''
"""


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0002_say_whose_a_message_is"),
        ("tickets", "0014_name_the_new_events"),
    ]

    operations = [migrations.RunSQL(NAME_THE_COMPANY, migrations.RunSQL.noop)]
