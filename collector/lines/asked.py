"""What a tool was asked, as far as it names its target: words that most agents' tools share."""

from typing import Any

from msgspec import Struct

from collector.lines.text import kept, lines_in

TARGET_KEPT = 300
PATH_KEPT = 1000
NAME_KEPT = 100


class Asked(Struct, gc=False):
    """The arguments of a call. Foreign tools use these names for anything."""

    file_path: Any = None
    absolute_path: Any = None
    notebook_path: Any = None
    path: Any = None
    dir_path: Any = None
    command: Any = None
    code: Any = None
    pattern: Any = None
    query: Any = None
    url: Any = None
    prompt: Any = None
    description: Any = None
    content: Any = None


def path_of(asked: Asked | None) -> str | None:
    """The one file that a call is about."""
    if asked is None:
        return None
    return _first((asked.file_path, asked.absolute_path, asked.notebook_path, asked.path), PATH_KEPT)


def target_of(asked: Asked | None) -> str | None:
    """The one thing that tells what a call is about: a path, a command, a query, an address."""
    if asked is None:
        return None
    named = (asked.file_path, asked.absolute_path, asked.notebook_path, asked.command, asked.code, asked.pattern)
    rest = (asked.query, asked.url, asked.path, asked.dir_path, asked.description, asked.prompt)
    return _first((*named, *rest), TARGET_KEPT)


def lines_written(asked: Asked | None) -> int | None:
    """How many lines a call asks to write, where it says all of them."""
    return lines_in(asked.content) if asked is not None and isinstance(asked.content, str) else None


def _first(values: tuple[Any, ...], length: int) -> str | None:
    for value in values:
        if isinstance(value, str) and value:
            return kept(value, length)
    return None
