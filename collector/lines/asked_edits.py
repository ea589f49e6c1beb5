"""What tools were asked to change, in the words that most agents' tools share, and what they show of it."""

from typing import Any

from msgspec import Raw, Struct, field

from collector.lines.hunks import between, of_diff, written
from collector.lines.parts import Diff
from collector.lines.tolerant import fit, load
from store.edit import Edit


class AskedEdit(Struct, gc=False):
    """The arguments of a call that changes a file. Foreign tools use these names for anything."""

    file_path: Any = None
    absolute_path: Any = None
    path: Any = None
    own_path: Any = field(default=None, name="filePath")
    old_string: Any = None
    new_string: Any = None
    old_text: Any = field(default=None, name="oldText")
    new_text: Any = field(default=None, name="newText")
    old_own: Any = field(default=None, name="oldString")
    new_own: Any = field(default=None, name="newString")
    content: Any = None


def edit_of(asked: AskedEdit | None) -> Edit | None:
    """What was asked for; None where that is nothing of a file."""
    if asked is None:
        return None
    path = _text(asked.file_path, asked.absolute_path, asked.path, asked.own_path)
    old = _text(asked.old_string, asked.old_text, asked.old_own)
    new = _text(asked.new_string, asked.new_text, asked.new_own)
    if path is None:
        return None
    if new is not None:
        return Edit(path, between(old or "", new))
    return Edit(path, written(asked.content)) if isinstance(asked.content, str) else None


def edit_shown(display: Raw, path: str) -> Edit | None:
    """What a tool shows of the file that it changed."""
    if not bytes(display).startswith(b"{"):
        return None
    diff: Any = fit(load(bytes(display)), Diff)
    hunks = of_diff(diff.diff) if diff.diff else ()
    return Edit(path, hunks) if hunks else None


def _text(*values: Any) -> str | None:
    return next((value for value in values if isinstance(value, str)), None)
