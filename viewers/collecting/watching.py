"""Beside a collector a process of its own looks at the processes of agents: it is started, and ends, with it."""

import os
import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

from store import lock
from store.config import load
from store.control_file import WATCHER, WATCHER_END
from store.errors import FleetmeterError
from viewers.collecting.running import command

END_S = 2.0
AGAIN = "`fleetmeter restart` begins again"
CONFIG = "config.toml"


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
        return {"isWatched": True, "isWanted": True, "pid": holder.pid, "why": None}
    is_wanted, why = _wanted(home)
    return {"isWatched": False, "isWanted": is_wanted, "pid": None, "why": why or _end(home)}


def _wanted(home: str) -> tuple[bool, str]:
    try:
        is_wanted = not os.path.exists(os.path.join(home, CONFIG)) or load(home).processes.sample
    except FleetmeterError as error:
        return True, str(error)
    return is_wanted, "" if is_wanted else "`sample = false` stands below `[processes]`"


def _end(home: str) -> str:
    """What became of the process that looked."""
    try:
        with open(os.path.join(home, WATCHER_END), encoding="utf-8") as file:
            at, _, words = file.read().partition(" ")
    except OSError:
        pid = lock.left(home, WATCHER)
        return f"the process that looked (pid {pid}) was killed" if pid else "no process looks at them yet"
    return f"the process that looked gave up at {at}: {words}"


def words(told: Mapping[str, Any]) -> str:
    """The same in a line."""
    if told["isWatched"]:
        return f"looked at every 5 s, by pid {told['pid']}"
    return f"not looked at: {told['why']}{f'; {AGAIN}' if told['isWanted'] else ''}"
