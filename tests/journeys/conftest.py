"""The cast of the journeys."""

import pytest
from django.core.management import call_command

from servicedesk.lib import clock
from tests import cast as people
from tests.cast import Cast
from tests.factories import limits


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast as of now, for the engine lives by the database's clock; limits of seconds."""
    call_command("load_presets")
    found = people.assemble(clock.now())
    limits.answer_within_three_seconds(found.at)
    return found
