"""One session in panels: its context and its money, what runs now, its agents, workflows and todo list."""

from itertools import pairwise

from viewers.panels.fleet import call_words, doing_of, share
from viewers.panels.fleet_read import LATELY_S, One
from viewers.panels.gauges import FREE, STEPS, bar, context_bar, context_style, context_word
from viewers.panels.ink import Ink, Line, Panel, Row, apart, cell, cropped, one
from viewers.panels.moments import clock, instant
from viewers.panels.session_read import Session, Use
from viewers.panels.words import folder, model, model_style, money, state
from viewers.screen import format
from viewers.screen.secrets import hide
from viewers.screen.text import clean

NANOS = 1e9
DONE = frozenset({"completed", "done", "cancelled"})
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
    """The context at each moment, as columns of blocks; long pauses are made short."""
    if lines < 1 or len(found.contexts) < 2:
        return []
    values = _columns(found.contexts, columns)
    most = max(window or 0, max(values)) if window and lines > 2 else max(values)
    rows: list[Row] = []
    for level in range(lines - 1, -1, -1):
        line: list[Ink] = []
        for value in values:
            eighths = round(value / most * lines * 8) - level * 8
            sign = STEPS[min(eighths, 8) - 1] if eighths > 0 else (STEPS[0] if level == 0 else " ")
            style = context_style(value / window * 100) if window else "accent"
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


def cost(found: Session, columns: int) -> Panel:
    """Money and tokens by kind, and what each model cost."""
    card = found.card
    if card is None or not found.used:
        return Panel("Tokens and cost", empty="no answer yet")
    unpriced = sum(use.unpriced_tokens for use in found.used)
    usd = sum(use.usd_nanos or 0 for use in found.used) / NANOS
    is_least = bool(unpriced or any(use.lower_bounds for use in found.used))
    has_price = any(use.usd_nanos is not None for use in found.used)
    rate = (card.lately_nanos or 0) / NANOS / (LATELY_S / 60)
    rows = [one("sum", (money(usd if has_price else None, is_least=is_least and has_price), "bold"), *_rate(rate))]
    total = [sum(column) for column in zip(*(use.kinds for use in found.used), strict=True)]
    names = ("input", "cache read", "cache write 5m", "cache write 1h", "output")
    rows += [
        one(name, *apart(((name, "muted"),), ((format.tokens(tokens), ""),), columns))
        for name, tokens in zip(names, total, strict=True)
        if tokens or name in ("input", "output")
    ]
    given = sum(total[:4])
    if given:
        rows.append(one("hit", *apart((("cache hit", "muted"),), ((f"{total[1] / given:.0%}", ""),), columns)))
    searches = sum(use.web_searches for use in found.used)
    if searches:
        rows.append(one("web", *apart((("web searches", "muted"),), ((format.count(searches), ""),), columns)))
    rows += _models(found.used, usd, columns)
    return Panel("Tokens and cost", tuple(rows), f"{format.tokens(unpriced)} unpriced" if unpriced else "", "warn")


def _rate(rate: float) -> Line:
    return ((f"   {money(rate)}/min now", "muted"),) if rate >= 0.005 else ()


def _models(used: tuple[Use, ...], usd: float, columns: int) -> list[Row]:
    sums: dict[str, list[Use]] = {}
    for use in used:
        sums.setdefault(use.model, []).append(use)
    rows: list[tuple[float, Row]] = []
    width = max(columns - 32, 4)
    for name, own in sums.items():
        has_price = any(use.usd_nanos is not None for use in own)
        cost = sum(use.usd_nanos or 0 for use in own) / NANOS
        is_least = has_price and any(use.unpriced_tokens or use.lower_bounds for use in own)
        amount = cell(money(cost if has_price else None, is_least=is_least), 11, "", is_right=True)
        gauge = bar(cost / usd if usd else 0.0, width, model_style(name))
        rows.append((cost, one(name, cell(model(name), 19, model_style(name)), (" ", ""), *gauge, (" ", ""), amount)))
    return [row for _, row in sorted(rows, key=lambda pair: -pair[0])]


def now(found: Session, columns: int, now_s: float) -> Panel:
    """What runs now with its clock, and what of the todo list is in hand."""
    names = {agent.run_id: agent.agent_type or agent.kind for agent in found.agents}
    cwd = found.card.cwd if found.card else None
    rows = [_call(call.run_id, call_words(call, now_s, cwd), call.tool_use_id, names, columns) for call in found.calls]
    rows = rows or [one("doing", *cropped(doing_of(One(found.now, found.card, found.calls), now_s), columns))]
    if found.tasks:
        done = sum(status in DONE for _, _, status in found.tasks)
        rows.append(one("todo", (f"Todo {done}/{len(found.tasks)} ", ""), *bar(done / len(found.tasks), 12, "ok")))
        for id_, subject, status in found.tasks:
            if status == "in_progress":
                rows.append(one(f"todo {id_}", ("  ● ", "accent"), cell(hide(subject or ""), columns - 4)))
    return Panel("Now", tuple(rows), format.things(len(found.calls), "tool") if found.calls else "")


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
