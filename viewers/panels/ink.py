"""Lines made of words and styles, and how they are fitted into columns. All text that comes in is made safe here."""

from collections.abc import Iterable

from store.light import NamedTuple
from viewers.screen.text import clean, width
from viewers.screen.text import cut as shortened

Ink = tuple[str, str]
"""Some words, and the name of their style: "", bold, muted, accent, ok, warn, bad, tool, or a model's."""
Line = tuple[Ink, ...]


class Row(NamedTuple):
    """Some lines that are one thing: what the cursor stands on, told by its key."""

    key: str
    lines: tuple[Line, ...]


class Panel(NamedTuple):
    """What stands in a border: a title at its left, a short fact at its right, rows inside, or a word why not."""

    title: str
    rows: tuple[Row, ...] = ()
    fact: str = ""
    fact_style: str = "muted"
    empty: str = "none"


def cell(text: str, columns: int, style: str = "", *, is_right: bool = False) -> Ink:
    """Foreign words in exactly so many columns."""
    shown = shortened(clean(text), columns)
    gap = " " * (columns - width(shown))
    return (gap + shown if is_right else shown + gap, style)


def length(line: Iterable[Ink]) -> int:
    """How many columns it takes."""
    return sum(width(text) for text, _ in line)


def apart(left: Line, right: Line, columns: int) -> Line:
    """One part at the left and one at the right; where both have no room the left one is cut."""
    room = columns - length(right) - bool(right)
    left = cropped(left, room)
    return (*left, (" " * (columns - length(left) - length(right)), ""), *right)


def cropped(line: Line, columns: int) -> Line:
    """As much of it as there is room for."""
    if length(line) <= columns:
        return line
    kept: list[Ink] = []
    for text, style in line:
        if width(text) >= columns:
            return (*kept, (shortened(text, columns), style))
        kept.append((text, style))
        columns -= width(text)
    return tuple(kept)


def filled(line: Line, columns: int) -> Line:
    """Exactly so wide."""
    line = cropped(line, columns)
    return (*line, (" " * (columns - length(line)), ""))


def plain(line: Line) -> str:
    """Its words alone."""
    return "".join(text for text, _ in line)


def one(key: str, *inks: Ink) -> Row:
    """A row of one line."""
    return Row(key, (inks,))


def framed(panel: Panel, columns: int) -> list[str]:
    """The panel on paper, in a border."""
    title = f"╭─ {panel.title} "
    fact = f" {panel.fact} ─╮" if panel.fact else "─╮"
    lines = [title + "─" * max(columns - width(title) - width(fact), 0) + fact]
    inner = [line for row in panel.rows for line in row.lines] or [((panel.empty, "muted"),)]
    lines += [f"│ {plain(filled(line, columns - 4))} │" for line in inner]
    return [*lines, "╰" + "─" * (columns - 2) + "╯"]
