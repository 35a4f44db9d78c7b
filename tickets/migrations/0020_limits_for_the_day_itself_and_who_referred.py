from django.db import migrations, models
from django.db.models import Q

_CHANNELS = [
    ("counter", "Counter"), ("hotline", "Hotline"), ("web", "Web"), ("letter", "Letter"),
    ("referral", "Referred to us"), ("via12345", "Referred by 12345"),
    ("via12398", "Referred by 12398"), ("executive", "Executive hotline"),
    ("reception", "Leaders’ reception day"), ("bypass", "Complaint to a higher level"),
    ("other", "Other channel"),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("tickets", "0019_key_accounts_are_a_sort_of_customer")]

    operations = [
        migrations.AlterField(
            "ticket", "channel", models.CharField(choices=_CHANNELS, max_length=10)
        ),
        migrations.AddConstraint(
            "limit",
            models.CheckConstraint(
                condition=Q(amount__gt=0)
                | Q(
                    amount=0, counting="from_next_day", unit__in=["calendar_days", "working_days"]
                ),
                name="limit_is_positive_or_the_day_itself",
            ),
        ),
        migrations.RemoveConstraint("limit", "limit_is_positive"),
    ]
