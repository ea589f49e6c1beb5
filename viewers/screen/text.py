"""Text from transcripts, made safe and measured for a terminal: what an agent wrote never becomes control."""

import os
import unicodedata
from functools import lru_cache

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
UNSEEN = "\N{REPLACEMENT CHARACTER}"
CUT = "…"

SPACES = frozenset({"Zs", "Zl", "Zp"})
# Marks of direction reorder what stands beside them, so they must not vanish unseen as a zero-width joiner may.
DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
SELECTORS = frozenset(chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
MARKS = frozenset({"Mn", "Me"})
JAMO_VOWELS = range(0x1160, 0x1200)
LINE = 256
"""Characters of a text that is likely to be measured again, such as a bar or a branch."""


def clean(text: str) -> str:
    """One line with no control, no direction mark and nothing without width, whatever came in."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_seen, text))


def width(text: str) -> int:
    """How many columns a terminal gives it; the text is clean."""
    if text.isascii():
        return len(text)
    return _line(text) if len(text) <= LINE else sum(map(_columns, text))


def cut(text: str, columns: int) -> str:
    """Its beginning, no wider than that."""
    return text if width(text) <= columns else _first(text, columns - 1) + CUT if columns > 0 else ""


def cut_left(text: str, columns: int) -> str:
    """Its end, no wider than that: of a path the name of the file says most."""
    return text if width(text) <= columns else CUT + _first(text[::-1], columns - 1)[::-1] if columns > 0 else ""


def wrapped(line: str, columns: int) -> list[str]:
    """A line in as many as it takes, cut between words where there are any."""
    lines: list[str] = []
    start = used = 0
    space = -1
    for at, sign in enumerate(line):
        used += width(sign)
        if used > columns:
            end = space if space - start > (at - start) // 2 else max(at, start + 1)
            lines.append(line[start:end])
            start = end + (line[end : end + 1] == " ")
            used = width(line[start : at + 1])
        if sign == " ":
            space = at
    return [*lines, line[start:]]


def short_path(path: str) -> str:
    """With the home folder as people write it."""
    user = os.path.expanduser("~") + "/"
    return "~/" + path[len(user) :] if path.startswith(user) else path


def _seen(character: str) -> str:
    if character in "\t\n\r\v\f":
        return " "
    if character in SELECTORS:
        return ""
    if character.isprintable() or character == NO_BREAK_SPACE:
        return character
    category = unicodedata.category(character)
    if category in SPACES:
        return " "
    if category == "Cf" and character not in DIRECTIONS:
        return ""
    return character if category == "Co" else UNSEEN


@lru_cache(4096)
def _line(text: str) -> int:
    return sum(map(_columns, text))


@lru_cache(4096)
def _columns(character: str) -> int:
    if unicodedata.category(character) in MARKS or ord(character) in JAMO_VOWELS:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _first(text: str, columns: int) -> str:
    used = 0
    for index, character in enumerate(text):
        used += _columns(character)
        if used > columns:
            return text[:index]
    return text
