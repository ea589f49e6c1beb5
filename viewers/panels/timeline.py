"""What ran when: a lane for each session, its signs telling work, subagents, a person waited for, and rest."""

import sqlite3
import time

from store.light import NamedTuple
from viewers import query
from viewers.panels.ink import Ink, Line, Panel, Row, cell
from viewers.panels.moments import instant
from viewers.panels.words import folder
from viewers.reports.dates import utc
from viewers.screen import format
from viewers.screen.secrets import hide
from viewers.screen.text import clean

SPANS = (("6 hours", 6 * 3600, 16), ("day", 86_400, 16), ("week", 7 * 86_400, 15))
"""What may be looked at: its name, its seconds, and how many digits of a time tell apart what is drawn."""
MOST = 200
KEEP_S = 2.0
LABEL = 29
TICKS_S = (1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 345_600)
TICK_COLUMNS = 11
# From the least to the most: of what falls into one sign, the last is drawn.
SIGNS = {"rest": ("─", "line"), "agent": ("▒", "tool"), "main": ("█", "accent"), "prompt": ("█", "accent"),
         "waiting": ("◆", "warn")}  # fmt: skip
ORDER = tuple(SIGNS)
LEGEND = "█ works  ▒ subagents  ◆ waits for you  ─ rests"


class Lane(NamedTuple):
    """A session, and what it did in the span."""

    key: int
    session_id: str
    agent: str
    project: str | None
    first_at: str | None
    last_at: str | None
    title: str | None
    works: tuple[tuple[str, float, float], ...] = ()
    """Kind, from when, until when."""


class Timeline(NamedTuple):
    """The answer."""

    which: int
    since_s: float
    until_s: float
    lanes: tuple[Lane, ...]


class Memory:
    """The last answer."""

    def __init__(self) -> None:
        self.read_s = 0.0
        self.asked: tuple[int, float] = (-1, 0.0)
        self.found: Timeline | None = None


def read(reader: sqlite3.Connection, memory: Memory, which: int, back_s: float, now_s: float) -> Timeline:
    """The span that ended so long ago; asked anew only every few seconds."""
    if memory.found is not None and memory.asked == (which, back_s) and 0 <= now_s - memory.read_s < KEEP_S:
        return memory.found
    _, seconds, digits = SPANS[which]
    until = now_s - back_s
    span = {"since": utc(until - seconds), "until": utc(until), "most": MOST}
    works: dict[int, list[tuple[str, float, float]]] = {}
    for key, _, kind, at, end in query.rows(reader, "timeline", digits=digits, **span):
        begin, over = instant(at), instant(end)
        if begin is not None:
            works.setdefault(key, []).append((kind, begin, over if over is not None else begin))
    lanes = [Lane(*row, works=tuple(works.get(row[0], ()))) for row in query.rows(reader, "timeline_sessions", **span)]
    lanes.sort(key=lambda lane: folder(lane.project))  # stable: of a project the last one first
    memory.asked, memory.read_s = (which, back_s), now_s
    memory.found = Timeline(which, until - seconds, until, tuple(lanes))
    return memory.found


def strip(found: Timeline | None, which: int) -> Line:
    """The span."""
    inks: list[Ink] = [
        (f"▐{name}▌" if at == which else f" {name} ", "tab" if at == which else "muted")
        for at, (name, _, _) in enumerate(SPANS)
    ]
    if found is not None:
        begin, end = (time.strftime("%d %b %H:%M", time.localtime(at)) for at in (found.since_s, found.until_s))
        inks.append((f"   {begin} to {end}", "bold"))
    return tuple(inks)


def axis(found: Timeline, columns: int, now_s: float) -> Line:
    """Round hours above the lanes, and now where it is in sight."""
    room = max(columns - LABEL, 10)
    seconds = found.until_s - found.since_s
    form = "%a %H:%M" if seconds > 86_400 else "%H:%M"
    step = next((step for step in TICKS_S if step / seconds * room >= TICK_COLUMNS), TICKS_S[-1])
    shift = time.localtime(found.since_s).tm_gmtoff
    moment = -(-(found.since_s + shift) // step) * step - shift
    words = ""
    while (at := int((moment - found.since_s) / seconds * room)) < room - 12:
        words = words.ljust(at) + time.strftime(form, time.localtime(moment))
        moment += step
    words = words.ljust(room - 3) + "now" if now_s - found.until_s < 60 else words
    return (" " * (LABEL + 2), ""), (words, "muted")


def panel(found: Timeline, columns: int, now_s: float, needle: str = "") -> Panel:
    """A lane for each session, those of a project together."""
    room = max(columns - LABEL, 10)
    rows: list[Row] = []
    last = ""
    for lane in found.lanes:
        project = folder(lane.project)
        label = f"{clean(lane.agent)} {clean(hide(lane.title or '')) or clean(lane.session_id)[:8]}"
        if needle.lower() not in f"{project} {label}".lower():
            continue
        name = cell(project if project != last else "", 11, "bold"), cell(f" {label}", LABEL - 12, "muted"), (" ", "")
        last = project
        rows.append(Row(str(lane.key), ((*name, *_drawn(lane, found, room, now_s)),)))
    words = f"Nothing matches “{clean(needle)}”. Esc clears the filter." if needle else "nothing ran in this time"
    return Panel(format.things(len(rows), "session"), tuple(rows), LEGEND, empty=words)


def _drawn(lane: Lane, found: Timeline, room: int, now_s: float) -> Line:
    """The signs of a lane, those alike together."""
    scale = room / (found.until_s - found.since_s)

    def column(at: float) -> int:
        return min(max(int((at - found.since_s) * scale), 0), room - 1)

    signs: list[str] = [""] * room
    first, last = instant(lane.first_at), instant(lane.last_at)
    if first is not None and last is not None and last >= found.since_s:
        for at in range(column(first), column(last) + 1):
            signs[at] = "rest"
    for kind, begin, end in lane.works:
        for at in range(column(begin), column(min(end, now_s)) + 1):
            if not signs[at] or ORDER.index(kind) > ORDER.index(signs[at]):
                signs[at] = kind
    inks: list[Ink] = []
    for kind in signs:
        sign, style = SIGNS.get(kind, (" ", ""))
        if inks and inks[-1][1] == style:
            inks[-1] = (inks[-1][0] + sign, style)
        else:
            inks.append((sign, style))
    return tuple(inks)
