"""Tables of text that fit the terminal: wide columns shrink first, then the least needed ones are left out."""

from collections.abc import Iterator

from store.light import NamedTuple
from viewers.screen import terminal
from viewers.screen.text import clean, cut, cut_left, width

GAP = "  "


class Column(NamedTuple):
    """One column; the texts of its cells may be anything, they are cleaned here."""

    title: str
    is_number: bool = False
    least: int = 0
    """It may be cut to this width; 0 is never cut."""
    keeps_end: bool = False
    dispensable: int = 0
    """Where room is short, the column with the highest number goes first; 0 always stays."""


class Row(NamedTuple):
    """The cells of one line, in the order of the columns."""

    cells: tuple[str, ...]
    style: str = ""


def lines(columns: tuple[Column, ...], rows: list[Row], room: int | None) -> Iterator[str]:
    """The header, then each row, no wider than the room if that can be."""
    cells = [tuple(map(clean, row.cells)) for row in rows]
    widths = [max([width(column.title), *(width(row[index]) for row in cells)]) for index, column in enumerate(columns)]
    kept = _fit(columns, widths, room) if room else list(range(len(columns)))
    styled = zip(
        [tuple(column.title for column in columns), *cells], ["dim", *(row.style for row in rows)], strict=True
    )
    for texts, style in styled:
        line = GAP.join(_cell(columns[index], texts[index], widths[index]) for index in kept)
        yield terminal.paint(line.rstrip(), style)


def fits(columns: tuple[Column, ...], widths: list[int], room: int) -> bool:
    """Whether that many columns of such widths fit without leaving one out."""
    least = [min(size, column.least or size) for column, size in zip(columns, widths, strict=True)]
    return sum(least) + len(GAP) * (len(least) - 1) <= room


def _fit(columns: tuple[Column, ...], widths: list[int], room: int) -> list[int]:
    """Which columns stay; the widths are narrowed in place."""
    kept = list(range(len(columns)))
    while not fits(tuple(columns[index] for index in kept), [widths[index] for index in kept], room):
        last = max(kept, key=lambda index: columns[index].dispensable)
        if not columns[last].dispensable:
            break
        kept.remove(last)
    while sum(widths[index] for index in kept) + len(GAP) * (len(kept) - 1) > room:
        soft = [index for index in kept if columns[index].least and widths[index] > columns[index].least]
        if not soft:
            break
        widths[max(soft, key=lambda index: widths[index])] -= 1
    return kept


def _cell(column: Column, text: str, columns: int) -> str:
    text = (cut_left if column.keeps_end else cut)(text, columns)
    blank = " " * (columns - width(text))
    return blank + text if column.is_number else text + blank
