"""Collectors that run, and lines that are waited for: what the tests of the daemon share."""

import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from store.ask import ask
from tests.collector.recorded import rows
from tests.collector.transcript import prompt

CHILD = Path(__file__).with_name("daemon_child.py")
PATIENCE_S = 30.0
SLACK = 4
"""How many times longer anything may take than promised: other work shares the cores with a test."""


def spawn(home: Path, user: Path, mutant: str = "none") -> "subprocess.Popen[str]":
    """A collector, which may not be ready yet; whoever calls ends it."""
    return subprocess.Popen(
        [sys.executable, str(CHILD), mutant, str(home), str(user)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@contextmanager
def running(home: Path, user: Path, mutant: str = "none") -> Generator["subprocess.Popen[str]", None, None]:
    """A collector that works while the block runs."""
    process = spawn(home, user, mutant)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", process.communicate()[1]
        yield process
    finally:
        finish(process)


def finish(process: "subprocess.Popen[str]") -> None:
    """End it, however it is."""
    if process.poll() is None:
        process.kill()
    with suppress(ValueError):  # its pipes may be closed already
        process.communicate()


def until(is_true: Callable[[], object], patience_s: float = PATIENCE_S) -> float:
    """Wait for it, and give the seconds that it took."""
    began = time.monotonic()
    while not is_true():
        assert time.monotonic() - began < patience_s, "it did not happen"
        time.sleep(0.02)  # to look costs more than to wait
    return time.monotonic() - began


def count(home: Path, uuid: str = "") -> int:
    """How many records there are, or are of an id."""
    return rows(home, "select count(*) from record where ? in ('', uuid)", (uuid,))[0][0]


def lag(home: Path, path: Path, number: int, patience_s: float = 2 * SLACK) -> float:
    """Append a line, and give the seconds until it is recorded."""
    id_ = f"lag-{path.stem}-{number}"
    with path.open("ab") as file:
        file.write(prompt(number, uuid=id_, sessionId=path.stem))
    return until(lambda: count(home, id_), patience_s)


def status(home: Path) -> dict[str, Any]:
    """What the collector says of itself."""
    found = ask(home, "status")
    assert found is not None
    return found


def is_done(said: dict[str, Any]) -> bool:
    """Whether a database is open, and nothing waits to be recorded into it."""
    return "backlog" in said and not said["backlog"]["files"] and not said["lagBytes"]


def calm(home: Path) -> None:
    """Wait until everything that lies there is recorded."""
    until(lambda: (said := status(home)).get("sweeps") and is_done(said))


def lay(project: Path, files: int, lines: int = 1, text: str = "go on", prefix: str = "s") -> None:
    """So many files, of a session each."""
    for name in (f"{prefix}{number}" for number in range(files)):
        said = (prompt(n, text, uuid=f"{name}-{n}", sessionId=name) for n in range(lines))
        (project / f"{name}.jsonl").write_bytes(b"".join(said))
