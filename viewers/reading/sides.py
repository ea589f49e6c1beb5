"""A change of a file side by side: stretches in which lines stay, or go and come. As much of it as can be looked at."""

from collections.abc import Iterator, Sequence

from store.edit import Edit, Hunk
from store.light import NamedTuple

LINES, LONG = 400, 1000
"""Of one file that a call changed, and signs of a line."""


class Line(NamedTuple):
    """A line, and its number where that is told."""

    number: int | None
    text: str


class Stretch(NamedTuple):
    """Lines that stay are on both sides; of others those that go are old, those that come are new."""

    is_same: bool
    is_first: bool
    """Between it and the one before, lines are left out."""
    old: tuple[Line, ...]
    new: tuple[Line, ...]


class Sides(NamedTuple):
    """What became of one file."""

    path: str
    added: int
    removed: int
    stretches: tuple[Stretch, ...]
    hidden: int
    """Lines that are not here, for there are too many."""


def sides(edit: Edit, most: int = LINES) -> Sides:
    """All of it, or its first lines."""
    lines = [line for hunk in edit.hunks for line in hunk.lines]
    shown, left = list[Stretch](), most
    for hunk in edit.hunks:
        shown += _stretches(hunk, left)
        left -= len(hunk.lines)
        if left <= 0:
            break
    added, removed = (sum(line.startswith(sign) for line in lines) for sign in "+-")
    return Sides(edit.path, added, removed, tuple(shown), max(len(lines) - most, 0))


def _stretches(hunk: Hunk, most: int) -> Iterator[Stretch]:
    old_at, new_at, is_first = hunk.old_at, hunk.new_at, True
    for is_same, lines in _runs(hunk.lines[:most]):
        gone = tuple(line for line in lines if line[:1] != "+")
        come = tuple(line for line in lines if line[:1] != "-")
        yield Stretch(is_same, is_first, _numbered(gone, old_at), _numbered(come, new_at))
        old_at, new_at = _after(old_at, gone), _after(new_at, come)
        is_first = False


def _runs(lines: Sequence[str]) -> Iterator[tuple[bool, list[str]]]:
    """Lines that stay, then lines that go with those that come in their place, and so on."""
    run = list[str]()
    for line in lines:
        kind, last = line[:1], run[-1][:1] if run else ""
        if run and ((kind == " ") != (last == " ") or (kind == "-" and last == "+")):
            yield last == " ", run
            run = []
        run.append(line)
    if run:
        yield run[-1][:1] == " ", run


def _numbered(lines: tuple[str, ...], at: int | None) -> tuple[Line, ...]:
    return tuple(
        Line(None if at is None else at + index, line[1:].expandtabs(4)[:LONG]) for index, line in enumerate(lines)
    )


def _after(at: int | None, lines: tuple[str, ...]) -> int | None:
    return None if at is None else at + len(lines)
