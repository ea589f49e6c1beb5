"""When it was spent, in panels: windows of five hours, the open one and where it goes; and the hours of the week."""

import time

from viewers.panels.costs import NANOS, worth
from viewers.panels.costs_when_read import When
from viewers.panels.gauges import bar
from viewers.panels.ink import Ink, Panel, Row, apart, cell, one
from viewers.panels.words import money
from viewers.reports.blocks import Block, Projection, Rate
from viewers.reports.heat import DAYS, HOURS
from viewers.screen import format

WEEK_S = 6 * 86_400
SHADES = " ░▒▓█"
LABEL = 16
NOW = "now"


def blocks(when: When, columns: int, now_s: float) -> Panel:
    """The newest first; below the open one how fast it is used, and what it will have come to."""
    most = max((block.used.usd_nanos for block, _, _ in when.blocks), default=0) or 1
    has_tokens = columns >= LABEL + 12 + 9 + 6
    rows: list[Row] = []
    for block, rate, ahead in when.blocks:
        used, style = block.used, "accent" if block.is_active else "muted"
        room = columns - LABEL - 12 - 9 * has_tokens - 1
        right: list[Ink] = [cell(format.tokens(used.total_tokens), 9, "muted", is_right=True)] if has_tokens else []
        right.append(cell(worth(used), 12, "bold", is_right=True))
        label = cell(_span(block, now_s), LABEL, "bold" if block.is_active else "muted")
        first = apart((label, *bar(used.usd_nanos / most, room, style)), tuple(right), columns)
        ahead_lines = _ahead(block, rate, ahead) if rate and ahead else ()
        rows.append(Row(block.id, (first, *(((f"  {words}", "warn"),) for words in ahead_lines))))
    left = next((ahead for _, _, ahead in when.blocks if ahead), None)
    is_open = any(block.is_active for block, _, _ in when.blocks)
    fact = f"ends in {format.lasting(left.remaining_minutes * 60)}" if left else "one is open" if is_open else ""
    return Panel("5-hour blocks", tuple(rows), fact or "none is open", empty="nothing was used yet")


def _ahead(block: Block, rate: Rate, ahead: Projection) -> tuple[str, ...]:
    mark = format.LOWER_BOUND if block.used.lower_bounds or block.used.unpriced_tokens else ""
    pace = f"{format.tokens(round(rate.tokens_per_minute))} tokens/min"
    if not block.used.usd_nanos:
        return (f"ends near {format.tokens(ahead.total_tokens)} tokens, {pace}",)
    ends, hourly = (money(nanos / NANOS, is_total=True) for nanos in (ahead.usd_nanos, rate.usd_nanos_per_hour))
    return f"ends near {mark}{ends}, {format.tokens(ahead.total_tokens)} tokens", f"at {hourly} an hour, {pace}"


def _span(block: Block, now_s: float) -> str:
    """From when to when, as short as is clear."""
    begin, end = time.localtime(block.start_s), time.strftime("%H:%M", time.localtime(block.end_s))
    if block.is_active:
        return f"{time.strftime('%H:%M', begin)}\N{EN DASH}{end} {NOW}"
    if now_s - block.start_s < WEEK_S:
        return f"{time.strftime('%a %H:%M', begin)}\N{EN DASH}{end}"
    return f"{begin.tm_mday} {time.strftime('%b %H:%M', begin)}"


def hours(when: When, columns: int, now_s: float) -> Panel:
    """A row for each day of the week, a shade for each hour."""
    title = "When you spend"
    most = when.heat.most
    if not most:
        return Panel(title, empty="nothing was spent in this range")
    wide = max(min((columns - 4) // HOURS, 3), 1)
    today = time.localtime(now_s).tm_wday
    rows = [
        one(day, cell(day, 4, "bold" if at == today else "muted"), ("".join(SHADES[n] * wide for n in steps), "accent"))
        for at, (day, steps) in enumerate(zip(DAYS, when.heat.steps, strict=True))
    ]
    marks = "".join(f"{hour:02d}".ljust(6 * wide) for hour in range(0, HOURS, 6))
    rows.append(one("hours", ("    " + marks, "muted")))
    day, hour = max(
        ((day, hour) for day in range(len(DAYS)) for hour in range(HOURS)),
        key=lambda at: when.heat.cells[at[0]][at[1]],
    )
    fact = f"most {DAYS[day]} {hour:02d}:00, {money(most / NANOS, is_total=True)}"
    return Panel(title, tuple(rows), fact if columns > 44 else "local time")
