"""The files that the calls of a page changed: the counts that are recorded, and the lines, where they can be read."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from store.edit import Edit
from viewers import query
from viewers.reading.show import Moment
from viewers.reading.sides import LINES, Sides, sides
from viewers.web.page import Asked

MOST, MOST_WHOLE = 3_000, 20_000
"""Lines of all changes of a page; a call whose lines are not there any more is told by its counts."""


class File(NamedTuple):
    """A file that a call changed. sides: None where its lines are gone, or there are too many on this page."""

    path: str
    action: str
    added: int | None
    removed: int | None
    sides: Sides | None


def files(
    asked: Asked, keys: Sequence[int], moments: Sequence[Moment], first: str | None, *, is_full: bool
) -> Mapping[str, list[File]]:
    """By call. That of the moment that an address names goes first, should there be too much."""
    calls = [one.ref for one in moments if one.kind == "tool" and one.ref]
    told = msgspec.json.encode(calls).decode()
    rows = query.rows(asked.reader, "session_edits", sessions=str(list(keys)), calls=told)
    counted: dict[str, list[File]] = {}
    for call_id, path, action, added, removed in rows:
        counted.setdefault(call_id, []).append(File(path, action, added, removed, None))
    if not counted or asked.means.told is None:
        return counted
    read = asked.means.told.edits()(asked.home, list(keys), list(counted))
    left, found = MOST_WHOLE if is_full else MOST, dict[str, list[File]]()
    for call_id in sorted(counted, key=lambda id: id != first):
        found[call_id] = []
        for file in counted[call_id]:
            own = _of_path(read.get(call_id, ()), file.path, len(counted[call_id]))
            shown = sides(own, min(left, MOST_WHOLE if is_full else LINES)) if own and left > 0 else None
            left -= shown.added + shown.removed - shown.hidden if shown else 0
            found[call_id].append(file._replace(sides=shown))
    return found


def _of_path(edits: Sequence[Edit], path: str, files: int) -> Edit | None:
    """A call names a file as it likes: where it changed but one, that is meant."""
    same = [one for one in edits if one.path == path]
    near = same or [one for one in edits if one.path and path.endswith(f"/{one.path}")]
    chosen = near or (list(edits) if files == 1 else [])
    return Edit(path, tuple(hunk for one in chosen for hunk in one.hunks)) if chosen else None
