"""When a reminder may leave, by the quiet hours and the digest its reader chose (sum)."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True)
class Wish:
    """What somebody wishes, in their own zone: quiet from..to each day (over midnight where `to` is
    the earlier), quiet weekends, and a daily digest instead of single mails."""

    zone: str
    quiet_from: time | None = None
    quiet_to: time | None = None
    are_weekends_quiet: bool = False
    digest_at: time | None = None

    @property
    def quiet_span(self) -> timedelta:
        """How long it is quiet each day."""
        if self.quiet_from is None or self.quiet_to is None:
            return timedelta()
        return (_since_midnight(self.quiet_to) - _since_midnight(self.quiet_from)) % _DAY

    def shortened_to(self, hours: int) -> "Wish":
        """The same with at most so many quiet hours from the same beginning; none where that is 0."""
        if self.quiet_from is None or not hours:
            return replace(self, quiet_from=None, quiet_to=None)
        end = self.quiet_from.replace(hour=(self.quiet_from.hour + hours) % 24)
        return replace(self, quiet_to=end)

    def is_quiet_by_the_clock(self, clock: time) -> bool:
        """Whether that time of day lies in the quiet hours."""
        if self.quiet_from is None or self.quiet_to is None:
            return False
        if self.quiet_from <= self.quiet_to:
            return self.quiet_from <= clock < self.quiet_to
        return clock >= self.quiet_from or clock < self.quiet_to

    def leaves_at(self, at: datetime) -> datetime:
        """The first instant from `at` on at which a reminder may leave; `at` itself where nothing
        holds it back."""
        moment = self._next_digest(at) if self.digest_at is not None else at
        # The end of quiet hours may lie in a quiet weekend and the other way round.
        for _ in range(8):
            free = self._end_of_quiet(moment)
            if free is None:
                return moment
            moment = free
            if self.digest_at is not None:
                moment = self._next_digest(moment)
        return moment

    def _next_digest(self, at: datetime) -> datetime:
        assert self.digest_at is not None
        local = at.astimezone(ZoneInfo(self.zone))
        moment = self._instant(local.date(), self.digest_at)
        return moment if moment >= at else self._instant(local.date() + _DAY, self.digest_at)

    def _end_of_quiet(self, at: datetime) -> datetime | None:
        """When the quiet that holds at the instant ends; None where it does not hold."""
        local = at.astimezone(ZoneInfo(self.zone))
        today, weekday = local.date(), local.weekday()
        if self.are_weekends_quiet and weekday >= _SATURDAY:
            return self._instant(today + (7 - weekday) * _DAY, time())
        if self.quiet_from is None or self.quiet_to is None or not self.quiet_span:
            return None
        if not self.is_quiet_by_the_clock(local.time()):
            return None
        is_over_midnight = self.quiet_from > self.quiet_to and local.time() >= self.quiet_from
        return self._instant(today + _DAY if is_over_midnight else today, self.quiet_to)

    def _instant(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, ZoneInfo(self.zone)).astimezone(ZoneInfo("UTC"))


def _since_midnight(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute)
