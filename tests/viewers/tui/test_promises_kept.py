"""V1 to V3: viewers never write, hold nobody up, and find their way from every start."""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store.database import open_reader, path_in
from viewers.panels import reading

DATABASE = "fleetmeter.db"


def digest(home: Path) -> str:
    return hashlib.sha256((home / DATABASE).read_bytes()).hexdigest()


async def every_screen(eye: Any) -> None:
    """Look at all there is."""
    await eye.press("a")
    await eye.until("last word")
    for face in eye.app.faces.values():
        await eye.press(face.number)
        await eye.until(f"▐{face.number} {face.title}▌")
        await eye.pilot.pause(0.1)


@pytest.mark.promise("V1")
def test_V1_looking_at_everything_changes_no_byte(recorded: Path, look: Any) -> None:
    before = digest(recorded)
    look(every_screen)
    assert digest(recorded) == before


@pytest.mark.mutant("V1")
def test_V1_a_viewer_that_writes_is_seen(recorded: Path, look: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def writing(home: str) -> sqlite3.Connection:
        with closing(sqlite3.connect(path_in(home))) as writer:
            writer.execute("create table if not exists scribble (n)")
            writer.execute("pragma wal_checkpoint(truncate)")
        return open_reader(home)

    before = digest(recorded)
    monkeypatch.setattr(reading, "open_reader", writing)
    look(every_screen)
    assert digest(recorded) != before


def checkpoint(home: Path) -> tuple[int, int]:
    """Whether somebody keeps the log from being emptied, and how many bytes it has after."""
    with closing(sqlite3.connect(home / DATABASE)) as writer:
        writer.execute("create table if not exists filler (text)")
        writer.executemany("insert into filler values (?)", [("x" * 1000,)] * 100)
        writer.commit()
        (busy, _, _) = writer.execute("pragma wal_checkpoint(truncate)").fetchone()
        return busy, os.path.getsize(f"{home / DATABASE}-wal")


@pytest.mark.promise("V2")
@pytest.mark.timed
def test_V2_an_open_app_holds_no_transaction(recorded: Path, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        for face in eye.app.faces.values():
            await eye.press("a" if face.number == "1" else face.number)
            await eye.until(f"{face.number} {face.title}")
            await eye.pilot.pause(0.3)
            assert checkpoint(recorded) == (0, 0)
        assert 0 < eye.app.reading.longest_s < 0.2

    look(by_keys)


@pytest.mark.mutant("V2")
def test_V2_a_cursor_left_open_is_seen(recorded: Path, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.until("1 Fleet")
        left: list[sqlite3.Cursor] = []

        def careless(reader: sqlite3.Connection, _: float) -> None:
            cursor = reader.execute("select session_id from sessions union all select model from responses")
            cursor.fetchone()
            left.append(cursor)

        eye.app.reading.ask("careless", careless)
        await eye.pilot.pause(0.5)
        assert left and checkpoint(recorded)[0] == 1
        eye.app.reading.stop()

    look(by_keys)


def older(home: Path) -> None:
    _version(home, -1)


def newer(home: Path) -> None:
    _version(home, 1)


def _version(home: Path, by: int) -> None:
    with closing(sqlite3.connect(home / DATABASE)) as writer:
        (version,) = writer.execute("pragma user_version").fetchone()
        writer.execute(f"pragma user_version = {version + by}")
        writer.execute("pragma wal_checkpoint(truncate)")


def damaged(home: Path) -> None:
    _gone(home)
    (home / DATABASE).write_bytes(b"no database at all" * 1000)


def empty(home: Path) -> None:
    _gone(home)
    (home / DATABASE).write_bytes(b"")


def _gone(home: Path) -> None:
    for path in home.glob(f"{DATABASE}*"):
        path.unlink()


def no_folder(home: Path) -> None:
    shutil.rmtree(home)


# What was done to the data folder → what the screen says of it.
STARTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "no database": (_gone, "nothing is recorded yet"),
    "no folder": (no_folder, "nothing is recorded yet"),
    "older schema": (older, "by an older fleetmeter"),
    "newer schema": (newer, "by a newer"),
    "damaged": (damaged, "no data"),
    "empty file": (empty, "no data"),
}


async def healed(eye: Any, home: Path, whole: Path) -> None:
    """Put the whole database back, as a collector or a person would, and see it come."""
    home.mkdir(exist_ok=True)
    _gone(home)
    shutil.copytree(whole, home, dirs_exist_ok=True)
    await eye.press("a")
    await eye.until("last word", seconds=5)


@pytest.mark.promise("V3")
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize(("spoil", "words"), STARTS.values(), ids=STARTS)
def test_V3_every_start_says_what_is_wrong_and_heals(
    spoil: Callable[[Path], None], words: str, size: tuple[int, int], recorded: Path, once_recorded: Path, look: Any
) -> None:
    spoil(recorded)

    async def by_keys(eye: Any) -> None:
        await eye.until(words)
        await healed(eye, recorded, once_recorded)
        assert words not in eye.text()

    look(by_keys, size)


@pytest.mark.promise("V3")
@pytest.mark.parametrize(("spoil", "words"), STARTS.values(), ids=STARTS)
def test_V3_what_happens_while_one_looks_is_told_and_heals(
    spoil: Callable[[Path], None], words: str, recorded: Path, once_recorded: Path, look: Any
) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.press("a")
        await eye.until("last word")
        spoil(recorded)
        if spoil in (older, newer):  # the same file: whoever changes it puts another in its place
            shutil.copy(recorded / DATABASE, recorded / "other")
            os.replace(recorded / "other", recorded / DATABASE)
        await eye.until(words)
        await eye.press("a")
        await healed(eye, recorded, once_recorded)

    look(by_keys)


@pytest.mark.promise("V3")
def test_V3_a_locked_database_is_waited_for(recorded: Path, look: Any) -> None:
    with closing(sqlite3.connect(recorded / DATABASE)) as writer:
        writer.execute("pragma locking_mode = exclusive")
        writer.execute("begin exclusive")
        writer.execute("create table held (n)")

        async def by_keys(eye: Any) -> None:
            await eye.until("another process holds")
            writer.rollback()
            writer.close()
            await eye.press("a")
            await eye.until("last word", seconds=5)

        look(by_keys)


@pytest.mark.promise("V3")
def test_V3_a_collector_that_does_not_run_is_told(recorded: Path, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.until("No collector runs")
        await eye.until("■ stopped")

    look(by_keys)


@pytest.mark.mutant("V3")
def test_V3_an_app_that_opens_once_is_seen(
    recorded: Path, once_recorded: Path, look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _gone(recorded)
    opened: list[str] = []

    def once(home: str) -> sqlite3.Connection:
        if opened:
            raise RuntimeError("never again")
        opened.append(home)
        return open_reader(home)

    monkeypatch.setattr(reading, "open_reader", once)

    async def by_keys(eye: Any) -> None:
        await eye.until("never again")  # what it said before stands for half a second only
        eye.until = patient(eye.until)
        with pytest.raises(AssertionError):
            await healed(eye, recorded, once_recorded)

    look(by_keys)


def patient(until: Callable[..., Awaitable[str]]) -> Callable[..., Awaitable[str]]:
    async def short(words: str, *, seconds: float = 1.0, gone: bool = False) -> str:
        return await until(words, seconds=1.5, gone=gone)

    return short
