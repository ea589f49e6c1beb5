"""Records once, for someone who watches the system calls: `look_child.py <mutant> <home> <user> <helpers>`."""

import fcntl
import os
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))

opened = os.open


def locking(*arguments: Any, **named: Any) -> int:
    """A mutant that locks what it reads, so that nobody writes meanwhile."""
    descriptor = opened(*arguments, **named)
    fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    return descriptor


def writable(path: Any, flags: int, *arguments: Any, **named: Any) -> int:
    """A mutant that opens files so that it could write to them."""
    is_folder = bool(flags & os.O_DIRECTORY)
    return opened(path, flags if is_folder else (flags & ~os.O_ACCMODE) | os.O_RDWR, *arguments, **named)


def following(path: Any, flags: int, *arguments: Any, **named: Any) -> int:
    """A mutant that goes where a link leads."""
    return opened(path, flags & ~os.O_NOFOLLOW, *arguments, **named)


def connected(database: str, **named: Any) -> sqlite3.Connection:
    """A mutant that opens databases as everybody does, with the index of their log to write in."""
    return connect(database.replace("&readonly_shm=1", ""), **named)


connect = sqlite3.connect
MUTANTS: dict[str, Callable[..., int]] = {
    "none": opened, "locking": locking, "writable": writable, "following": following
}  # fmt: skip

if __name__ == "__main__":
    if sys.argv[1] == "shared-index":
        sqlite3.connect = connected
    else:
        os.open = MUTANTS[sys.argv[1]]
    import collector.recording.record as recording
    from collector.recording.once import collect_once

    if sys.argv[4] == "1":
        assert recording.HELP_BYTES
        recording.HELP_BYTES = 0  # however little there is, a second process reads it
    collect_once(sys.argv[2], {}, sys.argv[3])
