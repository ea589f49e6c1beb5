"""The lines above and below a screen: the tabs, whether it is live, what is wrong, the keys. Words only."""

import time
from collections.abc import Iterable

from viewers.panels.ink import Ink, Line, apart, cropped, length
from viewers.panels.reading import Told, recording_words
from viewers.screen.text import clean
from viewers.tui.face import Face

NAMED = {"^p": "ctrl+p", "?": "question_mark", "/": "slash", "esc": "escape", "enter": "enter", "tab": "tab"}
LEAST = (40, 10)
"""Columns and lines below which no panel can be drawn."""


def head(faces: tuple[type[Face], ...], shown: Face, state: Line, columns: int) -> Line:
    """The tabs and the state; where there is no room for all names, the others are numbers alone."""
    for named in (True, False):
        line = tabs(faces, shown, is_named=named)
        if length(line) + length(state) < columns:
            break
    return apart(line, state, columns)


def tabs(faces: tuple[type[Face], ...], shown: Face, *, is_named: bool) -> Line:
    """Each screen by its key."""
    inks: list[Ink] = [(" ≣ fleetmeter ", "accent")]
    for face in faces:
        is_shown = isinstance(shown, face)
        words = f"{face.number} {face.title}" if is_named or is_shown else face.number
        inks.append((f"▐{words}▌" if is_shown else f" {words} ", "tab" if is_shown else "muted"))
    return tuple(inks)


def state(told: Told | None, paused_s: float | None, now_s: float) -> Line:
    """Whether what is shown is of now."""
    if paused_s is not None:
        return ((f"⏸ paused {time.strftime('%H:%M:%S', time.localtime(paused_s))} ", "warn"),)
    words = recording_words(told)
    mark, style = ("●", "ok") if words == "live" else ("■", "muted" if words == "reading" else "warn")
    return ((f"{mark} {words}", style), (time.strftime("  %H:%M:%S ", time.localtime(now_s)), "muted"))


def banner(told: Told | None, home: str, columns: int) -> tuple[Line, Line]:
    """What is wrong, and what to do: in one line, or in two where one has no room."""
    words, hint = _wrong(told, home)
    wrong: Line = ((f" {words}", "alarm"),) if words else ()
    advice: Line = ((f"  {hint}", "muted"),) if hint else ()
    if length((*wrong, *advice)) <= columns:
        return (*wrong, *advice), ()
    return wrong, advice


def _wrong(told: Told | None, home: str) -> tuple[str, str]:
    if told is None:
        return "", ""
    if told.trouble is not None:  # which folder it is one knows, or `fleetmeter doctor` tells
        return clean(told.trouble.words.replace(f"{home}/", "")), clean(told.trouble.hint)
    if not told.is_recording:
        return "No collector runs: what is shown is old.", "`fleetmeter start` starts one"
    return "", ""


def keys(words: str, columns: int) -> Line:
    """What keys do here, as many as there is room for; whole words, or none."""
    right = _spaced(("? help", "q quit") if columns < 100 else ("^p palette", "? help", "q quit"))
    kept: list[str] = []
    for each in words.split("  "):
        if length(_spaced((*kept, each))) + length(right) >= columns:
            break
        kept.append(each)
    return apart(_spaced(kept), right, columns)


def _spaced(words: Iterable[str]) -> Line:
    """Each by itself, so that it can be pressed."""
    return (" ", ""), *(ink for each in words for ink in ((each, "muted"), ("  ", "")))


def key_of(words: str) -> str:
    """The key that some words of the last line are about; none where several do different things."""
    name, _, rest = words.partition(" ")
    if name == "[" and rest.startswith("]"):
        return "right_square_bracket"
    return NAMED.get(name, name if len(name) == 1 and not rest[1:2] == " " else "")


def too_small(columns: int, lines: int) -> Line:
    """What is said where nothing can be drawn."""
    sign = "\N{MULTIPLICATION SIGN}"
    return cropped(((f"Needs {LEAST[0]}{sign}{LEAST[1]}, has {columns}{sign}{lines}", "warn"),), columns)
