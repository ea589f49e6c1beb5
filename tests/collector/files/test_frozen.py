"""Rollouts that were compressed, and came back: the same history, once."""

import os
import tracemalloc
from pathlib import Path

import pytest
import zstandard

from tests.collector.recorded import record, rows, views
from tests.collector.sources.rollouts import Program, Thread

COUNTED = "select sum(responses), sum(input_tokens + cache_read_tokens + output_tokens) from usage_quarter_hours"
SOURCES = "select state, reason, records, rejected from sources order by path"


@pytest.fixture
def program(user: Path) -> Program:
    found = Program(3, "named")
    found.work(6)
    found.write(user)
    return found


def compress(path: Path) -> Path:
    frozen_path = path.with_name(f"{path.name}.zst")
    frozen_path.write_bytes(zstandard.ZstdCompressor().compress(path.read_bytes()))
    path.unlink()
    return frozen_path


def threads(program: Program, user: Path) -> list[Path]:
    return [thread.path(user) for thread in program.threads]


def test_a_compressed_file_says_what_the_plain_one_said(
    home: Path, user: Path, tmp_path: Path, program: Program
) -> None:
    record(tmp_path / "plain", user)
    for path in threads(program, user):
        compress(path)
    record(home, user)
    assert (
        rows(home, COUNTED) == rows(tmp_path / "plain", COUNTED) == [(rows(home, COUNTED)[0][0], program.bill.total())]
    )
    left_out = {"sources": {"path", "size_bytes"}, "responses": {"path"}}
    assert views(home, without=left_out) == views(tmp_path / "plain", without=left_out)


def test_it_comes_and_goes_and_is_counted_once(home: Path, user: Path, program: Program) -> None:
    record(home, user)
    before = rows(home, COUNTED)
    plain = threads(program, user)
    cold = [compress(path) for path in plain]
    record(home, user)
    assert rows(home, COUNTED) == before
    for path, frozen_path in zip(plain, cold, strict=True):  # resumed: the plain file is written back, and goes on
        path.write_bytes(zstandard.ZstdDecompressor().decompress(frozen_path.read_bytes()))
        frozen_path.unlink()
    program.turn(program.threads[0])
    append(program.threads[0], user)
    record(home, user)
    assert rows(home, COUNTED)[0][1] == program.bill.total()
    assert record(home, user).records == 0


def append(thread: Thread, user: Path) -> None:
    Program.write(Program(0, "named"), user, [thread])


@pytest.mark.parametrize(
    ("end", "reason"), [(b"", "not yet whole"), (b"no such format", "damaged")], ids=["torn", "damaged"]
)
def test_one_that_is_not_whole_is_loud_and_read_when_it_is(
    home: Path, user: Path, program: Program, end: bytes, reason: str
) -> None:
    frozen_path = compress(threads(program, user)[0])
    whole = frozen_path.read_bytes()
    frozen_path.write_bytes(end or whole[: len(whole) // 2])
    record(home, user)
    state = "select state, reason from sources where path like '%.zst'"
    assert rows(home, state) == [("unreadable", f"cannot be decompressed: {reason}")]
    frozen_path.write_bytes(whole)
    record(home, user)
    assert rows(home, state) == [("read", None)]
    assert rows(home, COUNTED)[0][1] == program.bill.total()


def test_a_small_file_that_holds_gigabytes_takes_neither_memory_nor_disk(
    home: Path, user: Path, program: Program
) -> None:
    path = user / ".codex" / "sessions" / "bomb.jsonl.zst"
    bomb = zstandard.ZstdCompressor(level=1).compressobj()
    path.write_bytes(b"".join(bomb.compress(bytes(1 << 20)) for _ in range(600)) + bomb.flush())
    assert path.stat().st_size < 1 << 20
    tracemalloc.start()
    record(home, user)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 96 << 20, f"{peak >> 20} MiB"
    state = "select state, reason from sources where path like '%bomb%'"
    assert rows(home, state) == [("unreadable", "holds more than 64 MiB, which is too much for its size")]
    assert rows(home, COUNTED)[0][1] == program.bill.total()


def test_a_file_of_many_frames_is_read_whole(home: Path, user: Path, program: Program) -> None:
    """As tools write them that append, or compress in parts."""
    for path in threads(program, user):
        lines = path.read_bytes().splitlines(keepends=True)
        frames = [zstandard.ZstdCompressor().compress(line) for line in lines]
        path.with_name(f"{path.name}.zst").write_bytes(b"".join(frames))
        path.unlink()
    record(home, user)
    assert rows(home, COUNTED)[0][1] == program.bill.total()


def test_nothing_of_it_stays_behind(home: Path, user: Path, program: Program) -> None:
    for path in threads(program, user):
        compress(path)
    held = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    record(home, user)
    if held:
        assert len(os.listdir("/proc/self/fd")) == held
