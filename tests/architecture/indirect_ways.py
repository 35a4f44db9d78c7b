"""Where a ticket could show without being opened: lists, counts, searches, suggestions, files,
notices, live parts, figures. One row per way; a page of the matrix that is about nothing in
particular is a way by itself and has no row here.

{number}, {code}, {word}, {place}, {name} and {phone} stand for those of the planted ticket.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Way:
    """An address by name, what is typed into its query, and what it is about (permission_matrix
    MAKERS); `sends` makes it a POST, `is_live` an htmx part."""

    name: str
    query: str = ""
    about: str = ""
    sends: dict[str, str] = field(default_factory=dict)
    is_live: bool = False


WAYS: tuple[Way, ...] = (
    *(
        Way("tickets:list", f"q={typed}")
        for typed in ("{number}", "{word}", "{place}", "{name}", "{phone}")
    ),
    *(Way("tickets:list", f"kind={kind}") for kind in ("REPORT", "COMPLAINT")),
    *(Way("tickets:list", f"state={state}") for state in ("new", "callback")),
    Way("tickets:list", "utility=telecom", is_live=True),
    *(
        Way("tickets:work", f"tab={tab}", is_live=True)
        for tab in ("sign", "unit", "dispatch", "review", "supervised", "tracked")
    ),
    Way("tickets:overdue", "part=soon"),
    Way("tickets:overdue", "unit=EAST-1"),
    *(
        Way("tickets:intake-caller", f"contact_phone={typed}", is_live=True)
        for typed in ("{phone}", "2222", "{name}", "{place}", "13900000001")
    ),
    *(Way("customers:find", f"q={typed}") for typed in ("{phone}", "2222", "{name}", "{place}")),
    Way("customers:customer", about="customer"),
    Way("tickets:of-customer", about="customer", is_live=True),
    Way("tickets:ticket", about="ticket"),
    *(Way("notifications:outgoing", f"state={state}") for state in ("waiting", "sent", "doubtful")),
    Way("tickets:undelivered"),
    *(
        Way("reports:tickets", f"month=2026-03&figure={figure}")
        for figure in ("received", "closed", "excluded")
    ),
    Way("reports:tickets", "month=2026-03&figure=received&kind=REPORT"),
    Way("reports:month", "month=2026-03"),
    Way("reports:month", "month=2026-03&unit=EAST-1"),
    Way("tickets:readings", "who=1002"),
    Way("tickets:public-status", sends={"number": "{number}", "code": "{code}"}),
)
