"""Many open tickets with all their clocks and waiting deadlines: copies of tickets that the verbs
have logged, passed on and signed for, made by the database itself."""

from datetime import timedelta

from django.db import connection, models

from bench import desks
from demonstration import founding
from organisation.models import Staff
from servicedesk.lib import clock
from tickets import dispatching, intake
from tickets.kinds import Channel, Kind
from tickets.models import Category, Clock, Deadline, Ticket

_CATEGORY = "power-fault-one"
_OPERATOR = "operator"

# Copies are told from the tickets they are of by what follows this in the number.
MARK = "-c"

_COPY_TICKETS = """
    INSERT INTO tickets_ticket ({columns}, number)
    SELECT {columns}, number || '{mark}' || n FROM tickets_ticket, generate_series(1, %s) AS n
    WHERE id = ANY(%s)
"""
_COPY_ROWS = """
    INSERT INTO {table} ({columns}, ticket_id)
    SELECT {listed}, copy.id FROM {table} AS row
    JOIN tickets_ticket AS known ON known.id = row.ticket_id
    JOIN tickets_ticket AS copy ON copy.number LIKE known.number || '{mark}%%'
    WHERE known.id = ANY(%s)
"""


def logged(how_many: int) -> list[int]:
    """Ids of tickets in progress, logged by the verbs for as many customers, in units of all
    territories."""
    at = clock.now() - timedelta(minutes=2)
    operator, category = (
        Staff.objects.get(staff_number=_OPERATOR),
        Category.objects.get(code=_CATEGORY),
    )
    ids = []
    for customer, premises, accounts in founding.customers_of(desks.SEED)[:how_many]:
        request = intake.Request(
            kind=Kind.FAULT, category=category, channel=Channel.HOTLINE, text="整栋楼没有电。",
            customer=customer, premises=premises, account=accounts.get(category.utility),
            territory=premises.territory, address=premises.address, contact_name=customer.name,
        )  # fmt: skip
        ticket = intake.pass_on(request=request, by=operator, at=at)
        if ticket.lead_handler is not None:
            dispatching.accept(ticket=ticket, by=ticket.lead_handler, at=at + timedelta(minutes=1))
            ids.append(ticket.pk)
    return ids


def copied(ids: list[int], times: int) -> None:
    """Each of the tickets that many times more, with its clocks and waiting deadlines."""
    with connection.cursor() as cursor:
        columns = _columns(Ticket, "number")
        cursor.execute(_COPY_TICKETS.format(columns=columns, mark=MARK), [times, ids])
        for model in (Clock, Deadline):
            columns = _columns(model, "ticket_id")
            listed = ", ".join(f"row.{name}" for name in columns.split(", "))
            command = _COPY_ROWS.format(
                table=model._meta.db_table, columns=columns, listed=listed, mark=MARK
            )
            cursor.execute(command, [ids])
        cursor.execute("ANALYZE tickets_ticket, tickets_clock, tickets_deadline")


def _columns(model: type[models.Model], without: str) -> str:
    names = [field.column for field in model._meta.concrete_fields]
    return ", ".join(name for name in names if name not in ("id", without))
