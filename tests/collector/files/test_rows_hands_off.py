"""C15 for an agent's database: its writer, holding its locks, never meets us, and nothing of ours is written there."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.collector.files.test_hands_off import CALL, LOOKS, STRACE, needs_strace
from tests.collector.files.test_rows import counted, path
from tests.collector.opencode_agent import Agent
from tests.collector.recorded import record

__all__ = ["path"]

CHILD = Path(__file__).with_name("look_child.py")
CALLS = "%file,%desc,fcntl,mmap"
SHARED = re.compile(r"F_SETLK\w*, \{l_type=F_(RDLCK|UNLCK)|F_GETLK|F_[GS]ETFD|F_GETFL")
# SQLite opens a log that is there with flags that would let it write or make one; it does neither. For root it says
# again whose the log and its index are: their owner's.
LOG_FLAGS = "O_RDWR|O_CREAT|O_NOFOLLOW|O_CLOEXEC"
IS_ROOT = os.geteuid() == 0


def trespasses(trace: str, folder: Path) -> list[str]:
    """System calls below a folder that write, make, remove or map to write; or lock out more than other readers."""
    found: list[str] = []
    for line in trace.splitlines():
        match = CALL.match(line)
        if not match or f"{folder}/" not in match[2]:
            continue
        name, arguments, result = match.groups()
        if name == "fcntl":
            # To lock the whole file a descriptor would have to be one to write with: SQLite asks and is refused.
            is_allowed = SHARED.search(arguments) is not None or result.startswith("-1 EBADF")
        elif name.startswith("open"):
            is_log = f'{folder}/opencode.db-wal"' in arguments and LOG_FLAGS in arguments
            is_allowed = is_log or not re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", arguments)
        elif name == "mmap":
            is_allowed = "PROT_WRITE" not in arguments
        elif name == "fchown":
            is_allowed = IS_ROOT and re.search(r"opencode.db-(wal|shm)>", arguments) is not None
        elif name == "sendfile":  # the first is where it goes
            is_allowed = f"{folder}/" not in arguments.partition(",")[0]
        else:
            is_allowed = name in LOOKS
        if not is_allowed:
            found.append(line)
    return found


def watched(home: Path, user: Path, mutant: str = "none") -> str:
    """The system calls of one look."""
    assert STRACE is not None
    trace = home.with_name("trace")
    command = [sys.executable, str(CHILD), mutant, str(home), str(user), "0"]
    traced = [STRACE, "-f", "-y", "-s", "0", "-e", f"trace={CALLS}", "-o", str(trace), *command]
    result = subprocess.run(traced, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return trace.read_text("utf-8", "replace")


def standing(folder: Path) -> dict[str, tuple[int, int, int, bytes]]:
    """What lies there: an index that is shared counts with its bytes, for a look must not even mark them."""
    found: dict[str, tuple[int, int, int, bytes]] = {}
    for entry in sorted(folder.iterdir()):
        at = entry.stat()
        changed = 0 if IS_ROOT and entry.name.endswith(("-wal", "-shm")) else at.st_ctime_ns
        found[entry.name] = at.st_ino, at.st_mtime_ns, changed, entry.read_bytes()
    return found


def check_c15(home: Path, user: Path, agent: Agent, answers: int, mutant: str = "none") -> None:
    before = standing(agent.path.parent)
    start = time.monotonic()
    trace = watched(home, user, mutant)
    assert time.monotonic() - start < 20
    assert f"{agent.path}" in trace, "the trace does not show what was read"
    found = trespasses(trace, agent.path.parent)
    assert not found, "\n".join(found)
    assert standing(agent.path.parent) == before
    assert counted(home)[0] == answers


@needs_strace
@pytest.mark.promise("C15")
@pytest.mark.parametrize("state", ["at rest", "running", "in a transaction", "checkpointing", "killed", "log alone"])
@pytest.mark.timed
def test_C15_a_database_is_only_looked_at_whatever_its_writer_does(
    state: str, home: Path, user: Path, path: Path
) -> None:
    agent = Agent(path)
    session = agent.session()
    agent.talk(session, 3)
    if state == "at rest":
        agent.close()
    elif state == "in a transaction":
        agent.database.execute("begin immediate")
        agent.database.execute("update session set title = 'not yet'")
    elif state == "checkpointing":
        agent.database.execute("pragma wal_checkpoint(truncate)").fetchall()
        agent.talk(session, 1)
    elif state in ("killed", "log alone"):
        agent.crash()
        if state == "log alone":
            os.unlink(f"{path}-shm")
    check_c15(home, user, agent, 4 if state == "checkpointing" else 3)
    if state == "in a transaction":
        agent.database.execute("commit")
        record(home, user)
        assert counted(home)[0] == 3


@needs_strace
@pytest.mark.mutant("C15")
@pytest.mark.parametrize(("mutant", "state"), [("shared-index", "running"), ("shared-index", "killed")])
def test_C15_fails_for_a_database_that_is_opened_as_usual(
    mutant: str, state: str, home: Path, user: Path, path: Path
) -> None:
    agent = Agent(path)
    agent.talk(agent.session(), 3)
    if state == "killed":
        agent.crash()
    with pytest.raises(AssertionError, match=r"opencode\.db-shm"):
        check_c15(home, user, agent, 3, mutant)
