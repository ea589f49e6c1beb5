"""Opening: only a file that is not there means "nothing yet"; all else is said, with what to do about it."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from store.database import check_sqlite, open_reader, open_writer
from store.errors import FleetmeterError, NoDatabaseYet


@pytest.mark.parametrize("is_made", [False, True])
def test_no_file_is_no_database_yet(home: Path, is_made: bool) -> None:
    if is_made:
        home.mkdir()
    with pytest.raises(NoDatabaseYet, match="nothing is recorded yet"):
        open_reader(home)


def a_file(home: Path) -> None:
    home.write_text("")


def a_circle(home: Path) -> None:
    home.symlink_to(home)


@pytest.mark.parametrize("make", [a_file, a_circle])
def test_what_cannot_be_looked_at_is_an_error(home: Path, make: Callable[[Path], None]) -> None:
    make(home)
    with pytest.raises(FleetmeterError, match="cannot be looked at: ") as raised:
        open_reader(home)
    assert not isinstance(raised.value, NoDatabaseYet)
    assert "FLEETMETER_HOME" in raised.value.hint


def test_a_folder_that_cannot_be_made_is_an_error(home: Path) -> None:
    home.write_text("")
    with pytest.raises(FleetmeterError, match="cannot be made: Not a directory") as raised:
        open_writer(home / "below" / "data")
    assert "FLEETMETER_HOME" in raised.value.hint


def test_an_old_sqlite_is_told_with_what_to_do(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_sqlite()
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 37, 2))
    for opening in (open_writer, open_reader):
        with pytest.raises(FleetmeterError, match=r"fleetmeter needs 3\.38 or later") as raised:
            opening(home)
        assert "Python" in raised.value.hint
    assert not os.path.exists(home)
