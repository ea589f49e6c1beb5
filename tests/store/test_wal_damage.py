"""S8: a write-ahead log that is lost, cut or flipped costs nothing: the next recording reads what went with it."""

import os
import random
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from store.database import NAME, open_reader, open_writer, transaction
from tests.collector.claude_tree import Growth, lay_tree
from tests.collector.recorded import Rows, check_same, record, rows, views

FRAME_HEADER, PAGE, LOG_HEADER = 24, 4096, 32

Damage = Callable[[Path, random.Random], None]


def cut(log: Path, choose: random.Random) -> None:
    """Cut in the middle of a frame."""
    frames = (log.stat().st_size - LOG_HEADER) // (FRAME_HEADER + PAGE)
    end = LOG_HEADER + choose.randrange(frames) * (FRAME_HEADER + PAGE) + choose.randrange(1, FRAME_HEADER + PAGE)
    os.truncate(log, end)


def flip(log: Path, choose: random.Random) -> None:
    """Turn one bit over."""
    content = bytearray(log.read_bytes())
    content[choose.randrange(LOG_HEADER, len(content))] ^= 1 << choose.randrange(8)
    log.write_bytes(content)


def blank(log: Path, choose: random.Random) -> None:
    """Zeros from somewhere on, as after a power cut."""
    size = log.stat().st_size
    os.truncate(log, choose.randrange(size // 3, size * 2 // 3))
    os.truncate(log, size)


def empty(log: Path, _choose: random.Random) -> None:
    os.truncate(log, 0)


def behead(log: Path, choose: random.Random) -> None:
    """A header that makes no sense."""
    with log.open("r+b") as file:
        file.write(choose.randbytes(LOG_HEADER))


def lose(log: Path, _choose: random.Random) -> None:
    """Deleted, together with its index."""
    log.unlink()
    log.with_name(NAME + "-shm").unlink()


DAMAGES: tuple[Damage, ...] = (cut, flip, blank, empty, behead, lose)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder of one project's transcripts."""
    folder = tmp_path / "user" / ".claude" / "projects" / "p"
    folder.mkdir(parents=True)
    return folder


def crashed_home(home: Path, project: Path, commits: int) -> dict[str, Rows]:
    """A data folder as a killed collector leaves it, most commits only in the log; gives what must be there at last."""
    user = project.parents[2]
    growth = Growth(project, lay_tree(project, turns=2), seed=8)
    live = home.with_name("live_home")
    record(live, user)
    with closing(open_reader(live)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from source").fetchall()  # from now on nothing goes into the main file
        for _ in range(commits):
            for _ in range(5):
                growth.step()
            record(live, user)
        shutil.copytree(live, home)
        reader.execute("commit")
    record(live, user)
    assert (home / f"{NAME}-wal").stat().st_size > commits * PAGE
    return views(live)


def check_s8(home: Path, project: Path, rounds: int, trusts_a_side_file: bool = False) -> None:
    """Damage copies of the log in six ways; each time one recording heals it all."""
    user = project.parents[2]
    crashed = home.with_name("crashed_home")
    expected = crashed_home(crashed, project, commits=15)
    lost: list[int] = []
    for damage in DAMAGES:
        for number in range(rounds):
            shutil.copytree(crashed, home)
            damage(home / f"{NAME}-wal", random.Random(f"{damage.__name__}-{number}"))
            if trusts_a_side_file:
                take_cursors(home, crashed, home.with_name("aside_home"))
            lost.append(record(home, user).records)
            with closing(open_writer(home)) as connection:
                assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
            got = views(home)
            if got != expected:
                check_same(got, expected)
            shutil.rmtree(home)
    assert sum(count > 0 for count in lost) > len(lost) * 2 / 3, "most of these damages should have cost something"


def take_cursors(home: Path, crashed: Path, aside: Path) -> None:
    """The mutant: how far was read is not in the database, and survives where the rows do not."""
    shutil.copytree(crashed, aside)
    columns = "cursor, head, tail, carried, open_line"
    cursors = rows(aside, f"select {columns}, generation_id from generation")  # noqa: S608 - names from above
    seen = "state, device_number, inode, size, mtime_ns, ctime_ns"
    states = rows(aside, f"select {seen}, source_id from source")  # noqa: S608 - names from above
    shutil.rmtree(aside)
    with closing(open_writer(home)) as connection, transaction(connection):
        connection.executemany(
            "update generation set (cursor, head, tail, carried, open_line) = (?, ?, ?, ?, ?) where generation_id = ?",
            cursors,
        )
        connection.executemany(
            "update source set (state, device_number, inode, size, mtime_ns, ctime_ns) = (?, ?, ?, ?, ?, ?) "
            "where source_id = ?",
            states,
        )


@pytest.mark.promise("S8")
def test_S8_a_damaged_log_heals(home: Path, project: Path) -> None:
    check_s8(home, project, rounds=3)


@pytest.mark.full
@pytest.mark.promise("S8")
def test_S8_three_hundred_damaged_logs_heal(home: Path, project: Path) -> None:
    check_s8(home, project, rounds=50)


@pytest.mark.mutant("S8")
def test_S8_fails_for_a_cursor_outside_the_database(home: Path, project: Path) -> None:
    with pytest.raises(AssertionError):
        check_s8(home, project, rounds=1, trusts_a_side_file=True)
