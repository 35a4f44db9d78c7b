"""Rows come out of any readable file; what cannot be read is named with its line."""

import gzip
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from tests.factories import files
from tickets import row_files
from tickets.row_files import BadRow, Row, Unreadable


def read(path: Path, required: tuple[str, ...] = ("a",), **options: object) -> list[Row | BadRow]:
    return list(row_files.read_rows(path, required=required, **options))  # type: ignore[arg-type]


def count(path: Path) -> int:
    return row_files.survey(path, key="a", required=("a",)).rows


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_plain_and_gzipped_csv_give_the_same_rows(tmp_path: Path) -> None:
    data = 'a,b\n1,"two, three"\n4,五\n'.encode()
    plain = written(tmp_path / "x.csv", data)
    packed = written(tmp_path / "x.csv.gz", gzip.compress(data, mtime=0))
    assert read(plain) == read(packed)
    assert read(plain) == [
        Row(2, {"a": "1", "b": "two, three"}), Row(3, {"a": "4", "b": "五"}),
    ]  # fmt: skip


def test_headers_are_folded(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", "\ufeffUnique Key,Created  Date\n1,2\n".encode())
    assert read(path, ("unique_key",)) == [Row(2, {"unique_key": "1", "created_date": "2"})]


def test_the_encoding_is_the_one_under_which_the_header_fits(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", "编号,正文\n1,停水\n".encode("gb18030"))
    rows = read(path, ("编号",), encodings=("utf-8", "gb18030"))
    assert rows == [Row(2, {"编号": "1", "正文": "停水"})]


def test_utf_16_is_read_by_its_mark(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", "a,b\n1,停水\n".encode("utf-16"))
    assert read(path) == [Row(2, {"a": "1", "b": "停水"})]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"1,x\x00y", "nul"),
        (b"1,\xff\xfe", "bad_encoding"),
        (b"1,\xed\xa0\x80", "bad_encoding"),
        ("1,停电".encode("gb18030"), "bad_encoding"),
        (b"1,2,3", "too_many_cells"),
        (b"1", "too_few_cells"),
        (b'1,"' + b"x" * 1_100_000 + b'"', "broken_row"),
    ],
)
def test_a_bad_row_is_named_and_the_rest_is_read(
    tmp_path: Path, line: bytes, reason: str
) -> None:
    path = written(tmp_path / "x.csv", b"a,b\n0,good\n" + line + b"\n9,good\n")
    before, bad, after = read(path)
    assert isinstance(bad, BadRow) and (bad.line, bad.reason) == (3, reason)
    assert before == Row(2, {"a": "0", "b": "good"})
    assert after == Row(4, {"a": "9", "b": "good"})


def test_a_quoted_cell_of_many_lines_keeps_the_line_numbers_true(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", b'a,b\n1,"x\ny\nz"\n2\n')
    good, bad = read(path)
    assert isinstance(good, Row) and good.cells["b"] == "x\ny\nz"
    assert isinstance(bad, BadRow) and bad.line == 5


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", b"a,b\n\n1,2\n,\n\n")
    assert len(read(path)) == 1
    assert row_files.survey(path, key="a", required=("a",)).rows == 1


def test_sheets_keep_dates_and_whole_numbers(tmp_path: Path) -> None:
    moment = datetime(2019, 4, 25, 9, 32, 9)  # noqa: DTZ001
    path = files.sheet_file(
        tmp_path / "x.xlsx", ("a", "b", "c"),
        [{"a": 12, "b": moment, "c": None}, {"a": 1.5, "b": "文", "c": 3.0}],
    )  # fmt: skip
    assert read(path) == [
        Row(2, {"a": "12", "b": moment, "c": ""}), Row(3, {"a": "1.5", "b": "文", "c": "3"}),
    ]  # fmt: skip


def test_a_lone_surrogate_in_a_sheet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["a"])
    book.active.append(["x_xD800_y"])
    book.active.append(["fine"])
    book.save(path)
    reasons = [row.reason if isinstance(row, BadRow) else row.cells["a"] for row in read(path)]
    assert reasons[1] == "fine"
    assert reasons[0] in {"bad_encoding", "x_xD800_y"}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (gzip.compress(b"", mtime=0), "empty"),
        (gzip.compress(b"a,b\n1,2\n" * 5000, mtime=0)[:-20], "broken"),
        (b"PK\x03\x04 not a workbook", "broken"),
        (b"b,c\n1,2\n", "missing_columns"),
    ],
)
def test_an_unreadable_file_says_why(tmp_path: Path, data: bytes, code: str) -> None:
    path = written(tmp_path / "x", data)
    for reading in (read, count):
        with pytest.raises(Unreadable) as refusal:
            reading(path)
        assert refusal.value.code == code


def test_an_absent_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "none.csv", "absent"), (tmp_path, "not_a_file")):
        with pytest.raises(Unreadable) as refusal:
            read(path)
        assert refusal.value.code == code


def test_counting_and_reading_agree(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", b"a,b\n1,2\n3\n\n4,5,6\n7,\xff\n8,9\n")
    assert row_files.survey(path, key="a", required=("a",)).rows == len(read(path)) == 5


def test_a_survey_tells_where_a_repeated_key_stands_last(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", b"a,b\n1,x\n2,x\n1,y\n3,x\n1,z\n")
    assert row_files.survey(path, key="a", required=("a",)).latest == {"1": 6}


def test_an_excerpt_is_short_and_plain() -> None:
    found = row_files.excerpt(["x" * 300, "\x00", "\udc80"])
    assert len(found) <= row_files.EXCERPT_CHARACTERS
    found.encode()
    assert "\x00" not in row_files.excerpt(["\x00"])
