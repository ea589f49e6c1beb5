"""What Codex's calls changed in files: as an event tells it, else as the patch itself asks."""

import os
from collections.abc import Iterator, Mapping

from collector.lines.hunks import deleted, hunk, of_diff, written
from collector.sources.codex_patches import patch_in
from collector.sources.codex_tools import CALLS, INSIDE, arguments_of
from collector.sources.codex_wire import Change, Line, Payload
from store.edit import Edit, Hunk

FILE, MOVED, HUNK = "*** ", "*** Move to: ", "@@"
ACTS = ("*** Add File: ", "*** Update File: ", "*** Delete File: ")
Told = Iterator[tuple[str, Edit, bool]]


class Edits:
    """The reader of one file. What a script did bears an id of its own, so the script is kept in mind."""

    shape = Line

    def __init__(self) -> None:
        self.script = ""

    def take(self, line: Line) -> Told:
        body = line.payload if line.payload is not None else line
        if body.type in CALLS:
            yield from self._asked(body)
        elif body.type == "patch_apply_end" and body.call_id and body.success is not False:
            yield from _done(body.call_id, body.changes)
        elif body.item is not None and body.item.type == "FileChange" and body.item.id:
            is_inside = body.item.id.startswith(INSIDE)
            if body.item.status in (None, "completed"):
                yield from _done(self.script if is_inside else body.item.id, body.item.changes)

    def _asked(self, body: Payload) -> Told:
        call_id, name = body.call_id or body.id or "", body.name or ""
        if body.type == "custom_tool_call" and name == "exec":
            self.script = call_id
            return
        patch, folder = patch_in(name, body.input, arguments_of(body.arguments))
        for path, hunks in _files(patch.split("\n")):
            yield call_id, Edit(os.path.join(folder, path), hunks), False


def _done(call_id: str, changes: Mapping[str, Change] | None) -> Told:
    for path, change in (changes or {}).items():
        if change.content is not None:
            hunks = deleted(change.content) if change.type == "delete" else written(change.content)
        else:
            hunks = of_diff(change.unified_diff or "")
        if call_id and hunks:
            yield call_id, Edit(change.move_path or path, hunks), True


def _files(lines: list[str]) -> Iterator[tuple[str, tuple[Hunk, ...]]]:
    """The files of a patch. Its hunks have no numbers."""
    path, hunks, own = "", list[Hunk](), list[str]()
    for line in [*lines, FILE]:
        is_file, is_hunk = line.startswith(FILE) and not line.startswith(MOVED), line.startswith(HUNK)
        if (is_file or is_hunk) and own:
            hunks.append(hunk(own))
            own = []
        if is_file:
            if path and hunks:
                yield path, tuple(hunks)
            path = next((line.removeprefix(act).strip() for act in ACTS if line.startswith(act)), "")
            hunks = []
        elif line.startswith(MOVED):
            path = line.removeprefix(MOVED).strip()
        elif line[:1] in ("+", "-", " "):
            own.append(line)
