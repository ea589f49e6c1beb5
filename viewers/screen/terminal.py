"""What the output is: a terminal of some width and colour, or a pipe. ANSI by hand: rich costs more than a report."""

import os
import sys
from contextlib import suppress

from store.light import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

COMPACT_BELOW = 100
"""Columns; narrower terminals get fewer columns by themselves."""

STYLES = {"": "", "bold": "\x1b[1m", "dim": "\x1b[2m"}
RESET = "\x1b[0m"


def columns(stream: "TextIO | None" = None) -> int | None:
    """The width to fit into; None where nothing limits it."""
    chosen = os.environ.get("COLUMNS", "")
    if chosen.isdecimal() and int(chosen) > 0:
        return int(chosen)
    try:
        return os.get_terminal_size((stream or sys.stdout).fileno()).columns or 80
    except (OSError, ValueError):
        return None


def is_terminal(stream: "TextIO") -> bool:
    """Whether a person looks at it, on a screen that can move its cursor."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def has_colour() -> bool:
    """Colour only on a terminal; NO_COLOR and FORCE_COLOR have the last word, in this order."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or is_terminal(sys.stdout)


def paint(text: str, style: str) -> str:
    """The text in a style, if there is colour."""
    return f"{STYLES[style]}{text}{RESET}" if style and has_colour() else text


def show(*lines: str) -> None:
    """Data: lines to stdout."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def say(*lines: str) -> None:
    """Talk: lines to stderr, never to stdout; after the data that was shown before, also where both are one file."""
    with suppress(OSError):  # what cannot be written is still there at the end, where it is told
        sys.stdout.flush()
    sys.stderr.write("".join(f"{line}\n" for line in lines))
