"""What OpenCode's tools changed in files: the diff of a call that has ended, else what was asked for."""

from collections.abc import Iterator
from typing import Any, cast

from collector.lines.asked_edits import AskedEdit, edit_of
from collector.lines.hunks import of_diff
from collector.lines.tolerant import fit
from collector.sources.opencode_parts import ACTIONS, OWN_ID_LENGTH
from collector.sources.opencode_wire import Line, Part, PartEvent, State, read
from store.edit import Edit


class Edits:
    """The reader of the rows of a database."""

    shape = Line

    def take(self, line: Line) -> Iterator[tuple[str, Edit, bool]]:
        if b'"tool"' not in bytes(line.data):
            return
        part = read(line.data, PartEvent).part if b'"part"' in bytes(line.data)[:200] else read(line.data, Part)
        state, call_id = part.state or State(), part.call_id or part.id or ""
        # A short id is made longer by its answer's, which is not looked for here.
        if ACTIONS.get(part.tool or "", "read") == "read" or len(call_id) < OWN_ID_LENGTH:
            return
        asked = edit_of(fit(state.input, AskedEdit))
        if asked is not None:
            yield call_id, asked, False
        for path, diff in (
            _diffs(state.metadata or {}, asked.path if asked else "") if state.status == "completed" else ()
        ):
            hunks = of_diff(diff)
            if hunks:
                yield call_id, Edit(path, hunks), True


def _diffs(told: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """Of each file."""
    files: Any = told.get("files")
    some = cast("list[Any]", files) if isinstance(files, list) else []
    for file in [cast("dict[str, Any]", one) for one in some if isinstance(one, dict)]:
        name, diff = file.get("movePath") or file.get("filePath"), file.get("patch") or file.get("diff")
        if isinstance(name, str) and isinstance(diff, str):
            yield name, diff
    if not some and path and isinstance(told.get("diff"), str):
        yield path, told["diff"]
