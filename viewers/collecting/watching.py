"""Beside a collector a process of its own looks at the processes of agents: it is started, and ends, with it."""

import os
import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

from store import lock
from store.config import load
from store.control_file import WATCHER
from store.errors import FleetmeterError
from viewers.collecting.running import command

END_S = 2.0
NOBODY = "the process that looks at them has ended; `fleetmeter restart` starts it again"


@contextmanager
def beside() -> Generator[None, None, None]:
    """While the block runs; also where it is killed, for then the pipe ends."""
    process = subprocess.Popen(
        [*command()[:-1], "sample"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,  # Ctrl+C is the collector's
    )
    try:
        yield
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            process.terminate()


def standing(home: str) -> dict[str, Any]:
    """Whether the processes of agents are looked at beside the collector, by which process, or why not."""
    holder = lock.holder(home, WATCHER)
    if holder is not None:
        return {"isWatched": True, "pid": holder.pid, "why": None}
    return {"isWatched": False, "pid": None, "why": _why(home)}


def _why(home: str) -> str:
    if not os.path.exists(os.path.join(home, "config.toml")):
        return NOBODY
    try:
        return NOBODY if load(home).processes.sample else "`sample = false` stands below `[processes]`"
    except FleetmeterError as error:
        return str(error)


def words(told: Mapping[str, Any]) -> str:
    """The same in a line."""
    if told["isWatched"]:
        return f"looked at every 5 s, by pid {told['pid']}"
    return f"not looked at: {told['why']}"
