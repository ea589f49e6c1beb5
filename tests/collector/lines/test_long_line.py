"""C10: a line of any length costs little memory, its reading time and no second reading, finished or not."""

import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.collector.recorded import check_every_byte, refused, rows, source
from tests.collector.transcript import SESSION, answer, prompt

CHILD = Path(__file__).with_name("long_line_child.py")
MB = 1 << 20
MOST_MEMORY = 64 * MB
MOST_AGAIN = 8 * MB  # of a file whose long line only grew: the database, the new bytes, what stands around the cursor

pytestmark = pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="needs the counters of Linux")


def cost(home: Path, user: Path, mutant: str) -> dict[str, float]:
    command = [sys.executable, str(CHILD), str(home), str(user), mutant]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    check_every_byte(home)
    return found


def grow(path: Path, megabytes: int) -> None:
    with open(path, "ab") as file:
        for _ in range(megabytes):
            file.write(b"x" * MB)


def check_c10(megabytes: int, path: Path, home: Path, user: Path, mutant: str = "none") -> float:
    """A line that grows and grows, and ends at last; gives how long its reading took."""
    start = prompt(1) + answer(1)
    path.write_bytes(start)
    least = cost(home, user, mutant)
    grow(path, megabytes)
    first = cost(home, user, mutant)
    assert first["memory"] - least["memory"] < MOST_MEMORY
    assert first["read"] - least["read"] < 1.1 * megabytes * MB + MOST_AGAIN
    again = first
    for _ in range(2):
        grow(path, 1)
        again = cost(home, user, mutant)
        assert again["read"] < MOST_AGAIN + least["read"]
        assert (source(home, path)["cursor_bytes"], source(home, path)["rejected"]) == (len(start), 0)
    with open(path, "ab") as file:
        file.write(b"y\n" + prompt(2) + answer(2))
    last = cost(home, user, mutant)
    assert last["read"] < MOST_AGAIN + least["read"]
    assert max(last["memory"], again["memory"]) - least["memory"] < MOST_MEMORY
    length = (megabytes + 2) * MB + 2
    assert refused(home, path) == [(len(start), length, "longer than 16 MiB")]
    assert source(home, path)["cursor_bytes"] == path.stat().st_size
    assert rows(home, "select count(*) from responses") == [(2,)]
    return first["seconds"] - least["seconds"]


@pytest.mark.promise("C10")
@pytest.mark.promise("C22")
def test_C10_a_long_line_costs_little(project: Path, home: Path, user: Path) -> None:
    check_c10(64, project / f"{SESSION}.jsonl", home, user)


@pytest.mark.full
@pytest.mark.promise("C10")
@pytest.mark.timed
def test_C10_a_line_of_a_gigabyte_costs_little(project: Path, home: Path, user: Path) -> None:
    """B18 and, until its newline is written, B19."""
    path = project / f"{SESSION}.jsonl"
    seconds = check_c10(1024, path, home, user)
    start = time.process_time()
    with open(path, "rb") as file:
        while content := file.read(MB):
            hashlib.blake2b(content, digest_size=16).digest()  # a digest of it is the least that must be kept
    assert seconds < 2 * (time.process_time() - start)


@pytest.mark.mutant("C10")
@pytest.mark.parametrize("mutant", ["hoards", "forgets"])
def test_C10_fails(mutant: str, project: Path, home: Path, user: Path) -> None:
    with pytest.raises(AssertionError):
        check_c10(80, project / f"{SESSION}.jsonl", home, user, mutant)


@pytest.mark.promise("C9")
@pytest.mark.parametrize("size", [MB - 1, MB, MB + 1, 16 * MB - 1, 16 * MB, 16 * MB + 1])
def test_C9_a_line_as_long_as_a_chunk_or_the_cap(size: int, project: Path, home: Path, user: Path) -> None:
    """B16 and B18: at the edge of what is read at once and of what is kept whole, nothing is lost or doubled."""
    path = project / f"{SESSION}.jsonl"
    line = answer(2, "@")
    line = line.replace(b"@", b"x" * (size - len(line)))
    assert abs(len(line) - size) <= 1
    path.write_bytes(answer(1) + line + answer(3))
    cost(home, user, "none")
    found = {row[0] for row in rows(home, "select message_id from responses")} - {"msg_2"}
    assert found == {"msg_1", "msg_3"}
    assert rows(home, "select count(*) from responses") == [(3 - (len(line) > 16 * MB + 1),)]
    assert source(home, path)["cursor_bytes"] == path.stat().st_size


@pytest.mark.promise("C9")
@pytest.mark.parametrize("off", [-1, 0, 1])
def test_C9_a_newline_at_the_edge_of_a_chunk(off: int, project: Path, home: Path, user: Path) -> None:
    """B17."""
    path = project / f"{SESSION}.jsonl"
    filler = b"x" * (MB - 1 + off - len(answer(1))) + b"\n"
    path.write_bytes(answer(1) + filler + answer(2))
    cost(home, user, "none")
    assert rows(home, "select count(*) from responses") == [(2,)]
    assert refused(home, path) == [(len(answer(1)), len(filler), "not JSON")]
