"""Changes of files as agents write them down, texts before and after or a diff, as the hunks that are shown."""

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from store.edit import Hunk

CONTEXT = 3
LINES_KEPT = 4000
"""Of one change; a file of a hundred thousand lines that is written anew is nothing to look at."""
COMPARED = 1_000_000
"""Pairs of lines; beyond them all that was there goes, and all that is there comes."""
HEAD = re.compile(r"@@ -(\d{1,9})(?:,\d{1,9})? \+(\d{1,9})(?:,\d{1,9})? @@")
NAMES = ("--- ", "+++ ", "Index: ", "====", "diff --git ", "index ")


def between(old: str, new: str) -> tuple[Hunk, ...]:
    """What became of a text."""
    before, after = _lines(old), _lines(new)
    if len(before) * len(after) > COMPARED:
        return (hunk([*(f"-{line}" for line in before), *(f"+{line}" for line in after)]),)
    found: list[Hunk] = []
    for group in SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(CONTEXT):
        lines: list[str] = []
        for kind, old_from, old_to, new_from, new_to in group:
            if kind == "equal":
                lines += [f" {line}" for line in before[old_from:old_to]]
            else:
                lines += [f"-{line}" for line in before[old_from:old_to]]
                lines += [f"+{line}" for line in after[new_from:new_to]]
        found.append(hunk(lines))
    return tuple(found)


def written(content: str) -> tuple[Hunk, ...]:
    """A file that was not there before."""
    return (hunk((f"+{line}" for line in _lines(content)), None, 1),)


def deleted(content: str) -> tuple[Hunk, ...]:
    """A file that is there no more."""
    return (hunk((f"-{line}" for line in _lines(content)), 1, None),)


def of_diff(diff: str) -> tuple[Hunk, ...]:
    """The hunks of a unified diff, with or without its heads."""
    return tuple(_hunks(diff.split("\n")))


def hunk(lines: Iterable[str], old_at: int | None = None, new_at: int | None = None) -> Hunk:
    """No longer than is kept."""
    return Hunk(tuple(line for line, _ in zip(lines, range(LINES_KEPT), strict=False)), old_at, new_at)


def _hunks(lines: list[str]) -> Iterator[Hunk]:
    own: list[str] = []
    old_at = new_at = None
    for line in lines:
        head = HEAD.match(line)
        if head or line.startswith("@@"):
            if own:
                yield hunk(own, old_at, new_at)
            own, old_at, new_at = [], int(head[1]) if head else None, int(head[2]) if head else None
        elif line[:1] in ("+", "-", " ") and (own or not line.startswith(NAMES)):
            own.append(line)
    if own:
        yield hunk(own, old_at, new_at)


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []
