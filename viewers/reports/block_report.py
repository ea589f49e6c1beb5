"""`blocks`: the windows as JSON, CSV or a table."""

import time
from contextlib import closing
from typing import Any

from store import home as homes
from store.database import open_reader
from store.errors import NoDatabaseYet
from store.light import NamedTuple
from viewers.reports.blocks import BLOCK_S, MINUTE_S, Block, blocks, projection, rate
from viewers.reports.dates import utc
from viewers.reports.flags import ORDERS, Asked
from viewers.reports.report import plan_of, say_nothing
from viewers.reports.report_csv import sum_names, sums
from viewers.reports.scope import Scope, narrowed, number_of, one_of, scope_of
from viewers.reports.usage import Used, by_model, total
from viewers.reports.usage_table import (
    API_VALUE,
    COMPACT_BAR,
    COST,
    WIDE_BAR,
    drawn,
    noted,
    short_names,
    telemetry_note,
    unpriced_note,
)
from viewers.reports.zone import today
from viewers.screen import csv_text, format, output, terminal
from viewers.screen.csv_text import Value
from viewers.screen.money import amount, dollars, worth
from viewers.screen.table import Column, Row, lines
from viewers.trouble import tell

RECENT_S = 3 * 86_400
MOST = "max"
WARN_PERCENT = 80


class Told(NamedTuple):
    """The windows of the days that are asked for."""

    shown: list[Block]
    whole: Used
    scope: Scope
    now_s: float
    tokens: int | None
    """To compare with."""


def run(asked: Asked) -> int:
    """Show the windows."""
    told = tell_of(asked, time.time())
    if asked.as_json:
        output.print_json(document(*told, has_cost=not asked.no_cost))
    elif asked.as_csv:
        csv_text.show(*records(told, has_cost=not asked.no_cost))
    elif told.shown:
        show(told.shown, asked, told.scope, told.now_s, told.tokens, plan_of(homes.locate()))
    return 0


def tell_of(asked: Asked, now_s: float) -> Told:
    """Ask the database, and choose."""
    limit, order = number_of(asked.limit, "--limit"), one_of(asked.order, ORDERS, "--order") or "asc"
    tokens = None if asked.token_limit in (None, MOST) else number_of(asked.token_limit, "--token-limit")
    scope = scope_of(asked, now_s)
    home = homes.locate()
    known: list[Block] = []
    try:
        with closing(open_reader(home)) as reader:
            scope = narrowed(scope, asked, reader)
            known = blocks(reader, scope, now_s)
    except NoDatabaseYet as nothing:
        tell(nothing)
    shown = chosen(known, asked, scope, now_s)
    if known and not shown:
        terminal.say("no block is active" if asked.active else "nothing in this range")
    elif not known:
        say_nothing(scope)
    if asked.token_limit == MOST:
        tokens = max((block.used.total_tokens for block in known if not block.is_active), default=None)
    whole = total([block.used for block in shown])
    return Told(ordered(shown, order, limit), whole, scope, now_s, tokens)


def chosen(known: list[Block], asked: Asked, scope: Scope, now_s: float) -> list[Block]:
    """Those of the range: a window belongs to the local day that it begins on."""
    return [
        block
        for block in known
        if (not asked.active or block.is_active)
        and (not asked.recent or block.is_active or block.start_s >= now_s - RECENT_S)
        and (scope.since is None or today(scope.zone, block.start_s) >= scope.since)
        and (scope.until is None or today(scope.zone, block.start_s) <= scope.until)
    ]


def ordered(shown: list[Block], order: str, limit: int | None) -> list[Block]:
    """By time, or by what was used; gaps only belong between two windows."""
    if order in ("cost", "tokens"):
        used = [block for block in shown if not block.is_gap]
        shown = sorted(used, key=lambda block: -(block.used.usd_nanos if order == "cost" else block.used.total_tokens))
    elif order == "desc":
        shown = shown[::-1]
    if limit is None:
        return shown
    return shown[-limit:] if order in ("asc", "name") else shown[:limit]


def document(
    shown: list[Block], whole: Used, scope: Scope, now_s: float, tokens: int | None = None, *, has_cost: bool = True
) -> dict[str, Any]:
    """ccusage's shape."""
    return {
        "schemaVersion": 1,
        "blocks": [_block(block, now_s, tokens, has_cost) for block in shown],
        "totals": {"totalTokens": whole.total_tokens} | _money("totalCost", whole, has_cost),
        "timezone": scope.zone.name,
        "since": scope.since,
        "until": scope.until,
        "mode": scope.mode,
    }


def _block(block: Block, now_s: float, tokens: int | None, has_cost: bool) -> dict[str, Any]:
    used, burned, ahead = block.used, rate(block), projection(block, now_s)
    shown: dict[str, Any] = {
        "id": block.id,
        "startTime": utc(block.start_s),
        "endTime": utc(block.end_s),
        "actualEndTime": None if block.is_gap else utc(block.last_s),
        "isActive": block.is_active,
        "isGap": block.is_gap,
        "entries": used.responses,
        "tokenCounts": {
            "inputTokens": used.input_tokens,
            "outputTokens": used.output_tokens,
            "cacheCreationInputTokens": used.cache_write_tokens,
            "cacheReadInputTokens": used.cache_read_tokens,
        },
        "totalTokens": used.total_tokens,
        **_money("costUSD", used, has_cost),
        "models": sorted(block.models),
        "lowerBounds": used.lower_bounds,
        "telemetryOnlyTokens": used.telemetry_only_tokens,
        "burnRate": None,
        "projection": None,
    }
    if burned:
        shown["burnRate"] = {
            "tokensPerMinute": round(burned.tokens_per_minute, 3),
            "tokensPerMinuteForIndicator": round(burned.own_tokens_per_minute, 3),
        } | ({"costPerHour": amount(round(burned.usd_nanos_per_hour))} if has_cost else {})
    if ahead:
        shown["projection"] = {"remainingMinutes": ahead.remaining_minutes, "totalTokens": ahead.total_tokens} | (
            {"totalCost": amount(ahead.usd_nanos)} if has_cost else {}
        )
    if tokens and not block.is_gap:
        expected = ahead.total_tokens if ahead else used.total_tokens
        shown["tokenLimitStatus"] = {
            "limit": tokens,
            "projectedUsage": expected,
            "percentUsed": round(expected * 100 / tokens, 1),
            "status": "exceeds" if expected > tokens else "warning" if _warns(expected, tokens) else "ok",
        }
    return shown


def _warns(part: int, whole: int) -> bool:
    return part * 100 > whole * WARN_PERCENT


def _money(name: str, used: Used, has_cost: bool) -> dict[str, Any]:
    if not has_cost:
        return {}
    has_amount = used.usd_nanos or not used.unpriced_tokens
    return {name: amount(used.usd_nanos) if has_amount else None, "unpricedTokens": used.unpriced_tokens}


def records(told: Told, *, has_cost: bool) -> tuple[list[str], list[list[Value]]]:
    """For CSV: the names, and the values under them."""
    names = ["start", "end", "last_at", "is_active", "is_gap", "models", *sum_names(has_cost)]
    return names, [
        [
            utc(block.start_s), utc(block.end_s), None if block.is_gap else utc(block.last_s), int(block.is_active),
            int(block.is_gap), " ".join(block.models), *sums(block.used, has_cost),
        ]
        for block in told.shown
    ]  # fmt: skip


def show(shown: list[Block], asked: Asked, scope: Scope, now_s: float, tokens: int | None, plan: str | None) -> None:
    """A line for each window; below it how fast the open one is used, and where it is going."""
    room = terminal.columns()
    is_wide = not asked.compact and (room is None or room >= terminal.COMPACT_BELOW)
    names = short_names(sorted({model for block in shown for model in block.models}))
    worths = () if asked.no_cost else (Column(API_VALUE if plan else COST, is_number=True),)
    share = (Column("%", is_number=True, dispensable=3),) if tokens else ()
    columns = (
        Column("Block"), Column("Used", dispensable=2), Column("Models", least=8, dispensable=4),
        Column("Tokens", is_number=True), *share, *worths, Column("", dispensable=1),
    )  # fmt: skip
    most = max(_length(block, asked) for block in shown)
    rows: list[Row] = []
    for block in shown:
        used = block.used
        if block.is_gap:
            pause = "pause " + _span((block.end_s - block.start_s + BLOCK_S) / MINUTE_S)
            blank = ("",) * (len(share) + len(worths))
            rows.append(Row((_local(scope, block.start_s - BLOCK_S), pause, "", format.NONE, *blank, ""), "dim"))
            continue
        rows.append(
            Row(
                (
                    _local(scope, block.start_s),
                    ("active, " if block.is_active else "") + _span((block.last_s - block.start_s) / MINUTE_S),
                    ", ".join(names[model] for model in block.models),
                    format.at_least(format.tokens(used.total_tokens), used.lower_bounds),
                    *([f"{used.total_tokens * 100 / tokens:.0f}%"] if tokens else []),
                    *([] if asked.no_cost else [worth(used)]),
                    drawn(_length(block, asked), most, WIDE_BAR if is_wide else COMPACT_BAR),
                ),
                "bold" if block.is_active else "",
            )
        )
    terminal.show(f"Blocks of five hours in {scope.zone.name}", "", *lines(columns, rows, room))
    notes = [*_ahead(shown, asked, now_s, tokens), *_unpriced(shown, names, asked)]
    if notes:
        terminal.show("", *noted(notes))


def _ahead(shown: list[Block], asked: Asked, now_s: float, tokens: int | None) -> list[str]:
    notes: list[str] = []
    for block in shown:
        burned, ahead = rate(block), projection(block, now_s)
        if block.is_active and ahead is None:
            notes.append("It is too early to say what the open block will come to.")
        if burned is None or ahead is None:
            continue
        cost = "" if asked.no_cost else f", {dollars(round(burned.usd_nanos_per_hour))} an hour"
        notes.append(f"Burning {format.tokens(round(burned.tokens_per_minute))} tokens a minute{cost}.")
        cost = "" if asked.no_cost else f" and {dollars(ahead.usd_nanos)}"
        notes.append(
            f"At that rate {format.tokens(ahead.total_tokens)} tokens{cost} when it ends, in "
            f"{_span(ahead.remaining_minutes)}."
        )
        if tokens and ahead.total_tokens > tokens:
            notes.append(f"That is over the limit of {format.tokens(tokens)}.")
    return notes


def _unpriced(shown: list[Block], names: dict[str, str], asked: Asked) -> list[str]:
    models = by_model([part for block in shown for part in block.models.items()])
    unpriced = {names[model]: used.unpriced_tokens for model, used in models.items() if used.unpriced_tokens}
    notes = [unpriced_note(unpriced)] if unpriced and not asked.no_cost else []
    return notes + telemetry_note(sum(used.telemetry_only_tokens for used in models.values()))


def _length(block: Block, asked: Asked) -> int:
    return block.used.total_tokens if asked.no_cost else block.used.usd_nanos


def _local(scope: Scope, instant: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(instant + scope.zone.offset(int(instant))))


def _span(minutes: float) -> str:
    hours, rest = divmod(int(minutes), 60)
    return f"{hours}h{rest:02d}" if hours else f"{rest}m"
