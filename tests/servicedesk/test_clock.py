import datetime

import pytest
from django.db import connection, transaction

from servicedesk.lib import clock


@pytest.mark.django_db
def test_it_is_aware_utc_and_moves_within_a_transaction() -> None:
    with transaction.atomic():
        earlier = clock.now()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.01)")
        later = clock.now()
    assert earlier.tzinfo is datetime.UTC
    assert later - earlier >= datetime.timedelta(milliseconds=10)
