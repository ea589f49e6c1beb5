"""What a call changed in a file, in one shape whatever agent wrote it down."""

from store.light import NamedTuple


class Hunk(NamedTuple):
    """A stretch of a file: lines that stay, go and come, each with its sign before it: " ", "-" or "+"."""

    lines: tuple[str, ...]
    old_at: int | None = None
    """The number of its first line in the file before, where that is told."""
    new_at: int | None = None


class Edit(NamedTuple):
    """What a call did to one file, or asked to do."""

    path: str
    hunks: tuple[Hunk, ...]
