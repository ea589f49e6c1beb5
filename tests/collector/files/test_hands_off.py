"""C15: nothing below the agents' folders is ever written, locked, touched, or followed through a link."""

import functools
import hashlib
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.collector.claude_tree import Conversation, lay_tree, session_id
from tests.collector.recorded import record, rows, source

CHILD = Path(__file__).with_name("look_child.py")
STRACE = shutil.which("strace")
CALLS = "%file,%desc,flock,fcntl,mmap"
# What strace prints of one call: its name, its arguments with the paths that descriptors stand for, its result.
CALL = re.compile(r"(?:\[pid +\d+\] |\d+ +)?(\w+)\((.*)\) += (.*)")
LOOKS = {
    "access", "close", "faccessat", "faccessat2", "fgetxattr", "fstat", "getdents64", "getdents", "getxattr", "ioctl",
    "lgetxattr", "lseek", "lstat", "newfstatat", "open", "openat", "openat2", "pread64", "preadv", "read", "readlink",
    "readlinkat", "readv", "stat", "statfs", "statx", "fcntl", "fadvise64", "fstatfs", "poll", "select",
}  # fmt: skip
CHANGING_FLAGS = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND")
LOCKING = re.compile(r"F_(OFD_)?SETLK|F_SETLEASE|F_NOTIFY")
CANARY = session_id(77)

Tree = dict[str, tuple[object, ...]]


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """What lies elsewhere and is none of ours: a transcript that would count if it were read."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / f"{CANARY}.jsonl").write_bytes(Conversation(CANARY, 77).turns(2))
    return folder


def lay_traps(project: Path, outside: Path) -> list[Path]:
    """Links of all kinds, and things that are no files; gives the paths that must be skipped."""
    lay_tree(project, turns=2)
    real = project / f"{session_id(1)}.jsonl"
    links = {
        "to-file": outside / f"{CANARY}.jsonl", "to-nothing": outside / "nothing", "to-itself": project / "to-itself",
        "to-inside": real, "to-folder": outside,
    }  # fmt: skip
    for name, target in links.items():
        (project / f"{name}.jsonl").symlink_to(target)
    (project / "linked").symlink_to(outside, target_is_directory=True)
    (project / "loop").symlink_to(project, target_is_directory=True)
    (project / session_id(2) / "subagents").mkdir(parents=True)
    (project / session_id(2) / "subagents" / "agent-a9.meta.json").symlink_to(outside / f"{CANARY}.jsonl")
    (project / "a-folder.jsonl").mkdir()
    os.mkfifo(project / "fifo.jsonl")
    with socket.socket(socket.AF_UNIX) as server:
        here = os.getcwd()
        os.chdir(project)  # the address of a socket may be no longer than 107 bytes
        try:
            server.bind("socket.jsonl")
        finally:
            os.chdir(here)
    os.link(real, project / "second-name.jsonl")
    return [project / f"{name}.jsonl" for name in (*links, "fifo", "socket")] + [project / "linked", project / "loop"]


def picture(*folders: Path) -> Tree:
    """Everything that a look could have changed; not the times of access, which the system keeps by itself."""
    found: Tree = {}
    for folder in folders:
        for path in [folder, *folder.rglob("*")]:
            at = os.lstat(path)
            content = b""
            if stat.S_ISREG(at.st_mode):
                content = hashlib.sha256(path.read_bytes()).digest()
            elif stat.S_ISLNK(at.st_mode):
                content = os.fsencode(os.readlink(path))
            found[str(path)] = (
                at.st_mode, at.st_ino, at.st_nlink, at.st_uid, at.st_gid, at.st_size, at.st_mtime_ns, at.st_ctime_ns,
                content,
            )  # fmt: skip
    return found


def check_c15(home: Path, project: Path, outside: Path) -> None:
    """Twice over a tree full of traps: it is as it was, and nothing behind a link is known."""
    skipped = lay_traps(project, outside)
    user = project.parents[2]
    before = picture(user, outside)
    record(home, user)
    record(home, user)
    assert picture(user, outside) == before
    assert rows(home, "select count(*) from sessions where session_id = ?", (CANARY,)) == [(0,)]
    for path in skipped:
        assert source(home, path)["state"] == "skipped"
        assert source(home, path)["reason"]
    twins = [source(home, project / name)["state"] for name in (f"{session_id(1)}.jsonl", "second-name.jsonl")]
    assert sorted(twins) == ["read", "skipped"]
    assert rows(home, "select path from sources where path like '%/linked/%' or path like '%/loop/%'") == []


def check_c15_race(home: Path, project: Path, outside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file becomes a link between the look at its folder and its opening."""
    lay_tree(project, turns=1)
    victim, opened = project / f"{session_id(3)}.jsonl", os.open

    def swap_and_open(path: Any, flags: int, *arguments: Any, **named: Any) -> int:
        if os.fsdecode(path) == str(victim) and not victim.is_symlink():
            victim.unlink()
            victim.symlink_to(outside / f"{CANARY}.jsonl")
        return opened(path, flags, *arguments, **named)

    monkeypatch.setattr(os, "open", swap_and_open)
    record(home, project.parents[2])
    assert victim.is_symlink()
    assert rows(home, "select count(*) from sessions where session_id = ?", (CANARY,)) == [(0,)]
    assert source(home, victim)["state"] == "unreadable"


def trespasses(trace: str, folder: Path) -> list[str]:
    """The system calls that did more than look at what lies in a folder, or went there through a link."""
    found: list[str] = []
    for line in trace.splitlines():
        match = CALL.match(line)
        if not match or not any(f"{folder}{end}" in match[2] for end in '/>"'):
            continue
        name, arguments, _ = match.groups()
        is_open = name.startswith("open")
        if (
            name not in LOOKS
            or (is_open and CHANGING_FLAGS.search(arguments))
            or (is_open and "O_NOFOLLOW" not in arguments and "O_DIRECTORY" not in arguments)
            or LOCKING.search(arguments)
        ):
            found.append(line)
    return found


def check_c15_calls(home: Path, project: Path, outside: Path, mutant: str = "none") -> None:
    """The system calls of three recordings: one with a helping process, one alone, one that finds a little news."""
    lay_traps(project, outside)
    user = project.parents[2]
    for place, helpers in ((home.with_name("helped_home"), 1), (home, 0), (home, 0)):
        trace = home.with_name("trace")
        command = [sys.executable, str(CHILD), mutant, str(place), str(user), str(helpers)]
        assert STRACE is not None
        watched = [STRACE, "-f", "-y", "-s", "0", "-e", f"trace={CALLS}", "-o", str(trace), *command]
        result = subprocess.run(watched, capture_output=True, text=True)
        assert result.returncode == 0, result.stderr
        text = trace.read_text("utf-8", "replace")
        assert f'{session_id(2)}.jsonl"' in text, "the trace does not show what was read"
        # Who looks prices up is a process too, and has no business there.
        assert len({line.split()[0] for line in text.splitlines() if f"{user}/" in line}) == 1 + helpers
        found = trespasses(text, user / ".claude")
        assert not found, "\n".join(found)
        assert f"{outside}/" not in text
        looks = [line for line in text.splitlines() if re.search(r'/(linked|loop)"', line)]
        assert looks and all("lstat(" in line or "NOFOLLOW" in line for line in looks)
        with (project / f"{session_id(2)}.jsonl").open("ab") as file:
            file.write(Conversation(session_id(2), 99).turns(1))


def may_trace() -> str:
    """Why system calls cannot be watched here; empty if they can."""
    if STRACE is None:
        return "needs strace"
    probe = subprocess.run([STRACE, "-o", os.devnull, "true"], capture_output=True)
    return "" if probe.returncode == 0 else "strace is not allowed here"


needs_strace = pytest.mark.skipif(bool(may_trace()), reason=may_trace())


@pytest.mark.promise("C15")
def test_C15_the_tree_stays_as_it_was(home: Path, project: Path, outside: Path) -> None:
    check_c15(home, project, outside)


@pytest.mark.promise("C15")
def test_C15_no_link_is_followed_even_in_a_race(
    home: Path, project: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_c15_race(home, project, outside, monkeypatch)


@needs_strace
@pytest.mark.promise("C15")
def test_C15_system_calls_only_look(home: Path, project: Path, outside: Path) -> None:
    check_c15_calls(home, project, outside)


def with_open(monkeypatch: pytest.MonkeyPatch, change: Callable[[Any, int], tuple[Any, int]]) -> None:
    """Put a broken way to open files in place."""
    opened = os.open

    @functools.wraps(opened)
    def changed(path: Any, flags: int, *arguments: Any, **named: Any) -> int:
        return opened(*change(path, flags), *arguments, **named)

    monkeypatch.setattr(os, "open", changed)


@pytest.mark.mutant("C15")
def test_C15_fails_for_a_lock_file_beside(
    home: Path, project: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leave_lock(path: Any, flags: int) -> tuple[Any, int]:
        if os.fsdecode(path).endswith(".jsonl"):
            lock = Path(os.fsdecode(path) + ".lock")
            lock.touch()
            lock.unlink()
        return path, flags

    with_open(monkeypatch, leave_lock)
    with pytest.raises(AssertionError):
        check_c15(home, project, outside)


@pytest.mark.mutant("C15")
def test_C15_fails_for_times_put_back(
    home: Path, project: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def put_back(path: Any, flags: int) -> tuple[Any, int]:
        if os.fsdecode(path).endswith(".jsonl"):
            at = os.lstat(path)
            os.utime(path, ns=(at.st_atime_ns, at.st_mtime_ns), follow_symlinks=False)
        return path, flags

    with_open(monkeypatch, put_back)
    with pytest.raises(AssertionError):
        check_c15(home, project, outside)


@pytest.mark.mutant("C15")
def test_C15_fails_for_links_that_are_followed(
    home: Path, project: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_open(monkeypatch, lambda path, flags: (path, flags & ~os.O_NOFOLLOW))
    with pytest.raises(AssertionError):
        check_c15_race(home, project, outside, monkeypatch)


@needs_strace
@pytest.mark.mutant("C15")
@pytest.mark.parametrize(
    ("mutant", "seen"),
    [("locking", r"flock\(.*LOCK_SH"), ("writable", "O_RDWR"), ("following", r"O_RDONLY\|O_NONBLOCK\|O_CLOEXEC\)")],
)
def test_C15_fails_for_system_calls_that_do_more(
    home: Path, project: Path, outside: Path, mutant: str, seen: str
) -> None:
    with pytest.raises(AssertionError, match=seen):
        check_c15_calls(home, project, outside, mutant)
