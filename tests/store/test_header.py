"""What is not our database, or is newer than we are, is refused and stays as it is, byte for byte."""

import hashlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from store import header
from store.database import open_reader, open_writer
from store.errors import FleetmeterError, NoDatabaseYet

Opener = Callable[..., sqlite3.Connection]
OPENERS = [open_writer, open_reader]


def check_refused(home: Path, steps: Path, opener: Opener, words: str) -> None:
    """The opening is refused in those words, with advice, and no byte, name or mode below the home changes."""
    before = _print_of(home)
    try:
        opener(home, folder=steps).close()
    except FleetmeterError as error:
        assert words in str(error)
        assert error.hint
    else:
        raise AssertionError("opened")
    assert _print_of(home) == before


def _print_of(home: Path) -> dict[str, tuple[int, str]]:
    """Mode and hash of everything but the lock files and SQLite's index of the log, which hold no data."""
    found: dict[str, tuple[int, str]] = {}
    for path in sorted(home.rglob("*")):
        if not path.name.endswith((".lock", "-shm")):
            content = path.read_bytes() if path.is_file() else b""
            found[path.name] = path.lstat().st_mode, hashlib.sha256(content).hexdigest()
    return found


def _newer(home: Path, steps: Path) -> None:
    writer = open_writer(home, folder=steps)
    writer.execute("alter table note add column unknown text")
    writer.execute("pragma user_version = 2")
    writer.close()


def _newer_in_the_log(home: Path, steps: Path) -> None:
    """A newer fleetmeter migrated and was killed: the main file still names the old version."""
    writer = open_writer(home, folder=steps)
    writer.execute("pragma user_version = 2")
    database, log = ((home / f"fleetmeter.db{end}").read_bytes() for end in ("", "-wal"))
    writer.close()
    (home / "fleetmeter.db").write_bytes(database)
    (home / "fleetmeter.db-wal").write_bytes(log)


def _foreign(home: Path, steps: Path) -> None:
    connection = sqlite3.connect(home / "fleetmeter.db")
    connection.execute("pragma journal_mode = wal")
    connection.execute("create table theirs (n integer)")
    connection.close()


def _text(home: Path, steps: Path) -> None:
    (home / "fleetmeter.db").write_text("not a database, but long enough to be one: " * 20)


def _empty(home: Path, steps: Path) -> None:
    (home / "fleetmeter.db").touch(0o600)


def _byte(home: Path, steps: Path) -> None:
    (home / "fleetmeter.db").write_bytes(b"S")


def _folder(home: Path, steps: Path) -> None:
    (home / "fleetmeter.db").mkdir()


def _link(home: Path, steps: Path) -> None:
    elsewhere = home.parent / "elsewhere"
    open_writer(elsewhere, folder=steps).close()
    (home / "fleetmeter.db").symlink_to(elsewhere / "fleetmeter.db")


def _pipe(home: Path, steps: Path) -> None:
    os.mkfifo(home / "fleetmeter.db")


@pytest.mark.promise("S9")
@pytest.mark.parametrize("opener", OPENERS)
@pytest.mark.parametrize("make", [_newer, _newer_in_the_log])
def test_S9_a_newer_database_is_refused_with_its_number(
    make: Callable[[Path, Path], None], opener: Opener, home: Path, steps: Path
) -> None:
    make(home, steps)
    check_refused(home, steps, opener, "its version is 2, this one knows 1")


@pytest.mark.promise("S11")
@pytest.mark.parametrize("opener", OPENERS)
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_foreign, "another program"),
        (_text, "no database"),
        (_empty, "empty"),
        (_byte, "cut"),
        (_folder, "no regular file"),
        (_link, "no regular file"),
        (_pipe, "no regular file"),
    ],
)
def test_S11_what_is_not_ours_is_refused(
    make: Callable[[Path, Path], None], words: str, opener: Opener, home: Path, steps: Path
) -> None:
    home.mkdir(mode=0o700)
    make(home, steps)
    check_refused(home, steps, opener, words)


@pytest.mark.mutant("S9")
@pytest.mark.parametrize("make", [_newer, _newer_in_the_log])
def test_S9_fails_without_the_check(
    make: Callable[[Path, Path], None], home: Path, steps: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(home, steps)
    monkeypatch.setattr(header, "refuse_foreign", lambda *_: None)
    with pytest.raises(AssertionError):
        check_refused(home, steps, open_writer, "its version is 2")


@pytest.mark.mutant("S11")
@pytest.mark.parametrize("make", [_foreign, _empty, _link])
def test_S11_fails_without_the_check(
    make: Callable[[Path, Path], None], home: Path, steps: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.mkdir(mode=0o700)
    make(home, steps)
    monkeypatch.setattr(header, "check", lambda *_: None)
    with pytest.raises((AssertionError, sqlite3.Error)):
        check_refused(home, steps, open_writer, "")
        raise sqlite3.Error("refused by luck, late")


def test_the_check_does_not_drop_the_locks_of_an_open_writer(home: Path, steps: Path) -> None:
    """Closing a file descriptor of the database would release what SQLite holds on it in this process."""
    writer = open_writer(home, folder=steps)
    before = _locks(home)
    header.check(str(home / "fleetmeter.db"), 1)
    assert _locks(home) == before != 0
    writer.close()


def _locks(home: Path) -> int:
    inodes = {f":{(home / name).stat().st_ino} " for name in ("fleetmeter.db", "fleetmeter.db-shm")}
    with open("/proc/locks") as lines:
        return sum(any(inode in line for inode in inodes) for line in lines)


def test_no_database_yet_is_a_state_of_its_own(home: Path, steps: Path) -> None:
    with pytest.raises(NoDatabaseYet) as raised:
        open_reader(home, folder=steps)
    assert "fleetmeter collect --once" in raised.value.hint
    assert not home.exists()


def test_a_reader_asks_for_the_migration_of_an_older_database(home: Path, steps: Path, next_steps: Path) -> None:
    open_writer(home, folder=steps).close()
    check_refused(home, next_steps, open_reader, "its version is 1, this one reads 3")


def test_a_file_shorter_than_it_says_may_be_a_checkpoint_under_way(home: Path, steps: Path) -> None:
    """A viewer that started in that moment called the database damaged; only the real opening can tell."""
    open_writer(home, folder=steps).close()
    database = home / "fleetmeter.db"
    database.write_bytes(database.read_bytes()[: 2 * 4096])
    assert header.check(str(database), 1) == 1
    check_refused(home, steps, open_writer, "was damaged")
