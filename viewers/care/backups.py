"""`fleetmeter backup` and `fleetmeter restore-backup`: a copy of everything that is recorded, and the way back."""

import os
import time
from collections.abc import Callable
from contextlib import closing
from sqlite3 import Connection, Error

from store import backup as backups
from store import home as homes
from store import lock, rescue
from store.database import open_reader
from store.errors import FleetmeterError
from viewers.collecting.running import collector, end, start
from viewers.screen import format, output, terminal
from viewers.screen.text import clean
from viewers.trouble import UsageTrouble

LOCK_WAIT_S = 10.0


def make(*, to: str | None, keep: int | None, as_json: bool) -> int:
    """Write a backup, prove it, and delete older ones where that is asked for."""
    if to and keep:
        raise UsageTrouble("--keep is for the folder of backups, and not for --to")
    home = homes.locate()
    began = time.monotonic()
    with closing(open_reader(home)) as reader:
        path = _write(reader, os.path.abspath(to)) if to else backups.back_up(reader, home, backups.USUAL, time.time())
    dropped = backups.drop_old(home, keep) if keep else []
    size = os.stat(path).st_size
    if as_json:
        output.print_json({"schemaVersion": 1, "path": path, "bytes": size, "dropped": dropped})
        return 0
    took = format.seconds(time.monotonic() - began)
    terminal.show(f"{clean(path)}: {format.size(size)}, proven to hold all that is recorded ({took})")
    if dropped:
        terminal.show(f"deleted {format.things(len(dropped), 'older one')}")
    return 0


def restore(record: Callable[[], object], path: str) -> int:
    """Put a backup into place; what was recorded since is read again from the files, as far as they are there."""
    home = homes.locate()
    running = collector(home)
    if running is not None:
        end(home, running)
    try:
        with lock.hold(home, "restoring a backup", wait_s=LOCK_WAIT_S):
            went = rescue.restore(home, os.path.abspath(path))
    finally:
        if running is not None:
            start()
    terminal.show(f"restored {clean(path)}")
    if went:
        terminal.show(f"the database that was there lies in {clean(went)}; delete it when you do not need it any more")
    if running is None:
        record()
    return 0


def _write(reader: Connection, path: str) -> str:
    if os.path.lexists(path):
        raise FleetmeterError(f"{path} is there already, and nothing is overwritten", hint="choose another name")
    try:
        backups.write(reader, f"{path}.new", path)
    except (Error, OSError) as error:
        raise FleetmeterError(f"the backup failed: {error}", hint="check the place and its free space") from error
    return path
