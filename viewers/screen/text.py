"""Text from transcripts, made safe and measured for a terminal: what an agent wrote never becomes control."""

import os
import unicodedata

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
UNSEEN = "\N{REPLACEMENT CHARACTER}"
CUT = "…"

SPACES = frozenset({"Zs", "Zl", "Zp"})
# Marks of direction reorder what stands beside them, so they must not vanish unseen as a zero-width joiner may.
DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
SELECTORS = frozenset(chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
MARKS = frozenset({"Mn", "Me"})
JAMO_VOWELS = range(0x1160, 0x1200)


def clean(text: str) -> str:
    """One line with no control, no direction mark and nothing without width, whatever came in."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_seen, text))


def width(text: str) -> int:
    """How many columns a terminal gives it; the text is clean."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def cut(text: str, columns: int) -> str:
    """Its beginning, no wider than that."""
    return text if width(text) <= columns else _first(text, columns - 1) + CUT if columns > 0 else ""


def cut_left(text: str, columns: int) -> str:
    """Its end, no wider than that: of a path the name of the file says most."""
    return text if width(text) <= columns else CUT + _first(text[::-1], columns - 1)[::-1] if columns > 0 else ""


def wrapped(line: str, columns: int) -> list[str]:
    """A line in as many as it takes, cut between words where there are any."""
    lines: list[str] = []
    while width(line) > columns:
        used = end = space = 0
        for end, sign in enumerate(line):
            used += width(sign)
            if used > columns:
                break
            if sign == " ":
                space = end
        at = space if space > end // 2 else max(end, 1)
        lines.append(line[:at])
        line = line[at:].removeprefix(" ")
    return [*lines, line]


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
