"""One session in panels: its context and its money, what runs now, its agents, workflows and todo list."""

from itertools import pairwise

from viewers.panels.fleet import call_words, doing_of, share
from viewers.panels.fleet_read import One
from viewers.panels.gauges import FREE, STEPS, bar, context_bar, context_style, context_word
from viewers.panels.ink import Ink, Line, Panel, Row, apart, cell, cropped, one
from viewers.panels.moments import clock, instant
from viewers.panels.session_read import Session
from viewers.panels.words import folder, model, model_style, state
from viewers.screen import format
from viewers.screen.secrets import hide
from viewers.screen.text import clean

DONE = frozenset({"completed", "done", "cancelled"})
SCALE, COMPACTED = 7, "▼"
LITTLE, FALL = 0.3, 0.6
"""A part of the window that is no history to look at, and what a compaction leaves at most."""
LONG_S = 600
"""The steps of a history are at most so wide while nothing happens: pauses would be all of it otherwise."""


def heading(found: Session, now_s: float) -> tuple[Line, Line]:
    """The two lines above the panels: what it is, and what was asked last."""
    mark, words, style, _ = state(found.now.state)
    card = found.card
    inks: list[Ink] = [(f" {mark} {words}  ", style or "bold"), (folder(found.now.project), "bold")]
    if card:
        inks += [(f"  {clean(card.branch or '')}", "muted"), (f"  {model(card.model)}", model_style(card.model))]
        first, last = instant(card.first_at), instant(card.last_at)
        if first is not None and last is not None:
            inks.append((f"  {format.lasting(last - first)}", ""))
        inks.append(
            (f" · {format.things(len(found.asked), 'prompt')} · {format.things(card.responses, 'answer')}", "muted")
        )
        if found.peak:
            inks.append((f" · {found.peak}", "muted"))
        if card.title:
            inks.append((f"  {clean(hide(card.title))}", ""))
    asked = found.asked[0][3] if found.asked else (card.last_prompt if card else None) or ""
    return tuple(inks), ((" » ", "accent"), (clean(hide(asked)) or "nothing asked yet", "bold" if asked else "muted"))


def context(found: Session, columns: int, lines: int) -> Panel:
    """How full it is, how far to where it is made smaller, and how it came to that."""
    card = found.card
    part = share(card)
    used, window = (card.context_tokens, card.window_tokens) if card else (None, None)
    auto = card.auto_tokens if card else None
    rows = [one("bar", *context_bar(used, window, max(columns - 8, 5), auto), *_percent(part))]
    if card is None or used is None:
        rows.append(one("exact", ("no answer yet", "muted")))
    elif window:
        room, limit = card.headroom_tokens or 0, max(window - used, 0)
        exact = f"{format.count(used)} / {format.count(window)}"
        rows.append(
            one(
                "exact", (exact, "bold"), (f"   to compact {format.tokens(room)}   to limit {format.tokens(limit)}", "")
            )
        )
    else:
        rows.append(
            one("exact", (format.count(used), "bold"), (" tokens; the size of its window is not known", "muted"))
        )
    rows.append(one("peak", *_peak(found)))
    rows += _history(found, columns, lines - len(rows), window)
    fact = context_word(part * 100) if part is not None else ""
    return Panel("Context", tuple(rows), fact, context_style(part * 100) if part is not None else "muted")


def _percent(part: float | None) -> Line:
    return (cell(f"{part:.1%}", 8, context_style(part * 100), is_right=True),) if part is not None else ()


def _peak(found: Session) -> Line:
    peak = max((tokens for _, tokens in found.contexts), default=0)
    words = f"peak {format.tokens(peak)}" if peak else ""
    if not found.compactions:
        return (("no compaction", "muted"), (f"   {words}", ""))
    at, reason, before, after = found.compactions[0]
    change = f": {format.tokens(before)} → {format.tokens(after)}" if before and after else ""
    last = f"{format.things(len(found.compactions), 'compaction')}, {clock(at, is_exact=False)}{change}"
    return ((f"▼ {last}", "warn"), (f"   {clean(reason or '')}   {words}", "muted"))


def _history(found: Session, columns: int, lines: int, window: int | None) -> list[Row]:
    """The context at each moment, as columns of blocks; long pauses are made short. The height is that of the window,
    or of less where the context never came near that."""
    if lines < 1 or len(found.contexts) < 2:
        return []
    scale = SCALE if lines > 2 else 0
    values = _columns(found.contexts, columns - scale)
    peak = max(values) or 1
    most = max(window, peak) if window and lines > 2 and peak >= window * LITTLE else peak
    fell = {at for at in range(1, len(values)) if found.compactions and values[at] < values[at - 1] * FALL}
    rows: list[Row] = []
    for level in range(lines - 1, -1, -1):
        label = format.window(most) if level == lines - 1 else "0" if level == 0 else ""
        line: list[Ink] = [(f"{label:>{scale - 1}} ", "muted")] if scale else []
        for at, value in enumerate(values):
            eighths = round(value / most * lines * 8) - level * 8
            sign = STEPS[min(eighths, 8) - 1] if eighths > 0 else (STEPS[0] if level == 0 else " ")
            style = context_style(value / window * 100) if window else "accent"
            if at in fell and level == lines - 1 and eighths <= 0:
                sign, style = COMPACTED, "warn"
            if line and line[-1][1] == style:
                line[-1] = (line[-1][0] + sign, style)
            else:
                line.append((sign, style))
        rows.append(one(f"level {level}", *line))
    return rows


def _columns(contexts: tuple[tuple[str, int], ...], columns: int) -> list[int]:
    """One value for each column."""
    at, times = 0.0, [0.0]
    for (before, _), (after, _) in pairwise(contexts):
        at += min(max((instant(after) or 0) - (instant(before) or 0), 0.0), LONG_S)
        times.append(at)
    values: list[int] = []
    index = 0
    for column in range(columns):
        until = at * (column + 1) / columns
        while index + 1 < len(times) and times[index + 1] <= until:
            index += 1
        values.append(contexts[index][1])
    return values


def now(found: Session, columns: int, now_s: float, lines: int = 100) -> Panel:
    """What runs now with its clock, how far workflows are, and what of the todo list is in hand."""
    names = {agent.run_id: agent.agent_type or agent.kind for agent in found.agents}
    cwd = found.card.cwd if found.card else None
    below = [*_phases(found), *_todo(found, columns, is_short=lines < 5)]
    rows = [_call(call.run_id, call_words(call, now_s, cwd), call.tool_use_id, names, columns) for call in found.calls]
    rows = rows or [one("doing", *cropped(doing_of(One(found.now, found.card, found.calls), now_s), columns))]
    rows = _fitted(rows, max(lines - len(below), 1))
    return Panel("Now", (*rows, *below), format.things(len(found.calls), "tool") if found.calls else "")


def _fitted(rows: list[Row], room: int) -> list[Row]:
    """What stands below tells more than the last of many calls."""
    if len(rows) <= room or room == 1:
        return rows[:room]
    more = format.things(len(rows) - room + 1, "tool")
    return [*rows[: room - 1], one("more", (f"and {more} more", "muted"))]


def _phases(found: Session) -> list[Row]:
    """How far each workflow is that runs: its last phase that has begun."""
    rows: list[Row] = []
    for flow in found.flows:
        begun = [phase for phase in found.phases if phase.workflow_id == flow.workflow_id and phase.name]
        if flow.state == "running" and begun and found.now.state in ("working", "waiting"):
            phase = max(begun, key=lambda phase: phase.first_at or "")
            runs = phase.agents - phase.done - phase.failed
            words = f" {clean(phase.name)} {phase.done}/{phase.agents} done" + (f", {runs} running" if runs else "")
            rows.append(
                one(f"flow {flow.workflow_id}", ("+ ", "accent"), (clean(flow.name or ""), "bold"), (words, ""))
            )
    return rows


def _todo(found: Session, columns: int, *, is_short: bool) -> list[Row]:
    """How far the todo list is, and what of it is in hand; in one line where there is little room."""
    if not found.tasks:
        return []
    done = sum(status in DONE for _, _, status in found.tasks)
    inks = (f"Todo {done}/{len(found.tasks)} ", ""), *bar(done / len(found.tasks), 6 if is_short else 12, "ok")
    hand = [(id_, hide(subject or "")) for id_, subject, status in found.tasks if status == "in_progress"]
    if is_short:
        return [one("todo", *inks, *((("  ● ", "accent"), (clean(hand[0][1]), "")) if hand else ()))]
    return [
        one("todo", *inks),
        *(one(f"todo {id_}", ("  ● ", "accent"), cell(subject, columns - 4)) for id_, subject in hand),
    ]


def _call(run_id: str, words: str, key: str, names: dict[str, str], columns: int) -> Row:
    who = "" if run_id == "main" else f"{clean(names.get(run_id, run_id))[:14]} "
    head, _, clock_ = words.rpartition(" ")
    return one(key, *apart(((who, "muted"), (clean(head), "")), ((clock_, "accent"),), columns))


def tasks(found: Session, columns: int) -> Panel:
    """The whole todo list."""
    marks = {"in_progress": ("●", "accent"), **dict.fromkeys(DONE, ("✓", "ok"))}
    rows: list[Row] = []
    for id_, subject, status in found.tasks:
        mark, style = marks.get(status or "", (FREE, "muted"))
        rows.append(one(id_, (f"{mark} ", style), cell(hide(subject or ""), columns - 2)))
    done = sum(status in DONE for _, _, status in found.tasks)
    return Panel("Todo", tuple(rows), f"{done}/{len(rows)} done" if rows else "")
