"""`tools`: how often each tool was called, how that ended, how long it took; and which calls of a model failed."""

import sqlite3
from collections.abc import Iterator
from functools import partial
from typing import Any

from store.light import NamedTuple
from viewers import query
from viewers.reports.flags import Asked
from viewers.reports.local_day import day_of, is_within
from viewers.reports.report import say_nothing
from viewers.reports.scope import Scope, number_of, one_of
from viewers.reports.usage_table import noted, wrapped
from viewers.screen import format, terminal
from viewers.screen.table import Column, Row, lines
from viewers.spending.shown import Shown, asked_in, range_words, recent

ORDERS = ("calls", "failures", "time", "bytes", "name")
TOP = 20
COLUMNS = (
    Column("Tool", least=12),
    Column("Calls", is_number=True),
    Column("Failed", is_number=True),
    Column("", is_number=True, dispensable=1),
    Column("Denied", is_number=True, dispensable=2),
    Column("Stopped", is_number=True, dispensable=5),
    Column("p50", is_number=True),
    Column("p95", is_number=True),
    Column("Results", is_number=True, dispensable=3),
)
NAMES = (
    "tool", "calls", "failures", "denials", "interruptions", "open", "p50_ms", "p95_ms", "total_ms", "result_bytes",
)  # fmt: skip
NOTES = (
    "Denied: somebody said no. Stopped: interrupted, or without a result so far. Times are those that the agent "
    "measured, or else from the call to its result, with any wait for a permission.",
)

defaults = recent


class Tool(NamedTuple):
    """All calls of a tool."""

    name: str
    calls: int
    failures: int
    denials: int
    interruptions: int
    open: int
    p50_ms: int | None
    p95_ms: int | None
    total_ms: int
    result_bytes: int


class Failures(NamedTuple):
    """Calls of a model that failed, by HTTP status; None where the agent tells of none."""

    errors: dict[int | None, int]
    retries: int


def answer(reader: sqlite3.Connection, asked: Asked, scope: Scope) -> Shown:
    """The tools of the range, those first that were called most."""
    order = one_of(asked.order, ORDERS, "--order") or ORDERS[0]
    limit = number_of(asked.limit, "--limit") or TOP
    day = day_of(scope)
    calls: dict[str, list[tuple[str, int | None, int]]] = {}
    for name, outcome, at, duration, size in query.rows(reader, "tool_calls_in", **asked_in(scope)):
        if is_within(scope, day(at)):
            calls.setdefault(name, []).append((outcome, duration, size))
    failed = [row for row in query.rows(reader, "api_errors_in", **asked_in(scope)) if is_within(scope, day(row[2]))]
    failures = failures_of(failed)
    every = ordered([tool_of(name, rows) for name, rows in calls.items()], order)
    whole = tool_of("Total", [row for rows in calls.values() for row in rows])
    shown = every[:limit]
    document: dict[str, Any] = {
        "tools": [_document(tool) for tool in shown],
        "totals": _document(whole),
        "apiErrors": {
            "errors": sum(failures.errors.values()),
            "byStatus": [
                {"status": status, "errors": number}
                for status, number in sorted(failures.errors.items(), key=lambda item: (-item[1], item[0] or 0))
            ],
            "retries": failures.retries,
        },
        "omittedRows": len(every) - len(shown),
        "timezone": scope.zone.name,
        "since": scope.since,
        "until": scope.until,
    }
    return Shown(document, partial(_lines, scope, shown, whole, len(every) - len(shown), failures), NAMES, shown)


def tool_of(name: str, calls: list[tuple[str, int | None, int]]) -> Tool:
    """The sums of its calls, each an outcome, a duration and a size."""
    outcomes = [outcome for outcome, _, _ in calls]
    times = sorted(duration for outcome, duration, _ in calls if duration is not None and outcome != "rejected")
    return Tool(
        name,
        len(calls),
        outcomes.count("error"),
        outcomes.count("rejected"),
        outcomes.count("interrupted"),
        outcomes.count("open"),
        percentile(times, 50),
        percentile(times, 95),
        sum(times),
        sum(size for _, _, size in calls),
    )


def percentile(times: list[int], percent: int) -> int | None:
    """The time that so many percent of them are no longer than; one of them, not between two."""
    return times[max(0, -(-len(times) * percent // 100) - 1)] if times else None


def failures_of(rows: list[tuple[Any, ...]]) -> Failures:
    errors: dict[int | None, int] = {}
    for kind, status, _ in rows:
        if kind == "error":
            errors[status] = errors.get(status, 0) + 1
    return Failures(errors, sum(kind == "retry" for kind, _, _ in rows))


def ordered(tools: list[Tool], order: str) -> list[Tool]:
    if order == "name":
        return sorted(tools, key=lambda tool: tool.name)
    sizes = {"calls": "calls", "failures": "failures", "time": "total_ms", "bytes": "result_bytes"}
    return sorted(tools, key=lambda tool: (-getattr(tool, sizes[order]), -tool.calls, tool.name))


def _document(tool: Tool) -> dict[str, Any]:
    return {
        "tool": tool.name,
        "calls": tool.calls,
        "failures": tool.failures,
        "denials": tool.denials,
        "interruptions": tool.interruptions,
        "open": tool.open,
        "p50Ms": tool.p50_ms,
        "p95Ms": tool.p95_ms,
        "totalMs": tool.total_ms,
        "resultBytes": tool.result_bytes,
    }


def _lines(
    scope: Scope, shown: list[Tool], whole: Tool, omitted: int, failures: Failures, plan: str | None
) -> Iterator[str]:
    if not shown and not failures.errors:
        say_nothing(scope)
        return
    yield from wrapped([f"Tools{range_words(scope)} in {scope.zone.name}"])
    yield ""
    rows = [Row(_cells(tool)) for tool in shown]
    if len(shown) > 1:
        rows.append(Row(_cells(whole), "bold"))
    yield from lines(COLUMNS, rows, terminal.columns())
    yield ""
    yield from wrapped([_failed(failures)])
    more = [f"{format.things(omitted, 'tool')} more; the total is of all."] if omitted else []
    yield from ("", *noted([*more, *NOTES]))


def _cells(tool: Tool) -> tuple[str, ...]:
    stopped = tool.interruptions + tool.open
    return (
        tool.name,
        format.count(tool.calls),
        format.count(tool.failures) if tool.failures else format.NONE,
        f"{tool.failures / tool.calls:.1%}" if tool.failures else "",
        format.count(tool.denials) if tool.denials else format.NONE,
        format.count(stopped) if stopped else format.NONE,
        format.NONE if tool.p50_ms is None else format.seconds(tool.p50_ms / 1000),
        format.NONE if tool.p95_ms is None else format.seconds(tool.p95_ms / 1000),
        format.size(tool.result_bytes),
    )


def _failed(failures: Failures) -> str:
    if not failures.errors and not failures.retries:
        return "Calls of a model: no error is recorded."
    by_status = sorted(failures.errors.items(), key=lambda item: (-item[1], item[0] or 0))
    words = ", ".join(f"{number} with {f'status {status}' if status else 'no status'}" for status, number in by_status)
    errors = format.things(sum(failures.errors.values()), "error")
    again = f", {failures.retries} tried again" if failures.retries else ""
    return f"Calls of a model: {errors}{f' ({words})' if words else ''}{again}."
