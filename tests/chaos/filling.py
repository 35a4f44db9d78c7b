"""What a storm's desk needs before the first complaint: the cast, limits of seconds, and a log that
has no unique key, in which a second firing or a second message would stand as a second line.

Writes as JSON what the clients' browsers would know.
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection

if TYPE_CHECKING:
    from tests.cast import Cast

# BEFORE INSERT fires even where ON CONFLICT then does nothing: a hidden second claim shows.
_LOG = """
    CREATE TABLE chaos_log (
        what text NOT NULL, ref text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp()
    );
    CREATE FUNCTION chaos_deadline() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO chaos_log (what, ref)
        VALUES (CASE TG_OP WHEN 'INSERT' THEN 'planned' ELSE 'fired' END, NEW.id);
        RETURN NEW;
    END $$;
    CREATE TRIGGER chaos_planned AFTER INSERT ON tickets_deadline
        FOR EACH ROW EXECUTE FUNCTION chaos_deadline();
    CREATE TRIGGER chaos_fired AFTER UPDATE OF fired_at ON tickets_deadline
        FOR EACH ROW WHEN (NEW.fired_at IS NOT NULL) EXECUTE FUNCTION chaos_deadline();
    CREATE FUNCTION chaos_notice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO chaos_log (what, ref) VALUES ('notice', NEW.key || ' to ' || NEW.staff_id);
        RETURN NEW;
    END $$;
    CREATE TRIGGER chaos_noticed BEFORE INSERT ON notifications_notice
        FOR EACH ROW EXECUTE FUNCTION chaos_notice();
    CREATE FUNCTION chaos_message() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO chaos_log (what, ref) VALUES ('message', NEW.key);
        RETURN NEW;
    END $$;
    CREATE TRIGGER chaos_queued BEFORE INSERT ON notifications_outbox
        FOR EACH ROW EXECUTE FUNCTION chaos_message();
"""


def fill() -> dict[str, str]:
    """What is chosen in the clerk's form, and everybody's password."""
    from servicedesk.lib import clock
    from tests import cast as people
    from tests.factories import limits

    cast = people.assemble(clock.now())
    limits.fire_many_times_within_seconds(cast.at)
    _reach_out(cast)
    with connection.cursor() as cursor:
        cursor.execute(_LOG)
    return {
        "category": str(cast.category(limits.CATEGORY).pk),
        "territory": str(cast.territory.pk),
        "password": people.PASSWORD,
        **{f"number of {name}": one.staff_number for name, one in cast.everyone().items()},
    }


def _reach_out(cast: "Cast") -> None:
    """So that all three channels have work: the leader wants text messages too, and a receiver
    outside, the desk's own sink, hears of chosen events."""
    from notifications import quiet, quiet_hours, subscriptions

    wish = quiet.Wish(
        zone="Asia/Shanghai", quiet_from=None, quiet_to=None, are_weekends_quiet=False,
        digest_at=None,
    )  # fmt: skip
    quiet_hours.choose(
        wish=wish, wants_texts=True, mobile="13900000099", by=cast.leader, at=cast.at
    )
    subscriptions.subscribe(
        name="storm", url=f"http://127.0.0.1:{settings.HTTP_SINK_PORT}/webhook/storm",
        events=["received", "dispatched", "overdue", "done"], by=cast.administrator, at=cast.at,
    )  # fmt: skip


def main() -> None:
    """`python -m tests.chaos.filling FILE`."""
    Path(sys.argv[1]).write_text(json.dumps(fill()))
