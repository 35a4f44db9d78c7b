import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

_UNITS = [
    ("minutes", "minutes"), ("hours", "hours"), ("working_minutes", "working minutes"),
    ("working_hours", "working hours"), ("calendar_days", "calendar days"),
    ("working_days", "working days"),
]  # fmt: skip

_EVENTS = [
    ("received", "Logged"),
    ("resolved_on_the_spot", "Resolved on the spot"),
    ("dispatched", "Dispatched"),
    ("signed", "Signed for"),
    ("reassigned", "Reassigned"),
    ("contacted", "Spoke with the customer"),
    ("contact_tried", "Tried to reach the customer"),
    ("arrived", "Arrived on site"),
    ("done", "Reported done"),
    ("approved", "Approved in review"),
    ("rejected", "Sent back in review"),
    ("sent_back", "Back to the unit after the callback"),
    ("closed", "Closed"),
    ("reopened", "Reopened"),
    ("urged", "Chased by the customer"),
    ("supervised", "Put under supervision"),
    ("cancelled", "Cancelled"),
    ("reminded", "Early warning"),
    ("overdue", "Limit missed"),
    ("escalated", "Escalated"),
    ("limit_warned", "Above the promised average"),
    ("called_back", "Customer answered the callback"),
    ("imported", "Loaded from a file"),
    ("amended", "Changed by a later file"),
    ("number_shown", "Full number shown"),
    ("returned", "Returned"),
    ("adjudicated", "Adjudicated"),
    ("transferred", "Transferred"),
    ("auto_signed", "Signed for by the desk, because nobody did"),
    ("asked", "Approval asked for"),
    ("request_refused", "Request refused"),
    ("suspended", "Suspended"),
    ("resumed", "Resumed"),
    ("extended", "More time granted"),
    ("reclassified", "Reclassified"),
    ("priority_changed", "Priority changed"),
    ("task_opened", "Task given"),
    ("task_signed", "Task signed for"),
    ("task_done", "Task done"),
    ("task_dropped", "Task dropped"),
    ("task_missed", "Task overdue"),
    ("split", "Split"),
    ("merged", "Merged into another ticket"),
    ("child_taken", "Another ticket merged into this one"),
    ("followed", "Went with the ticket it is merged into"),
    ("unmerged", "Merge undone"),
    ("linked", "Linked with another ticket"),
    ("referred", "Referred outside"),
    ("refused", "Refused with reasons"),
    ("withdrawn", "Withdrawn by the customer"),
    ("disclosed", "Full list given"),
    ("booked", "Appointment booked"),
    ("appointment_settled", "Appointment over"),
    ("appointment_missed", "Window over, nobody came"),
    ("update_promised", "Update promised"),
    ("update_missed", "Promised update missed"),
    ("told_confirmed", "Confirmed that the customer was told"),
    ("handed_over", "Handed over"),
    ("reported_back", "Reported back to the supervisor"),
    ("supervision_ended", "Supervision ended"),
    ("callback_over", "Callback over; something still keeps it open"),
    ("annotated", "Annotated by an executive"),
    ("found", "Finding recorded"),
    ("appealed", "Finding appealed"),
    ("appeal_decided", "Appeal decided"),
    ("disputed", "Dispute opened"),
    ("dispute_answered", "The other side answered"),
    ("dispute_settled", "Dispute settled"),
    ("archived", "Archived"),
    ("reader_named", "Reader named"),
    ("reader_dismissed", "Access ended"),
    ("accused_named", "Said who it is about"),
    ("called_again", "Escalation repeated"),
    ("acknowledged", "Escalation acknowledged"),
]


def _person(on_delete, **options):
    return models.ForeignKey(
        on_delete=on_delete, related_name="+", to=settings.AUTH_USER_MODEL, **options
    )


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0004_posts_and_what_became_of_them"),
        ("tickets", "0016_keep_the_review_date_apart"),
    ]

    operations = [
        migrations.AddField(
            "rung", "repeat_amount",
            models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True),
        ),
        migrations.AddField(
            "rung", "repeat_unit",
            models.CharField(
                choices=_UNITS, db_default="minutes", default="minutes", max_length=20
            ),
        ),
        migrations.AddField(
            "rung", "most_repeats", models.PositiveSmallIntegerField(db_default=0, default=0)
        ),
        migrations.AddConstraint(
            "rung",
            models.CheckConstraint(
                condition=Q(most_repeats=0) | Q(repeat_amount__gt=0),
                name="rung_repeats_after_some_time",
            ),
        ),
        migrations.AlterField(
            "event", "code", models.CharField(choices=_EVENTS, max_length=30)
        ),
        migrations.AlterField(
            "limit", "starts_on", models.CharField(choices=_EVENTS, max_length=30)
        ),
        migrations.AlterField(
            "limit", "stops_on",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(choices=_EVENTS, max_length=30), size=None
            ),
        ),
        migrations.CreateModel(
            "Escalation",
            fields=[
                ("id", models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                )),
                ("ticket", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="escalations",
                    to="tickets.ticket",
                )),
                ("deadline", models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT, related_name="escalation",
                    to="tickets.deadline",
                )),
                ("clock", models.CharField(max_length=20)),
                ("measure", models.CharField(max_length=5)),
                ("stage", models.CharField(max_length=20)),
                ("generation", models.PositiveIntegerField()),
                ("role", models.CharField(max_length=30)),
                ("staff", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="escalations",
                    to=settings.AUTH_USER_MODEL,
                )),
                ("stands_for", _person(django.db.models.deletion.SET_NULL, null=True)),
                ("duty_leader", _person(django.db.models.deletion.SET_NULL, null=True)),
                ("told_at", models.DateTimeField()),
                ("repeats", models.PositiveSmallIntegerField(default=0)),
                ("next_fire_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("latest_error", models.TextField(blank=True)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("acknowledged_by", _person(django.db.models.deletion.PROTECT, null=True)),
                ("note", models.TextField(blank=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(acknowledged_at=None, acknowledged_by=None)
                        | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                        name="escalation_acknowledged_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=Q(next_fire_at=None)
                        | Q(acknowledged_at=None, ended_at=None),
                        name="answered_escalation_is_not_repeated",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["next_fire_at"], condition=Q(next_fire_at__isnull=False),
                        name="escalation_to_repeat",
                    ),
                    models.Index(
                        F("told_at"), condition=Q(acknowledged_at=None, ended_at=None),
                        name="escalation_unanswered",
                    ),
                ],
            },
        ),
    ]  # fmt: skip
