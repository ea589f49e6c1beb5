"""What ran when: a lane for each session, its signs telling work, subagents, a person waited for, and rest."""

import time
from collections.abc import Iterable

from viewers.panels.ink import Ink, Line, Panel, Row, cell
from viewers.panels.moments import instant
from viewers.panels.timeline_read import NOW_S, SPANS, Inner, Lane, Timeline, Work
from viewers.panels.words import folder
from viewers.screen import format
from viewers.screen.secrets import hide
from viewers.screen.text import clean

LABEL, LABEL_MOST = 29, 56
TICKS_S = (1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 345_600)
TICK_COLUMNS = 11
# From the least to the most: of what falls into one sign, the last is drawn.
SIGNS = {"rest": ("─", "line"), "agent": ("▒", "tool"), "main": ("█", "accent"), "prompt": ("█", "accent"),
         "waiting": ("◆", "warn")}  # fmt: skip
ORDER = tuple(SIGNS)
LEGEND = "█ works  ▒ subagents  ◆ waits for you  ─ rests"


def _label_columns(columns: int) -> int:
    return min(max(LABEL, columns // 4), LABEL_MOST)


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
    label = _label_columns(columns)
    room = max(columns - label, 10)
    seconds = found.until_s - found.since_s
    form = "%a %H:%M" if seconds > 86_400 else "%H:%M"
    step = next((step for step in TICKS_S if step / seconds * room >= TICK_COLUMNS), TICKS_S[-1])
    shift = time.localtime(found.since_s).tm_gmtoff
    moment = -(-(found.since_s + shift) // step) * step - shift
    words = ""
    while (at := int((moment - found.since_s) / seconds * room)) < room - 12:
        words = words.ljust(at) + time.strftime(form, time.localtime(moment))
        moment += step
    words = words.ljust(room - 3) + "now" if now_s - found.until_s < NOW_S else words
    return (" " * (label + 2), ""), (words, "muted")


def panel(found: Timeline, columns: int, now_s: float, needle: str = "", *, is_deep: bool = True) -> Panel:
    """A lane for each session, those of a project together; below it one for each agent in it, if that is wanted."""
    wide = _label_columns(columns)
    room = max(columns - wide, 10)
    rows: list[Row] = []
    last, count = "", 0
    for lane in found.lanes:
        project = folder(lane.project)
        label = f"{clean(lane.agent)} {clean(hide(lane.title or '')) or clean(lane.session_id)[:8]}"
        if needle.lower() not in f"{project} {label}".lower():
            continue
        head = cell(project if project != last else "", wide * 2 // 5, "bold")
        name = head, cell(f" {label}", wide - wide * 2 // 5 - 1, "muted"), (" ", "")
        last, count = project, count + 1
        drawn = _drawn(lane.works, lane.first_at, lane.last_at, found, room, now_s)
        rows.append(Row(str(lane.key), ((*name, *drawn),)))
        if is_deep:
            rows += _agents(lane, found, wide, room, now_s)
    words = f"Nothing matches “{clean(needle)}”. Esc clears the filter." if needle else "nothing ran in this time"
    return Panel(format.things(count, "session"), tuple(rows), LEGEND, empty=words)


def _agents(lane: Lane, found: Timeline, wide: int, room: int, now_s: float) -> Iterable[Row]:
    """Those of a session, the first first, each below the one that started it."""
    for inner in lane.inner:
        name = (_label(inner, wide), "muted"), (" ", "")
        drawn = _drawn(inner.works, inner.first_at, inner.last_at, found, room, now_s)
        yield Row(f"{lane.key} {inner.run_id}", ((*name, *drawn),))
    if lane.more:
        yield Row(f"{lane.key} ", (((f"     and {format.things(lane.more, 'subagent')} more", "muted"),),))


def _label(inner: Inner, wide: int) -> str:
    words = clean(hide(" ".join(filter(None, (inner.name, inner.description)))))
    return cell("   " + "  " * min(inner.depth, 3) + f"└ {words}", wide - 1)[0]


def _drawn(
    works: Iterable[Work], first_at: str | None, last_at: str | None, found: Timeline, room: int, now_s: float
) -> Line:
    """The signs of a lane, those alike together."""
    scale = room / (found.until_s - found.since_s)

    def column(at: float) -> int:
        return min(max(int((at - found.since_s) * scale), 0), room - 1)

    signs: list[str] = [""] * room
    first, last = instant(first_at), instant(last_at)
    if first is not None and last is not None and last >= found.since_s:
        for at in range(column(first), column(last) + 1):
            signs[at] = "rest"
    for kind, begin, end in works:
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
