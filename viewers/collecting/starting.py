"""A viewer that finds no collector starts one, and says so; who does not want that says it once."""

import os
import subprocess

from store import lock
from viewers.screen import terminal

NEVER = "FLEETMETER_NO_START"
"""Set to anything but nothing: for machines, containers and tests where nothing may be left behind."""


def ensure(home: str, *, is_wanted: bool = True) -> None:
    """Start a collector where nobody writes. What keeps one from starting is in its log, and the next viewer tells."""
    if not is_wanted or os.environ.get(NEVER) or not _is_configured(home) or lock.holder(home) is not None:
        return
    from viewers.collecting.running import command

    process = subprocess.Popen(
        command(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,  # the end of this terminal is not its end
    )
    process.returncode = 0  # it goes on without us
    terminal.say(
        f"started a collector (pid {process.pid}), which records from now on; `fleetmeter stop` ends it, "
        "`--no-start` starts none"
    )


def _is_configured(home: str) -> bool:
    if not os.path.exists(os.path.join(home, "config.toml")):
        return True
    from store.config import load  # as in reports: most machines have no such file

    return load(home).start
