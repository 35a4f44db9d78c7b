"""When the limit of a stay runs: with whoever has the ticket in one stage, anew with each holder
(严格每个工序停留时间, seed 58; design §4.3) (sum)."""

from tickets.states import MOVES, Happening, State

# A rest is no other stage to a clock: it pauses. A merged ticket is with whoever has the other one.
_NO_STAGE = frozenset({Happening.SUSPENDED, Happening.RESUMED})

# The stage that each event leads to. A merge undone is read as the return or the transfer that it
# is; what is left of them leads back to the work.
ENTERS: dict[str, State] = {
    allowed.event.value: allowed.target
    for allowed in MOVES.values()
    if allowed.target is not None and allowed.event not in _NO_STAGE
} | {Happening.UNMERGED.value: State.IN_PROGRESS}


def begins_on(starts_on: str) -> tuple[str, ...]:
    """The other events that begin the same stage as this one; every stage begins one, where the
    limit starts with the receipt."""
    if starts_on == Happening.RECEIVED:
        return ()
    stage = ENTERS.get(starts_on)
    return tuple(code for code, target in ENTERS.items() if target == stage and code != starts_on)


def renews_on(starts_on: str, stops_on: tuple[str, ...]) -> tuple[str, ...]:
    """What begins the stay anew while one lasts: another unit in the same stage or, from receipt
    on, every change of stage or unit."""
    if starts_on == Happening.RECEIVED:
        return tuple(code for code in ENTERS if code not in {starts_on, *stops_on})
    return tuple(code for code in begins_on(starts_on) if code not in stops_on)


def ends_on(starts_on: str, stops_on: tuple[str, ...]) -> tuple[str, ...]:
    """What ends the stay: the events written, and all that lead to another stage."""
    if starts_on == Happening.RECEIVED:
        return stops_on
    stage = ENTERS.get(starts_on)
    leaving = (code for code, target in ENTERS.items() if target != stage)
    return tuple(dict.fromkeys((*stops_on, *leaving)))
