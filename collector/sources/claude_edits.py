"""What Claude Code's tools changed in files: the patch of a result, else the texts that the call gives."""

from collections.abc import Iterator
from typing import Any, cast

from msgspec import Struct, field

from collector.lines.hunks import between, hunk, written
from collector.sources.claude_wire import Id, Path
from store.edit import Edit, Hunk

EDITS = frozenset({"Edit", "MultiEdit", "Update", "NotebookEdit", "Write"})


class Asked(Struct, gc=False):
    """What a tool was asked. Foreign tools use these names for anything."""

    file_path: Any = None
    notebook_path: Any = None
    old_string: Any = None
    new_string: Any = None
    new_source: Any = None
    content: Any = None
    edits: Any = None


class Block(Struct, gc=False):
    type: Id | None = None
    id: Id | None = None
    name: Id | None = None
    input: Asked | None = None
    tool_use_id: Id | None = None
    is_error: bool | None = None


class Message(Struct, gc=False):
    content: str | list[Block | str] | None = None


class Patch(Struct, gc=False):
    old_at: int | None = field(default=None, name="oldStart")
    new_at: int | None = field(default=None, name="newStart")
    lines: list[str] | None = None


class Result(Struct, gc=False):
    path: Path | None = field(default=None, name="filePath")
    patches: list[Patch] | None = field(default=None, name="structuredPatch")


class Line(Struct, gc=False):
    message: Message | str | None = None
    result: Result | str | list[Any] | None = field(default=None, name="toolUseResult")


class Edits:
    """The reader of one file."""

    shape = Line

    def take(self, line: Line) -> Iterator[tuple[str, Edit, bool]]:
        content = line.message.content if isinstance(line.message, Message) else None
        for block in content if isinstance(content, list) else ():
            if not isinstance(block, Block):
                continue
            if block.id and block.name in EDITS and block.input is not None:
                yield from _asked(block.id, block.input)
            elif block.tool_use_id and not block.is_error and isinstance(line.result, Result):
                yield from _done(block.tool_use_id, line.result)


def _asked(call_id: str, asked: Asked) -> Iterator[tuple[str, Edit, bool]]:
    path = asked.file_path or asked.notebook_path
    if not isinstance(path, str):
        return
    if isinstance(asked.content, str):
        yield call_id, Edit(path, written(asked.content)), False
        return
    found: list[Hunk] = []
    told: Any = asked.edits
    some = cast("list[Any]", told) if isinstance(told, list) else []
    pairs = [cast("dict[str, Any]", one) for one in some if isinstance(one, dict)]
    new = asked.new_string if asked.new_string is not None else asked.new_source
    for pair in pairs or [{"old_string": asked.old_string or "", "new_string": new}]:
        before, after = pair.get("old_string"), pair.get("new_string")
        if isinstance(before, str) and isinstance(after, str):
            found += between(before, after)
    yield call_id, Edit(path, tuple(found)), False


def _done(call_id: str, result: Result) -> Iterator[tuple[str, Edit, bool]]:
    hunks = tuple(hunk(one.lines or (), one.old_at, one.new_at) for one in result.patches or ())
    if result.path and hunks:
        yield call_id, Edit(result.path, hunks), True
