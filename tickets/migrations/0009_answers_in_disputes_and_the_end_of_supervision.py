import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_KINDS = [
    ("follow_up", "Promised follow-up"),
    ("co_handling", "Joint handling"),
    ("report_back", "Report back to the supervisor"),
    ("executive", "Task from an executive note"),
    ("visit", "Personal visit"),
    ("annotate", "Read and annotate"),
    ("meeting", "Decided at the liaisons’ meeting"),
    ("dispute", "Answer in a dispute"),
]

# Who supervised a ticket before supervisions had rows of their own: open ones go on, with five days
# for the report-back; of ended tickets the supervision ended with them.
_GIVE_ROWS = """
    INSERT INTO tickets_supervision
        (ticket_id, supervisor_id, ground, reason, opened_at, report_due_at, ended_at, ended_by_id,
         verdict, closes_as)
    SELECT t.id, t.supervisor_id, CASE WHEN e.code = 'supervised' THEN 'decision' ELSE 'discontent' END,
           left(coalesce(e.facts ->> 'reason', ''), 1000), coalesce(e.at, t.latest_event_at),
           coalesce(e.at, t.latest_event_at) + interval '5 days',
           CASE WHEN t.state IN ('closed', 'archived', 'cancelled')
                THEN coalesce(t.closed_at, t.latest_event_at) END,
           CASE WHEN t.state IN ('closed', 'archived', 'cancelled') THEN t.supervisor_id END, '', ''
    FROM tickets_ticket t
    LEFT JOIN LATERAL (
        SELECT code, at, facts FROM tickets_event
        WHERE ticket_id = t.id AND code IN ('supervised', 'sent_back', 'reopened')
        ORDER BY id DESC LIMIT 1
    ) e ON true
    WHERE t.supervisor_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM tickets_supervision s WHERE s.ticket_id = t.id)
"""
_FOLD = """
    UPDATE tickets_ticket SET supervisor_id = NULL
    WHERE supervisor_id IS NOT NULL AND state IN ('closed', 'archived', 'cancelled')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0009_let_the_desk_sign"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "dispute", "answer",
            models.CharField(blank=True, db_default="", default="", max_length=1000),
        ),
        migrations.AddField("dispute", "answered_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "dispute", "answered_by",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            "supervision", "closes_as",
            models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.AddField(
            "ticket", "is_petition", models.BooleanField(db_default=False, default=False)
        ),
        migrations.AlterField("task", "kind", models.CharField(choices=_KINDS, max_length=12)),
        migrations.RunSQL(_GIVE_ROWS, migrations.RunSQL.noop),
        migrations.RunSQL(_FOLD, migrations.RunSQL.noop),
    ]  # fmt: skip
