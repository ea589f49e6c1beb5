"""S2 with a disk that is really full: a small disk of its own, a limit on the size of files, a full beginning."""

import os
import random
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.collector.daemons import SLACK, calm, count, finish, lag, running, spawn, status, until
from tests.collector.recorded import check_every_byte
from tests.collector.recording.killing import check_like_clean
from tests.collector.transcript import answer, prompt

MEGABYTES = 12


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A data folder on a small disk, nothing in it."""
    folder = tmp_path / "small"
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=700", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(words, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a disk, and not everywhere")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(home: Path, free: int) -> None:
    """Leave so many bytes."""
    found = os.statvfs(home)
    with (home / "filler").open("wb", buffering=0) as file:
        left = found.f_bavail * found.f_frsize - free
        while left > 0:
            try:
                left -= file.write(bytes(min(left, 1 << 16)))
            except OSError:
                return


def check_full(home: Path, project: Path, rounds: int, mutant: str = "none") -> None:
    """It gets full at random points: what was recorded stays, and ten seconds after there is room, all is there."""
    path, choose, total = project / "a.jsonl", random.Random(2), 1
    path.write_bytes(answer(0, sessionId="a"))
    with running(home, project.parents[2], mutant):
        calm(home)
        for number in range(rounds):
            known = count(home)
            fill(home, choose.choice((0, choose.randrange(300_000))))
            with path.open("ab") as file:
                lines = (prompt(total + n, "x" * 1500, sessionId="a", uuid=f"{number}-{n}") for n in range(150))
                file.write(b"".join(lines))
            total += 150
            until(lambda now=total: count(home) == now or "full" in str(status(home)["lastError"]))
            assert known <= count(home) <= total
            (home / "filler").unlink()
            assert until(lambda now=total: count(home) == now, 12) < 10
        assert lag(home, path, 1) < 2 * SLACK
    check_every_byte(home)
    with path.open("ab") as file:
        file.write(b"{broken\n")
    check_like_clean(home, project.parents[2])


@pytest.mark.promise("S2")
@pytest.mark.timed
def test_S2_a_disk_that_is_really_full_loses_nothing(small: Path, project: Path) -> None:
    check_full(small, project, 2)


@pytest.mark.full
@pytest.mark.promise("S2")
@pytest.mark.timed
def test_S2_full_at_twenty_points(small: Path, project: Path) -> None:
    check_full(small, project, 20)


@pytest.mark.promise("S2")
def test_S2_a_disk_that_is_full_at_the_beginning_is_waited_for(small: Path, project: Path) -> None:
    (project / "a.jsonl").write_bytes(answer(0, sessionId="a"))
    fill(small, 100_000)  # enough to say who holds the lock, too little for a database
    process = spawn(small, project.parents[2])
    try:
        until(lambda: (small / "fleetmeter.sock").exists())
        until(lambda: (status(small)["lastError"] or {}).get("words"))
        assert status(small)["state"] == "waiting" and not (small / "fleetmeter.db").exists()
        (small / "filler").unlink()
        assert until(lambda: (small / "fleetmeter.db").exists() and count(small) == 1, 12) < 10
    finally:
        finish(process)
    check_every_byte(small)


@pytest.mark.promise("S2")
def test_S2_a_limit_on_the_size_of_files_is_borne(home: Path, project: Path) -> None:
    if not hasattr(resource, "prlimit"):
        pytest.skip("this system cannot set the limits of another process")
    path = project / "a.jsonl"
    path.write_bytes(answer(0, sessionId="a"))
    with running(home, project.parents[2]) as process:
        calm(home)
        _, most = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, ((home / "fleetmeter.db").stat().st_size // 2, most))
        with path.open("ab") as file:
            file.write(b"".join(prompt(n, "x" * 1500, sessionId="a", uuid=f"m-{n}") for n in range(1, 300)))
        until(lambda: status(home)["lastError"])
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (most, most))
        assert until(lambda: count(home) == 300, 12) < 10
    check_every_byte(home)
