"""Bars and histories, in eighths of a character."""

from collections.abc import Sequence

from viewers.panels.ink import Ink, Line

EIGHTHS = " ▏▎▍▌▋▊▉█"
STEPS = "▁▂▃▄▅▆▇█"
FREE, FULL, POINT, PAST = "░", "█", "┃", "\N{BOX DRAWINGS LIGHT DIAGONAL UPPER RIGHT TO LOWER LEFT}"

AMBER, RED = 60.0, 85.0
"""Percent of a context from which on it is worth a look, and from which on the next large answer may not fit."""
HIGH, HIGHEST = 75.0, 90.0
"""The same of a plan limit or a budget."""


def bar(share: float, columns: int, style: str) -> Line:
    """So much of so many columns."""
    eighths = round(min(max(share, 0.0), 1.0) * columns * 8)
    full, rest = divmod(eighths, 8)
    used = FULL * full + (EIGHTHS[rest] if rest else "")
    return ((used, style), (FREE * (columns - len(used)), "track"))


def context_style(percent: float) -> str:
    return "bad" if percent >= RED else "warn" if percent >= AMBER else "ok"


def context_word(percent: float) -> str:
    return "nearly full" if percent >= RED else "filling" if percent >= AMBER else "fine"


def limit_style(percent: float) -> str:
    return "bad" if percent >= HIGHEST else "warn" if percent >= HIGH else "accent"


def context_bar(used: int | None, window: int | None, columns: int, auto: int | None = None) -> Line:
    """A context and the point where it is made smaller; a window that nobody told of is a track alone."""
    if used is None or not window:
        return ((FREE * columns, "track"),)
    share = used / window
    style = context_style(share * 100)
    at = (auto or window) / window
    point = min(int(columns * at), columns - 1)
    line = bar(min(share / at, 1.0), point, style)
    past = columns - point - 1
    return (*line, (POINT, "muted"), (PAST * past, "bad" if share > at else "muted"))


def spark(values: Sequence[float], style: str = "accent") -> Ink:
    """A history in one line; what was nothing stays low."""
    most = max(values, default=0)
    if not most:
        return (STEPS[0] * len(values), "track")
    return ("".join(STEPS[min(round(value / most * 7), 7)] for value in values), style)
