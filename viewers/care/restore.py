"""`fleetmeter restore`: the files of a deleted session, or of all that were deleted, written back as they were."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Protocol

from store import home as homes
from store.belongs import loose_named, sources_of, sources_of_all
from store.database import open_reader
from viewers.collecting.recording import tell_waiting
from viewers.reports.scope import session_keys
from viewers.screen import format, output, terminal
from viewers.screen.text import clean, short_path
from viewers.trouble import FAILED, UsageTrouble


class Restored(Protocol):
    """What became of one file."""

    @property
    def path(self) -> str: ...
    @property
    def bytes(self) -> int: ...
    @property
    def state(self) -> str: ...


Restore = Callable[..., Sequence[Restored]]
WHY = {
    "there": "is there already: left as it is",
    "damaged": "is damaged in the archive: not written",
    "in parts": "only its beginning was archived before it was deleted",
    "a database's": "came from a database of its agent: `--to DIR` writes its rows",
}


def run(
    restore: Restore, *, session: str | None, is_all: bool, to: str | None, is_dry: bool, as_json: bool
) -> int:  # fmt: skip
    """Write it back, and say what was written; the exit code says whether all of it is there now."""
    if (session is None) is not is_all:
        raise UsageTrouble("what is to be restored?", hint="`fleetmeter restore SESSION` or `--all`")
    home = homes.locate()
    with closing(open_reader(home)) as reader:
        sources = sources_of_all(reader) if session is None else _sources(reader, session)
    done = restore(home, sources, to, is_dry=is_dry, waiting=tell_waiting)
    if as_json:
        files = [{"path": one.path, "bytes": one.bytes, "state": one.state} for one in done]
        output.print_json({"schemaVersion": 1, "isDryRun": is_dry, "files": files})
    else:
        terminal.show(*lines(done, is_dry))
    return FAILED if not done or any(one.state in ("damaged", "in parts", "a database's") for one in done) else 0


def _sources(reader: sqlite3.Connection, session: str) -> list[int]:
    try:
        return sources_of(reader, session_keys(session, reader))
    except UsageTrouble:
        loose = loose_named(reader, session)
        if not loose:
            raise
        return loose


def lines(done: Sequence[Restored], is_dry: bool) -> list[str]:
    """The same for people."""
    if not done:
        return ["nothing of it is archived"]
    said = [f"{clean(short_path(one.path))}  {WHY.get(one.state, format.size(one.bytes))}" for one in done]
    written = [one for one in done if one.state not in ("there", "damaged", "a database's")]
    size = format.size(sum(one.bytes for one in written))
    return [*said, f"{format.things(len(written), 'file')} ({size}) {'would be written' if is_dry else 'written'}"]
