"""Each mapping turns a row of its shape into the desk's own codes and times."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from organisation.models import Utility
from tests.factories import files
from tickets import mappings, row_files
from tickets.kinds import Channel, Kind
from tickets.mappings import Matter, Refused
from tickets.states import State

NOW = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)


def told(mapping: str, row: dict[str, str], now: datetime = NOW) -> Matter:
    cells = {row_files.folded(name): cell for name, cell in row.items()}
    return mappings.read(mappings.load(mapping), row_files.Row(2, dict(cells)), now=now)


@pytest.mark.parametrize("name", mappings.names())
def test_every_mapping_speaks_the_codes_of_the_desk(name: str) -> None:
    mapping = mappings.load(name)
    assert {code for code, _ in mapping.kinds} | {mapping.defaults["kind"]} <= set(Kind)
    assert {code for code, _ in mapping.utilities} | {mapping.defaults["utility"]} <= set(Utility)
    assert {*mapping.channels.values(), mapping.defaults["channel"]} <= set(Channel)
    states = {found["state"] for found in mapping.states.values()} - {"by_closing_time"}
    assert states | {mapping.defaults["open_state"]} <= {
        State.DISPATCHED, State.IN_PROGRESS, State.CLOSED,
    }  # fmt: skip
    for _code, pattern in (*mapping.kinds, *mapping.utilities):
        re.compile(pattern)


def test_boston() -> None:
    matter = told("boston311", files.boston())
    # Nine in the morning in Boston's summer is one in the afternoon of Greenwich.
    assert matter.received_at == datetime(2011, 7, 5, 13, 0, tzinfo=UTC)
    assert matter.due_at == datetime(2011, 7, 12, 13, 0, tzinfo=UTC)
    assert matter.closed_at == datetime(2011, 7, 7, 19, 30, tzinfo=UTC)
    assert (matter.state, matter.outcome) == ("closed", "done")
    assert (matter.kind, matter.utility, matter.channel) == ("FAULT", "power", "hotline")
    assert (matter.unit_key, matter.unit_name) == ("WRKS", "Works Department")
    assert (matter.category_group, matter.category) == ("Street Lights", "Street Light Outages")
    assert matter.result == "Case Resolved new lamp fitted"
    assert matter.replied_at is None


def test_baltimore() -> None:
    matter = told("baltimore311", files.baltimore())
    assert matter.received_at == datetime(2017, 3, 1, 18, 6, 56, tzinfo=UTC)
    assert (matter.kind, matter.utility, matter.channel) == ("FAULT", "water", "hotline")
    assert matter.due_at is not None and matter.closed_at is not None
    assert matter.due_at < matter.closed_at


@pytest.mark.parametrize(
    ("status", "state", "outcome"),
    [
        ("Closed", "closed", "done"),
        ("Closed (Duplicate)", "closed", ""),
        ("Closed (Transferred)", "closed", "referred"),
        ("Open", "dispatched", ""),
        ("Pending", "in_progress", ""),
        ("Never seen before", "dispatched", ""),
    ],
)
def test_states_of_baltimore(status: str, state: str, outcome: str) -> None:
    matter = told("baltimore311", files.baltimore(SRStatus=status))
    assert (matter.state, matter.outcome) == (state, outcome)


def test_nyc_in_both_spellings_of_its_columns() -> None:
    matter = told("nyc311", files.nyc())
    classic = {
        "Unique Key": "90000001", "Created Date": "02/01/2026 12:00:14 AM", "Closed Date": "",
        "Agency": "QPD", "Agency Name": "Quiet Police", "Complaint Type": "Noise - Made Up",
        "Descriptor": "Banging", "Incident Address": "3 MADE UP PLACE", "Borough": "NOWHERE",
        "Status": "In Progress", "Open Data Channel Type": "ONLINE",
    }  # fmt: skip
    assert told("nyc311", classic) == matter
    assert matter.received_at == datetime(2026, 2, 1, 5, 0, 14, tzinfo=UTC)
    assert (matter.state, matter.channel, matter.due_at) == ("in_progress", "web", None)


def test_tipdm() -> None:
    matter = told("tipdm_replies", files.tipdm())
    assert matter.received_at == datetime(2019, 4, 25, 1, 32, 9, tzinfo=UTC)
    assert matter.closed_at == matter.replied_at == datetime(2019, 5, 10, 6, 56, 53, tzinfo=UTC)
    assert (matter.kind, matter.utility, matter.channel) == ("ENQUIRY", "water", "web")
    assert matter.text == "我们小区停水三天了，请尽快处理。"
    assert matter.result.startswith("您好")


def test_a_message_without_a_reply_is_open_and_a_label_is_its_category() -> None:
    matter = told("tipdm_replies", files.tipdm(答复时间="", 答复意见="") | {"一级分类": "城乡建设"})
    assert (matter.state, matter.closed_at, matter.category) == ("dispatched", None, "城乡建设")


WRONG: list[tuple[str, dict[str, str], str]] = [
    ("boston311", files.boston(case_enquiry_id=" "), "no_number"),
    ("boston311", files.boston(case_enquiry_id="9" * 61), "external_number_too_long"),
    ("boston311", files.boston(open_dt=""), "no_date"),
    ("boston311", files.boston(open_dt="yesterday"), "bad_date"),
    ("boston311", files.boston(open_dt="2011-02-30 09:00:00"), "bad_date"),
    ("boston311", files.boston(target_dt="soon"), "bad_date"),
    ("boston311", files.boston(open_dt="0001-01-01 00:00:00"), "date_out_of_range"),
    ("boston311", files.boston(target_dt="9999-12-31 23:59:59"), "date_out_of_range"),
    ("boston311", files.boston(open_dt="2099-01-01 00:00:00"), "in_the_future"),
    ("boston311", files.boston(closed_dt="2099-01-01 00:00:00"), "in_the_future"),
    ("boston311", files.boston(closed_dt="2011-07-05 08:59:59"), "closes_before_it_opens"),
    ("boston311", files.boston(closed_dt=""), "closed_without_time"),
    ("boston311", files.boston(location="x" * 241), "address_too_long"),
    ("boston311", files.boston(case_title="x" * 20_001), "text_too_long"),
    ("tipdm_replies", files.tipdm(答复意见="答" * 20_001), "result_too_long"),
    ("tipdm_replies", files.tipdm(留言用户="名" * 121), "contact_name_too_long"),
]


@pytest.mark.parametrize(("mapping", "row", "reason"), WRONG)
def test_a_wrong_row_is_refused_with_its_reason(
    mapping: str, row: dict[str, str], reason: str
) -> None:
    with pytest.raises(Refused) as refusal:
        told(mapping, row)
    assert refusal.value.reason == reason


def test_an_instant_with_its_own_zone_keeps_it() -> None:
    matter = told("nyc311", files.nyc(created_date="2026-02-01T00:00:14+00:00"))
    assert matter.received_at == datetime(2026, 2, 1, 0, 0, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    "local", ["2011-11-06 01:30:00", "2011-03-13 02:30:00"], ids=["twice", "never"]
)
def test_hours_that_the_clock_change_doubles_or_skips_still_come_in(local: str) -> None:
    row = files.boston(open_dt=local, target_dt="", closed_dt="2011-12-01 00:00:00")
    assert told("boston311", row).received_at.tzinfo == UTC


def test_a_long_subject_is_cut_and_the_text_stays_whole() -> None:
    matter = told("boston311", files.boston(case_title="lamp " * 40))
    assert len(matter.subject) == mappings.SUBJECT_CHARACTERS
    assert matter.text.startswith(("lamp " * 40).strip())


def test_an_unknown_mapping_is_refused() -> None:
    for name in ("nothing", "../boston311", ""):
        with pytest.raises(mappings.UnknownMapping):
            mappings.load(name)


@pytest.mark.parametrize("make", [files.boston, files.baltimore, files.nyc, files.tipdm])
def test_the_made_up_rows_are_readable(make: Callable[[], dict[str, str]]) -> None:
    shape = {
        files.boston: "boston311", files.baltimore: "baltimore311", files.nyc: "nyc311",
        files.tipdm: "tipdm_replies",
    }[make]  # fmt: skip
    assert told(shape, make()).external_number
