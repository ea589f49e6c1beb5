"""Tables in little room."""

import pytest

from viewers.screen.table import Column, Row, lines
from viewers.screen.text import width

COLUMNS = (
    Column("Name", least=6),
    Column("Extra", is_number=True, dispensable=1),
    Column("Path", least=8, keeps_end=True),
    Column("Count", is_number=True),
)
ROWS = [Row(("日本語の名前です", "1,000", "/a/very/long/path/file.jsonl", "3")), Row(("b", "2", "/c", "12,345"))]


@pytest.mark.parametrize("room", range(24, 100, 5))
def test_no_line_is_wider_than_the_room(room: int) -> None:
    assert all(width(line) <= room for line in lines(COLUMNS, ROWS, room))


def test_numbers_stand_right_and_paths_keep_their_end() -> None:
    shown = list(lines(COLUMNS, ROWS, 50))
    assert shown[1].endswith("     3")
    assert "file.jsonl" in shown[1]


def test_the_least_needed_column_goes_first() -> None:
    assert "Extra" in next(lines(COLUMNS, ROWS, 60))
    assert "Extra" not in next(lines(COLUMNS, ROWS, 26))


def test_nothing_is_cut_where_nothing_limits() -> None:
    assert "/a/very/long/path/file.jsonl" in list(lines(COLUMNS, ROWS, None))[1]


@pytest.mark.promise("V4")
def test_V4_cells_are_cleaned() -> None:
    (_, row) = lines((Column("a"),), [Row(("\x1b[2Jx\ry",))], None)
    assert row == "\N{REPLACEMENT CHARACTER}[2Jx y"
