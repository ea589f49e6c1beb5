"""What happened in a session, a line each, the newest first."""

import re

from viewers.panels.fleet_read import Moment
from viewers.panels.ink import Ink, Line, Panel, Row, apart, cell, length
from viewers.panels.moments import clock
from viewers.panels.words import near
from viewers.screen import format
from viewers.screen.secrets import hide
from viewers.screen.text import clean

MARKS = {
    "prompt": ("»", "accent"), "reply": ("↳", ""), "thinking": ("·", "muted"), "open": ("→", "accent"),
    "ok": ("✓", "ok"), "error": ("✗", "bad"), "rejected": ("✗", "warn"), "compaction": ("▼", "warn"),
    "workflow": ("+", "accent"), "background": ("→", "accent"),
}  # fmt: skip
RUN = "run:"
QUIET = frozenset({"turn_end"})
"""Moments that tell nothing that the next line does not."""
PROMPTS = {"queued": "queued: ", "notification": "told: ", "interruption": "interrupted: ", "command": "command: "}


def kind_of(moment: Moment) -> str:
    """The kind that its mark is for."""
    if moment.kind == "tool":
        return str(moment.status) if moment.status in MARKS else "error"
    if moment.kind == "message":
        return "thinking" if moment.what == "thinking" else "error" if moment.what == "error" else "reply"
    return moment.kind


def words(moment: Moment, is_shown: bool = False, cwd: str | None = None) -> tuple[str, str, str]:
    """Who or what, what was said, and a short fact; secrets only if they were asked for."""
    text = near(moment.text or "", cwd) if moment.kind == "tool" else moment.text or ""
    text = clean(text if is_shown else hide(text))
    if moment.kind == "tool":
        return moment.what, text, _outcome(moment)
    if moment.kind == "compaction":
        after = f" → {format.tokens(moment.status)}" if moment.status else ""
        before = f": {format.tokens(moment.size)}{after}" if moment.size else ""
        return "", f"compacted{f' ({text})' if text else ''}{before}", ""
    if moment.kind == "workflow":
        return f"Workflow {clean(moment.what)}", text, ""
    if moment.what == "thinking":
        size = f", {format.count(moment.size)} characters" if moment.size else ""
        return "", f"thinking{size}", ""
    if moment.what == "error":
        return "error" + (f" {moment.status}" if moment.status else ""), text, ""
    return "", PROMPTS.get(moment.what, "") + text, ""


def panel(
    moments: tuple[Moment, ...],
    columns: int,
    *,
    title: str = "Recent activity",
    fact: str = "",
    needle: str = "",
    names: dict[str, str] | None = None,
    cwd: str | None = None,
) -> Panel:
    """The feed; only what the filter names."""
    found = [one for one in moments if one.what not in QUIET and fits(one, needle)]
    rows = tuple(Row(one.ref, (line(one, columns, names or {}, cwd),)) for one in found)
    empty = f"Nothing matches “{clean(needle)}”. Esc clears the filter." if needle else "nothing happened yet"
    return Panel(title, rows, fact, empty=empty)


def fits(moment: Moment, needle: str) -> bool:
    """Whether it says the words; is:error, is:tool, is:prompt name a kind, run: an agent inside the session."""
    for word in needle.lower().split():
        if word.startswith("is:"):
            if word[3:] not in (kind_of(moment), moment.kind):
                return False
        elif word.startswith(RUN):
            if not moment.run_id.lower().startswith(word.removeprefix(RUN)):
                return False
        elif word not in f"{moment.what} {moment.text or ''}".lower():
            return False
    return True


def line(moment: Moment, columns: int, names: dict[str, str], cwd: str | None = None) -> Line:
    """Time, mark, words, fact."""
    mark, style = MARKS.get(kind_of(moment), ("·", "muted"))
    who, said, fact = words(moment, cwd=cwd)
    run = "" if moment.run_id == "main" else clean(names.get(moment.run_id, moment.run_id))[:16]
    right: tuple[Ink, ...] = ()
    if run and columns >= 60:
        right += ((run, "muted"), ("  ", ""))
    right += (cell(fact, 8, "bad" if kind_of(moment) == "error" else "muted", is_right=True),) if fact else ()
    if right and not fact:
        right = right[:1]
    left: list[Ink] = [(clock(moment.at), "muted"), (f" {mark} ", style)]
    if who:
        left.append((clean(who) + " ", "tool" if moment.kind == "tool" else style))
    tone = {"prompt": "bold", "thinking": "muted", "error": "bad" if moment.kind != "tool" else ""}
    left.append((said, tone.get(kind_of(moment), "")))
    return apart(tuple(left), right, columns) if length(left) + length(right) >= columns or right else tuple(left)


def full(moment: Moment, is_shown: bool) -> list[str]:
    """All that is kept of it, line by line."""
    text = moment.text or ""
    text = text if is_shown else hide(text)
    # Only what ends a line here: splitlines would also break at characters that a text may hold.
    return [clean(part) for part in re.split(r"\r\n|\n|\r", text)]


def _outcome(moment: Moment) -> str:
    if moment.status == "open":
        return ""
    if moment.status in ("ok", None):
        return format.took(moment.duration_ms) if moment.duration_ms is not None else ""
    return clean(str(moment.status))
