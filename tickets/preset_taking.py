"""Put a preset of the library into force (verb)."""

from datetime import datetime

from organisation.models import Staff
from tickets import policy_keeping, preset_library
from tickets.models import Policy
from tickets.preset_library import Shelved


def take(
    *, code: str, note: str, by: Staff, at: datetime, effective_at: datetime | None = None
) -> Policy:
    """The preset as a policy of whoever takes it: the next version of the policy for the very same
    matters, or a new one. Taking it twice changes nothing. Raises NotVisible, and what
    policy_keeping raises: NotYourLimits, NotInThePast."""
    found = preset_library.one(by, code)
    if found.instead_of is None:
        return policy_keeping.add(
            wording=found.wording, note=_note(found, note), by=by, at=at, effective_at=effective_at
        )
    if found.is_taken:
        return found.instead_of
    return policy_keeping.change(
        policy=found.instead_of, wording=found.wording, note=_note(found, note), by=by, at=at,
        effective_at=effective_at,
    )  # fmt: skip


def _note(found: Shelved, note: str) -> str:
    """What the administrator says, or which preset it was."""
    return note.strip() or found.preset.code
