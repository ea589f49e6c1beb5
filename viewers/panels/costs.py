"""What was spent, in panels: a chart of days, weeks or months, a table of its parts, budgets, and the month's end."""

import time
from collections.abc import Sequence

from viewers.panels.costs_read import BYS, CUSTOM, RANGES, Column, Costs, Part
from viewers.panels.gauges import STEPS, bar, limit_style
from viewers.panels.ink import Ink, Line, Panel, Row, apart, cell, length, one
from viewers.panels.moments import day
from viewers.panels.words import folder, model, model_style, money
from viewers.reports.budgets import WORDS, Limit, Standing, outlook_of, percent
from viewers.reports.forecast import Month
from viewers.reports.usage import Used
from viewers.screen import format
from viewers.screen.secrets import hide
from viewers.screen.text import clean

NANOS = 1e9
SERIES = ("accent", "model-sonnet", "model-fable", "model-haiku", "model-gpt")
"""Colours of parts that are no models; whatever comes after has the last."""
SCALE = 9
TITLES = {"day": "Daily", "week": "Weekly", "month": "Monthly"}
LESS = "▞"
SORTS = ("cost", "tokens", "name", "age")
HEADS = ("name", "age", "share", "tokens", "cost")


def worth(used: Used) -> str:
    """The amount as it stands in reports."""
    if used.unpriced_tokens and not used.usd_nanos:
        return money(None)
    return money(used.usd_nanos / NANOS, is_least=bool(used.lower_bounds or used.unpriced_tokens), is_total=True)


def name_of(costs: Costs, part: Part) -> str:
    """A part as people call it."""
    by = "prompt" if costs.ask.session else costs.ask.by
    if by == "project":
        return folder(part.key)
    return model(part.key) if by == "model" else clean(hide(part.name or part.key))


def strip(costs: Costs, columns: int) -> Line:
    """The range that is shown, by what, and all of it together; with little room what was chosen alone."""
    ask = costs.ask
    sum_: Line = (("   ", ""), (worth(costs.used), "bold"))
    tokens: Line = ((f"  {format.tokens(costs.used.total_tokens)} tokens", "muted"),)
    ranges = [name for name, _, _ in RANGES] + [ask.name if ask.span else CUSTOM]
    by = "" if ask.session else ask.by
    whole = (*_choice(ranges, ask.name), ("  by ", "muted"), *_choice(BYS, by), *sum_)
    short = (*_choice([ask.name], ask.name), ("  by ", "muted"), *_choice([ask.by], by), *sum_)
    line = whole if length(whole) <= columns else short
    return (*line, *tokens) if length((*line, *tokens)) <= columns else line


def _choice(names: Sequence[str], chosen: str) -> Line:
    return tuple(
        (f"▐{name}▌" if name == chosen else f" {name} ", "tab" if name == chosen else "muted") for name in names
    )


def second(costs: Costs, columns: int, session: str) -> Line:
    """To what all is narrowed, and what this month will come to."""
    narrowed = [f"{what} {folder(name) if what == 'project' else clean(name)}" for what, name in costs.ask.narrow]
    narrowed += [session] if session else []
    left: Line = ((" " + " · ".join(narrowed), "accent"), ("  esc widens", "muted")) if narrowed else ()
    if left and columns < 100:
        return left
    return apart(left, month(costs.plans.month, columns), columns) if left else month(costs.plans.month, columns)


def month(own: Month | None, columns: int) -> Line:
    """So far, and at its end."""
    if own is None or not own.days:
        return ()
    name = time.strftime("%B", time.strptime(own.today, "%Y-%m-%d"))
    inks: list[Ink] = [(f" {name} ", "muted"), (worth(own.used), "bold")]
    known = own.ahead.get("usd")
    if known is None or not own.used.usd_nanos:
        words = "too few days to tell its end" if columns < 100 else "   too few days are recorded to tell its end"
        return (*inks, (f"  {words}", "muted"))
    ahead, _ = known
    mark = format.LOWER_BOUND if own.is_least("usd") else ""
    low, likely, high = (mark + money(nanos / NANOS, is_total=True) for nanos in (ahead.low, ahead.likely, ahead.high))
    inks.append((f" → {likely}", "bold"))
    inks.append((f" ({low} to {high})" if columns < 100 else f" at its end, {low} to {high}", "muted"))
    if columns >= 120 and own.before.total_tokens:
        inks.append((f"   last month {worth(own.before)}", "muted"))
    return tuple(inks)


def styles(costs: Costs) -> dict[str, str]:
    """A colour for each part of the chart."""
    names = list(dict.fromkeys(name for column in costs.columns for name, _ in column.stack))
    if costs.ask.by in ("model", "session") or costs.ask.session:
        return {name: model_style(name) for name in names}
    order = [part.key for part in costs.parts]
    return {name: SERIES[min(order.index(name), len(SERIES) - 1)] if name in order else SERIES[-1] for name in names}


def chart(costs: Costs, columns: int, lines: int) -> Panel:
    """A column for each day, week or month; what has no price is in none of them, and says so."""
    values = [column.used.usd_nanos for column in costs.columns]
    most = max(values, default=0)
    title = f"{TITLES[costs.ask.columns]} spend"
    if not most:
        return Panel(title, empty="nothing was spent in this range")
    height, colours = max(lines - 1, 1), styles(costs)
    width = max(min((columns - SCALE) // max(len(values), 1), 8), 1)
    shown = costs.columns[-((columns - SCALE) // width) :]
    rows: list[Row] = []
    for level in range(height - 1, -1, -1):
        label = money(most / NANOS, is_total=True) if level == height - 1 else "$0" if level == 0 else ""
        inks: list[Ink] = [cell(label, SCALE - 1, "muted", is_right=True), (" ", "")]
        for column in shown:
            sign, style = _cell(column, level, height / most, colours)
            inks.append((sign * max(width - 1, 1) + " " * (width > 1), style))
        rows.append(one(f"level {level}", *inks))
    first, last = shown[0].key, shown[-1].key
    span = (" " * SCALE, ""), *apart(((first, "muted"),), ((last, "muted"),), max(width * len(shown), 22))
    rows.append(one("days", *span))
    fact = f"{LESS} {format.tokens(costs.used.unpriced_tokens)} tokens unpriced" if costs.used.unpriced_tokens else ""
    return Panel(title, tuple(rows), fact, "warn")


def _cell(column: Column, level: int, scale: float, colours: dict[str, str]) -> Ink:
    """What stands in a column at a level: a part of its stack, its end, or the mark of what has no price."""
    eighths = round(column.used.usd_nanos * scale * 8) - level * 8
    if eighths <= 0:
        is_next = eighths > -8 and column.used.unpriced_tokens
        return (LESS, "warn") if is_next else (" ", "")
    middle, sum_ = (level + min(eighths, 8) / 16) / scale, 0
    style = "accent"
    for name, nanos in column.stack:
        sum_ += nanos
        style = colours[name]
        if sum_ >= middle:
            break
    return (STEPS[min(eighths, 8) - 1], style)


def table(costs: Costs, columns: int, needle: str, now_s: float, sort: str = SORTS[0]) -> Panel:
    """Each part with its share."""
    ask = costs.ask
    by = "prompt" if ask.session else ask.by
    whole = sum(part.used.usd_nanos for part in costs.parts) if ask.session else costs.used.usd_nanos
    colours = styles(costs)
    has_bar = by not in ("session", "prompt")
    rows: list[Row] = []
    for part in _sorted(costs, sort):
        name = name_of(costs, part)
        if not all(word in f"{name} {part.key} {part.agent}".lower() for word in needle.lower().split()):
            continue
        share = part.used.usd_nanos / whole if whole else 0.0
        room = columns - (32 if columns >= 60 else 17)
        left: list[Ink] = []
        if has_bar:
            wide = min(26, room) if columns >= 60 else room
            left = [
                cell(name, wide, colours.get(part.key, "")),
                *bar(share, max(room - wide, 0), colours.get(part.key, "accent")),
            ]
        else:
            left = [cell(day(part.at, now_s), 8, "muted"), cell(name, max(room - 8, 4))]
        right: list[Ink] = [cell(f"{share:.0%}" if part.used.usd_nanos else "", 5, "muted", is_right=True)]
        if columns >= 60:
            right.append(cell(format.tokens(part.used.total_tokens), 11, "muted", is_right=True))
        right.append(cell(worth(part.used), 12, "bold", is_right=True))
        rows.append(one(part.key, *apart(tuple(left), tuple(right), columns)))
    left_out = {"tokens"} if columns < 60 else set[str]()
    heads = [word for word in HEADS if word not in left_out | ({"age"} if has_bar else set())]
    fact = " · ".join(f"{word} ↓" if word == sort else word for word in heads) if rows else ""
    fact = f"{format.count(costs.more)} more left out · {fact}" if costs.more else fact
    empty = f"Nothing matches “{clean(needle)}”. Esc clears the filter." if needle else "nothing in this range"
    return Panel("Prompts, in all of its time" if by == "prompt" else f"By {by}", tuple(rows), fact, empty=empty)


def sorts(costs: Costs) -> tuple[str, ...]:
    """By what its table can be sorted: only sessions and prompts have a time."""
    return SORTS if costs.ask.session or costs.ask.by == "session" else SORTS[:-1]


def _sorted(costs: Costs, sort: str) -> list[Part]:
    """As they came, by cost; or by something else."""
    if sort == "tokens":
        return sorted(costs.parts, key=lambda part: -part.used.total_tokens)
    if sort == "name":
        return sorted(costs.parts, key=lambda part: name_of(costs, part).lower())
    if sort == "age":
        return sorted(costs.parts, key=lambda part: part.at or "", reverse=True)
    return list(costs.parts)


def budgets(costs: Costs, columns: int) -> Panel:
    """Each budget: how much of it is spent, and when it will be crossed."""
    plans = costs.plans
    if plans.trouble:
        return Panel("Budgets", (one("trouble", (clean(plans.trouble), "warn")),))
    rows = [_budget(own, bound, columns) for own in plans.budgets for bound in own.limits]
    return Panel("Budgets", tuple(rows), empty="none is set: [budgets.team] in config.toml")


def _budget(own: Standing, bound: Limit, columns: int) -> Row:
    share = bound.share
    style = limit_style(share * 100)
    is_least = own.used.lower_bounds or (bound.kind == "usd" and own.used.unpriced_tokens)
    spent = (format.LOWER_BOUND if is_least else "") + _size(bound.kind, bound.spent)
    amount = f"{spent} of {_size(bound.kind, bound.limit)} {WORDS[own.budget.per]}"
    right: Line = (*bar(share, 8, style), cell(percent(bound), 6, "" if style == "accent" else style, is_right=True))
    first = apart((cell(own.budget.name, max(columns - 16, 4), "bold"),), right, columns)
    tone = "bad" if bound.is_over else "warn" if bound.crosses else "muted"
    return Row(
        f"{own.budget.name} {bound.kind}", (first, (("  " + amount, ""),), ((f"  {outlook_of(bound, own)}", tone),))
    )


def _size(kind: str, number: int) -> str:
    return money(number / NANOS, is_total=True) if kind == "usd" else format.tokens(number)


def session_words(name: str, agent: str) -> str:
    """The session to which all is narrowed."""
    return f"{clean(agent)} session {clean(hide(name))}"
