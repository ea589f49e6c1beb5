"""`fleetmeter restore`: a deleted session's files, written back as they were."""

from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Protocol

from store import home as homes
from store.database import open_reader
from viewers.collecting.recording import tell_waiting
from viewers.reports.scope import session_keys
from viewers.screen import format, output, terminal
from viewers.screen.text import clean, short_path
from viewers.trouble import FAILED


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


def run(restore: Restore, *, session: str, to: str | None, is_dry: bool, as_json: bool) -> int:
    """Write it back, and say what was written; the exit code says whether all of it is there now."""
    home = homes.locate()
    with closing(open_reader(home)) as reader:
        keys = list(session_keys(session, reader))
    done = restore(home, keys, to, is_dry=is_dry, waiting=tell_waiting)
    if as_json:
        files = [{"path": one.path, "bytes": one.bytes, "state": one.state} for one in done]
        output.print_json({"schemaVersion": 1, "isDryRun": is_dry, "files": files})
    else:
        terminal.show(*lines(done, is_dry))
    return FAILED if not done or any(one.state in ("damaged", "in parts", "a database's") for one in done) else 0


def lines(done: Sequence[Restored], is_dry: bool) -> list[str]:
    """The same for people."""
    if not done:
        return ["nothing of this session is archived"]
    said = [f"{clean(short_path(one.path))}  {WHY.get(one.state, format.size(one.bytes))}" for one in done]
    written = [one for one in done if one.state not in ("there", "damaged", "a database's")]
    size = format.size(sum(one.bytes for one in written))
    return [*said, f"{format.things(len(written), 'file')} ({size}) {'would be written' if is_dry else 'written'}"]
