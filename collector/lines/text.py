"""What is kept of the texts and numbers that agents write: as much as is shown, and nothing SQLite cannot hold."""

import hashlib
import re
from contextvars import ContextVar

from store.facts import TEXT_KEPT

TEXTS: ContextVar[int] = ContextVar("TEXTS", default=TEXT_KEPT)
"""How much of a text is kept: all of it while somebody reads what was said."""

HUNK = re.compile(r"@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@")

NUL_SHOWN = "\u2400"  # SQLite ends a text at its first NUL


def kept(text: str, length: int | None = None) -> str:
    """As much of a text as is kept."""
    text = text[: TEXTS.get() if length is None else length]
    return text.replace("\0", NUL_SHOWN) if "\0" in text else text


def whole(value: float | None) -> int | None:
    """A number as milliseconds, if it can be some."""
    return int(value) if value is not None and abs(value) < 1e15 else None


def digest(*parts: str) -> str:
    """An id for what has none: the same for the same words, in whatever file they stand."""
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=12).hexdigest()


def lines_in(text: str) -> int:
    """How many lines a file of this content has."""
    return text.count("\n") + (not text.endswith("\n") if text else 0)


def lines_changed(diff: str) -> tuple[int, int]:
    """How many lines a unified diff adds and removes. A line of a hunk may look like a head."""
    added = removed = 0
    old = new = 0  # lines of this hunk that are still to come
    for line in diff.split("\n"):
        sign = line[:1]
        hunk = HUNK.match(line) if sign == "@" else None
        if hunk:
            old, new = (int(length) if length else 1 for length in hunk.groups())
        elif sign == "+" and (new > 0 or not line.startswith("+++ ")):
            added, new = added + 1, new - 1
        elif sign == "-" and (old > 0 or not line.startswith("--- ")):
            removed, old = removed + 1, old - 1
        elif sign != "\\":
            old, new = old - 1, new - 1
    return added, removed
