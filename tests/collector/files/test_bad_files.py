"""C9, on files: names, links, pipes, modes, times and sizes that no transcript should have. The others are all read.

B-numbers are those of the list of inputs to try.
"""

import os
import socket
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collector.files import discover
from tests.collector.recorded import dicts, record, rows, source
from tests.collector.transcript import SESSION, answer, prompt

LINK = "a symbolic link: not followed"
NO_FILE = "not a regular file"


@pytest.fixture(autouse=True)
def shallow_again(project: Path) -> Iterator[None]:
    """What is nested deeper than Python can descend would stop the cleaning up of every later run."""
    yield
    subprocess.run(["rm", "-rf", str(project / "dddd")], check=True)


Made = dict[str, tuple[str, str | None]]
"""Name → state and reason that the view must show of it."""


def pipe(folder: Path) -> Made:
    os.mkfifo(folder / "x.jsonl")
    return {"x.jsonl": ("skipped", NO_FILE)}


def unix_socket(folder: Path) -> Made:
    before = os.getcwd()
    os.chdir(folder)  # the path of a socket may not be long
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("x.jsonl")
    finally:
        os.chdir(before)
    return {"x.jsonl": ("skipped", NO_FILE)}


def device(folder: Path) -> Made:
    """Zeros without end, to whoever opens it."""
    try:
        os.mknod(folder / "x.jsonl", stat.S_IFCHR | 0o600, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("only root may make a device")
    return {"x.jsonl": ("skipped", NO_FILE)}


def directory(folder: Path) -> Made:
    (folder / "x.jsonl").mkdir()
    (folder / "x.jsonl" / "inner.jsonl").write_bytes(b"junk\n")
    return {"x.jsonl/inner.jsonl": ("read", None)}


def link_to_a_file(folder: Path) -> Made:
    outside = folder.parents[3] / "outside.jsonl"
    outside.write_bytes(answer(66))
    (folder / "x.jsonl").symlink_to(outside)
    return {"x.jsonl": ("skipped", LINK)}


def link_to_nothing(folder: Path) -> Made:
    (folder / "x.jsonl").symlink_to("nowhere")
    return {"x.jsonl": ("skipped", LINK)}


def link_to_itself(folder: Path) -> Made:
    (folder / "x.jsonl").symlink_to("x.jsonl")
    return {"x.jsonl": ("skipped", LINK)}


def link_to_a_folder(folder: Path) -> Made:
    outside = folder.parents[3] / "outside"
    outside.mkdir()
    (outside / "x.jsonl").write_bytes(answer(66))
    (folder / "linked").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    (folder / "nowhere").symlink_to("nothing")
    return {name: ("skipped", LINK) for name in ("linked", "loop", "nowhere")}


def hard_link(folder: Path) -> Made:
    (folder / "x.jsonl").write_bytes(b"junk\n")
    os.link(folder / "x.jsonl", folder / "y.jsonl")
    return {"x.jsonl": ("read", None), "y.jsonl": ("skipped", "another name of a file that is read already")}


def empty(folder: Path) -> Made:
    (folder / "x.jsonl").touch()
    return {"x.jsonl": ("read", None)}


def old_and_new(folder: Path) -> Made:
    for name, when in (("x.jsonl", 0), ("y.jsonl", 4102444800), ("z.jsonl", -1)):
        (folder / name).write_bytes(b"junk\n")
        os.utime(folder / name, (when, when))
    return {name: ("read", None) for name in ("x.jsonl", "y.jsonl", "z.jsonl")}


def case(folder: Path) -> Made:
    for name in ("x.jsonl", "X.jsonl", "X.JSONL"):
        (folder / name).write_bytes(b"junk\n")
    return {"x.jsonl": ("read", None), "X.jsonl": ("read", None)}


def deep(folder: Path) -> Made:
    """A thousand folders in one another: longer than a path may be, so it cannot be opened by its name."""
    before = os.getcwd()
    try:
        os.chdir(folder)
        for _ in range(1000):
            os.mkdir("dddd")
            os.chdir("dddd")
        Path("x.jsonl").write_bytes(b"junk\n")
    finally:
        os.chdir(before)
    return {}


def crowd(folder: Path, files: int = 2000) -> Made:
    for number in range(files):
        (folder / f"{number}.jsonl").touch()
    return {"0.jsonl": ("read", None), f"{files - 1}.jsonl": ("read", None)}


def sparse(folder: Path, size: int = 24 << 20) -> Made:
    with open(folder / "x.jsonl", "wb") as file:
        file.write(answer(77))
        file.truncate(size)
    return {"x.jsonl": ("read", None)}


def audit(folder: Path) -> Made:
    """A copy with partial usage, and places where other things lie."""
    for name in ("audit.jsonl", "s/tool-results/x.jsonl", "memory/x.jsonl", "s/x.json", "s/x.jsonl.bak", "wf_1.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(answer(66))
    return {}


NAMES = ["new\nline", "\x1b[2J\x1b]52;c;x\x07", "'\"%s%n", "<img src=x>", "-rf", "x" * 249, "ü\u202e🚀", "a b", "..."]


def names(folder: Path) -> Made:
    for name in NAMES:
        (folder / f"{name}.jsonl").write_bytes(b"junk\n")
    return {f"{name}.jsonl": ("read", None) for name in NAMES}


MAKERS: dict[str, Callable[[Path], Made]] = {
    "B1-empty": empty,
    "B25-sparse": sparse,
    "B73-names": names,
    "B74-link-to-a-file": link_to_a_file,
    "B74-link-to-nothing": link_to_nothing,
    "B74-link-to-itself": link_to_itself,
    "B74-link-to-a-folder": link_to_a_folder,
    "B75-pipe": pipe,
    "B75-socket": unix_socket,
    "B75-device": device,
    "B75-directory": directory,
    "B77-hard-link": hard_link,
    "B78-deep": deep,
    "B78-crowd": crowd,
    "B81-old-and-new": old_and_new,
    "B84-case": case,
    "audit": audit,
}


def check_b(make: Callable[[Path], Made], project: Path, home: Path, user: Path) -> None:
    """What must be read is read, what is left out says why, and the good file beside it is there."""
    (project / f"{SESSION}.jsonl").write_bytes(prompt(1) + answer(1))
    made = make(project)
    for _ in range(2):
        record(home, user)
        states = {row["path"]: (row["state"], row["reason"]) for row in dicts(home, "select * from sources")}
        for name, expected in made.items():
            assert states[str(project / name)] == expected, name
        assert source(home, project / f"{SESSION}.jsonl")["records"] == 2
        answers = {row[0] for row in rows(home, "select message_id from responses")}
        assert answers in ({"msg_1"}, {"msg_1", "msg_77"})
        unread = len(states) - sum(state == "read" for state, _ in states.values())
        assert unread == sum(state != "read" for state, _ in made.values()) + (make is deep)


@pytest.mark.promise("C9")
@pytest.mark.promise("C22")
@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_C9_a_strange_file_costs_only_itself(
    make: Callable[[Path], Made], project: Path, home: Path, user: Path
) -> None:
    check_b(make, project, home, user)


@pytest.mark.full
@pytest.mark.promise("C9")
@pytest.mark.parametrize(
    "make", [lambda folder: sparse(folder, 1 << 30), lambda folder: crowd(folder, 100_000)], ids=["B25", "B78"]
)
def test_C9_a_hole_of_a_gigabyte_and_a_hundred_thousand_files_cost_only_themselves(
    make: Callable[[Path], Made], project: Path, home: Path, user: Path
) -> None:
    check_b(make, project, home, user)


@pytest.mark.mutant("C22")
def test_C22_fails_when_what_is_no_file_is_passed_over(
    project: Path, home: Path, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = discover.walk
    monkeypatch.setattr("collector.files.look.walk", lambda *given: (f for f in walk(*given) if f.problem is None))
    with pytest.raises((AssertionError, KeyError)):
        check_b(pipe, project, home, user)


def test_a_name_that_is_no_text_is_read_and_shown_escaped(project: Path, home: Path, user: Path) -> None:
    """B73."""
    path = os.fsencode(project) + b"/\xff\xe9\n.jsonl"
    with open(path, "wb") as file:
        file.write(prompt(1) + answer(1))
    for _ in range(2):
        record(home, user)
        (shown,) = (row["path"] for row in dicts(home, "select * from sources"))
        assert shown == f"{project}/\\xff\\xe9\n.jsonl"
    assert rows(home, "select message_id from responses") == [("msg_1",)]
