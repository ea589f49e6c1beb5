"""What was said, in the parts that one family of models speaks in, and what a tool shows of a file it changed."""

from typing import Annotated, Any

from msgspec import Meta, Raw, Struct, field

from collector.lines.asked import Asked
from collector.lines.text import lines_changed
from collector.lines.tolerant import fit, load

Id = Annotated[str, Meta(max_length=200)]
Int = Annotated[int, Meta(ge=-(2**53), le=2**53)]


class Asking(Struct, gc=False):
    """A part that calls a tool."""

    id: Id | None = None
    name: Id | None = None
    args: Asked | None = None


class Part(Struct, gc=False):
    text: str | None = None
    thought: bool | None = None
    call: Asking | None = field(default=None, name="functionCall")
    response: Raw = field(default=Raw(), name="functionResponse")
    inline: Raw = field(default=Raw(), name="inlineData")
    file: Raw = field(default=Raw(), name="fileData")


Content = str | list[Part | str] | Part | None


class DiffStat(Struct, gc=False):
    added: Int | None = field(default=None, name="model_added_lines")
    removed: Int | None = field(default=None, name="model_removed_lines")


class Diff(Struct, gc=False):
    """What is shown of a file that a tool changed."""

    diff: str | None = field(default=None, name="fileDiff")
    stat: DiffStat | None = field(default=None, name="diffStat")


def parts_of(content: Content) -> list[Part]:
    """Content as a list of parts, however it was written."""
    if isinstance(content, str):
        return [Part(text=content)]
    if isinstance(content, Part):
        return [content]
    return [Part(text=part) if isinstance(part, str) else part for part in content or ()]


def said_in(content: Content) -> tuple[str, int]:
    """What a person or the model said, and the number of pictures and documents; no thoughts, no tools' answers."""
    parts = parts_of(content)
    texts = [part.text for part in parts if part.text and not part.thought]
    return "\n".join(texts).strip(), sum(1 for part in parts if part.inline or part.file)


def lines_shown(display: Raw) -> tuple[int | None, int | None] | None:
    """How many lines a tool added and removed; None when it changed no file."""
    if not bytes(display).startswith(b"{"):
        return None
    diff: Any = fit(load(bytes(display)), Diff)
    if diff.stat is not None:
        return diff.stat.added, diff.stat.removed
    return lines_changed(diff.diff) if diff.diff else None
