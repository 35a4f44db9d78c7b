"""Another system's due times replayed by this desk's engine: on made-up files and on real ones."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from tests.factories import files
from tickets.models import Policy, Ticket

pytestmark = pytest.mark.django_db


def a_file(folder: Path, *, spoilt: int = 0, number: int = 80) -> Path:
    """Requests due seven calendar days later, the last of them at another time."""
    rows = []
    for n in range(number):
        opened = datetime(2011, 7, 5, 9, tzinfo=UTC) + timedelta(hours=7 * n)
        due = opened + timedelta(days=7 if n < number - spoilt else 30)
        rows.append(
            files.boston(f"9{n:011d}", open_dt=f"{opened:%Y-%m-%d %H:%M:%S}",
                         target_dt=f"{due:%Y-%m-%d %H:%M:%S}", closed_dt="", case_status="Open")
        )  # fmt: skip
    return files.csv_file(folder / "x.csv", files.BOSTON, rows)


def replayed(path: Path, mapping: str = "boston311", **options: Any) -> dict[str, Any]:
    out, aside = StringIO(), StringIO()
    call_command(
        "replay_limits", path, mapping=mapping, json=True, stdout=out, stderr=aside, **options
    )
    return json.loads(out.getvalue())


def test_the_odd_rows_are_judged_by_what_the_even_rows_showed(tmp_path: Path) -> None:
    assert replayed(a_file(tmp_path, spoilt=4)) == {
        "rows": 40, "judged": 40, "matched": 38, "by_reason": {"days_later": 2},
    }  # fmt: skip
    policy = Policy.objects.get(code__startswith="fit-boston311-")
    assert "38 of 40" in policy.source_en
    assert not Ticket.objects.exists()


def test_a_later_file_is_judged_by_the_rows_written_before(tmp_path: Path) -> None:
    replayed(a_file(tmp_path))
    assert replayed(a_file(tmp_path, spoilt=60))["matched"] == 10
    assert Policy.objects.filter(code__startswith="fit-").count() == 1


def test_editing_the_row_changes_the_verdict(tmp_path: Path) -> None:
    """The limit is read from its row, not known to the code."""
    path = a_file(tmp_path)
    assert replayed(path)["matched"] == 40
    policy = Policy.objects.get(code__startswith="fit-")
    newer = Policy.objects.create(
        code=policy.code, version=2, effective_at=policy.effective_at, utility=policy.utility,
        category_code=policy.category_code, name_en="x", name_zh="x", created_at=policy.created_at,
    )  # fmt: skip
    limit = policy.limits.get()
    limit.pk, limit.policy, limit.amount = None, newer, 8
    limit.save()
    assert replayed(path)["by_reason"] == {"days_earlier": 40}


def test_what_cannot_be_judged_is_counted_apart(tmp_path: Path) -> None:
    steady = [
        files.boston(f"9{n:011d}", open_dt=f"2011-07-0{n + 1} 09:00:00",
                     target_dt=f"2011-07-{n + 11} 09:00:00", closed_dt="", case_status="Open")
        for n in range(8)
    ]  # fmt: skip
    others = [
        files.boston("900000000101", type="Never Seen"), files.boston("900000000102", target_dt=""),
        files.boston("900000000103", target_dt="2059-12-31 19:00:00"),
        files.boston("900000000104", open_dt="nonsense"),
    ]  # fmt: skip
    path = files.csv_file(tmp_path / "x.csv", files.BOSTON, [*steady, *others])
    assert replayed(path, rows="all") == {
        "rows": 12, "judged": 8, "matched": 8,
        "by_reason": {"unknown_type": 1, "no_target": 1, "impossible_target": 1, "unreadable": 1},
    }  # fmt: skip


def test_fitting_twice_writes_once(tmp_path: Path) -> None:
    path = a_file(tmp_path)
    for expected in ("1 new policy", "0 new policy"):
        out = StringIO()
        call_command("fit_limits", path, mapping="boston311", stdout=out)
        assert expected in out.getvalue()


def test_a_missing_file_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="absent.csv"):
        replayed(tmp_path / "absent.csv")


@pytest.mark.skipif(
    not Path(settings.REAL_DATA).is_dir(),
    reason="The folder of real complaint data is not here; REAL_DATA names it.",
)
@pytest.mark.parametrize(
    ("name", "mapping", "judged", "share"),
    [
        ("boston311_2011_jul-oct.csv.gz", "boston311", 17_000, 0.993),
        ("baltimore311_sample.csv.gz", "baltimore311", 3_100, 1),
    ],
)
def test_two_cities_targets_are_met(name: str, mapping: str, judged: int, share: float) -> None:
    path = Path(settings.REAL_DATA) / name
    if not path.is_file():
        pytest.skip(f"{name} is not in the folder of real data.")
    verdict = replayed(path, mapping)
    assert verdict["judged"] >= judged
    assert verdict["matched"] / verdict["judged"] >= share
    assert verdict["rows"] == verdict["matched"] + sum(verdict["by_reason"].values())
