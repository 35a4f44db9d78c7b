"""How much somebody was given of late: each ticket counts one, and half as much every four weeks
later (sum).

Open tickets alone are a poor measure of who has done their share: whoever lets work lie would be
given less. What was given counts whether it is closed or not.
"""

from datetime import datetime, timedelta

HALVED_AFTER = timedelta(days=28)


def left(amount: float, since: datetime | None, at: datetime) -> float:
    """What is left at the instant of an amount that stood at `since`."""
    if since is None or amount <= 0:
        return 0.0
    age = max(at - since, timedelta(0))
    return float(amount * 0.5 ** (age / HALVED_AFTER))
