"""What follows a recording: the lines themselves are archived, behind what was shown."""

import os
from collections.abc import Callable
from typing import Protocol

from store import archive_pending, lock
from store import home as homes
from store.config import load
from store.database import path_in
from viewers.screen import format, terminal
from viewers.screen.progress import Step, bar


class Archived(Protocol):
    """What the collector tells of a round of archiving."""

    @property
    def files(self) -> int: ...
    @property
    def bytes(self) -> int: ...


Archive = Callable[[str, Step | None], Archived]


def keep(archive: Callable[[], Archive], *, is_told: bool) -> tuple[int, int]:
    """Archive what is recorded, and say how much that was. Whatever ends it, the next recording goes on there."""
    home = homes.locate()
    holder = lock.holder(home)
    if holder is not None and holder.doing == lock.COLLECTING:
        return 0, 0  # it archives by itself
    if not load(home).archive.is_on or not os.path.exists(path_in(home)) or not archive_pending.backlog(home).files:
        return 0, 0
    with bar("archiving") as step:
        done = archive()(home, step)
    if is_told and done.files:
        terminal.show(f"archived {format.things(done.files, 'file')} ({format.size(done.bytes)})")
    return done.files, done.bytes
