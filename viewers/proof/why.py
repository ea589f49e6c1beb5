"""`why`: the answers that a figure of a report is made of, each with its place, its price, and how sure it is."""

import os
import sqlite3
import time
from array import array
from collections.abc import Iterator
from contextlib import closing

from store import home as homes
from store.database import look, open_reader
from store.errors import FleetmeterError, NoDatabaseYet
from store.light import Any, NamedTuple
from viewers import query
from viewers.proof.why_row import NAMED, Row, quarters, reported, row_of
from viewers.reports.disbelief import warn
from viewers.reports.flags import Asked
from viewers.reports.report import plan_of, say_nothing
from viewers.reports.scope import Scope, narrowed, number_of, scope_of
from viewers.reports.usage import RESPONSES, Used, parameters
from viewers.trouble import UsageTrouble, tell

SHOWN = 20
CHUNK = 500
ALL = -1
"""What SQLite takes for no limit."""


class Answer(NamedTuple):
    """One answer, as queries/why_answers.sql tells it."""

    response_key: int
    agent: str
    account: str
    project: str | None
    session_id: str
    run_id: str
    run_kind: str
    message_id: str
    request_id: str
    is_nested: int
    at: str | None
    model: str
    tier: str
    branch: str | None
    input_tokens: int
    output_tokens: int
    cache_write_5m_tokens: int
    cache_write_1h_tokens: int
    cache_read_tokens: int
    reasoning_tokens: int
    web_searches: int
    usd_nanos: int
    is_unpriced: int
    is_lower_bound: int
    is_telemetry_only: int
    is_remainder: int
    is_reported: int
    path: str | None
    byte_offset: int
    provider: str | None
    matched: str | None
    reason: str | None
    version: str | None
    since: str | None
    from_time: str | None
    above_tokens: int | None
    input_picos: int | None
    cache_read_picos: int | None
    cache_write_5m_picos: int | None
    cache_write_1h_picos: int | None
    output_picos: int | None
    web_search_picos: int | None

    @property
    def total_tokens(self) -> int:
        return self.input_tokens + self.output_tokens + self.cache_read_tokens + self.cache_write_tokens

    @property
    def cache_write_tokens(self) -> int:
        return self.cache_write_5m_tokens + self.cache_write_1h_tokens


class Opened(NamedTuple):
    """A row, opened."""

    row: Row
    asked: Asked
    used: Used
    """Of all its answers, added up one by one."""
    parts: int
    """How many there are; a call inside an answer is one of its own."""
    reported_parts: int
    """How many of them cost what the agent itself reported."""
    keys: "array[int]"
    """Those to show, in their order."""
    plan: str | None = None


def run(words: list[str], **chosen: Any) -> int:
    """Open the row that these words name."""
    asked = Asked(**chosen)
    if asked.as_json and asked.as_csv:
        raise UsageTrouble("--json and --csv go not together", hint="choose one")
    if asked.no_color:
        os.environ["NO_COLOR"] = "1"
        os.environ.pop("FORCE_COLOR", None)
    limit = number_of(asked.limit, "--limit")
    scope = scope_of(asked, time.time())
    home = homes.locate()
    try:
        with closing(open_reader(home)) as reader:
            look(reader)  # at the answers, and at the sums that they are held against
            row = row_of(words, narrowed(scope, asked, reader), reader)
            opened = open_row(reader, row, asked, limit)
            if opened.parts:
                warn(reader, row.scope)
                _check(opened, reported(reader, row))
            else:
                say_nothing(row.scope)
            _show(reader, opened._replace(plan=plan_of(home)))
    except NoDatabaseYet as nothing:
        tell(nothing)
        _show(None, Opened(Row("total", "", scope), asked, Used(), 0, 0, array("q")))
    return 0


def open_row(reader: sqlite3.Connection, row: Row, asked: Asked, limit: int | None = None) -> Opened:
    """Its answers: the sums of all, and which are shown. Of the others nothing is held, however many there are."""
    ((*sums, parts, reported_parts),) = _ask(reader, "why_total", **_parameters(row))
    is_table = not (asked.as_json or asked.as_csv)
    most = limit or (SHOWN if is_table else ALL)
    keys = array("q", (key for (key,) in _ask(reader, "why_largest", **_parameters(row), limit=most)))
    return Opened(row, asked, Used(*sums), parts, reported_parts, keys)


def answers(reader: sqlite3.Connection | None, opened: Opened) -> Iterator[Answer]:
    """Those to show, a few at a time."""
    for begin in range(0, len(opened.keys), CHUNK):
        assert reader is not None
        keys = "[" + ",".join(map(str, opened.keys[begin : begin + CHUNK])) + "]"
        asked = {**parameters(opened.row.scope, ""), "keys": keys}
        yield from (Answer(*row) for row in query.grouped(reader, RESPONSES, "why_answers", **asked))


def words_of(answer: Answer) -> list[str]:
    """How sure it is."""
    said = {
        "at least": answer.is_lower_bound,
        "unpriced": answer.is_unpriced,
        "telemetry only": answer.is_telemetry_only,
        "growth of a sum": answer.is_remainder,
    }
    return [word for word, is_so in said.items() if is_so] or ["measured"]


def _check(opened: Opened, told: Used) -> None:
    """The report must say what its answers say."""
    if opened.used != told:
        differing = [
            f"{name} {ours:,} here, {theirs:,} there"
            for name, ours, theirs in zip(Used._fields, opened.used, told, strict=True)
            if ours != theirs
        ]
        raise FleetmeterError(
            f"the answers do not add up to what the report says: {'; '.join(differing)}",
            hint="`fleetmeter reprice` makes the sums of money anew; please report this",
        )


def _ask(reader: sqlite3.Connection, name: str, **asked: Any) -> Iterator[Any]:
    sources = f"{query.text('used_in_' + RESPONSES)},\n{query.text('why_chosen')}"
    return iter(reader.execute(f"with\n{sources}\n{query.text(name)}", asked))


def _parameters(row: Row) -> dict[str, Any]:
    since, until = quarters(row)
    is_undated = row.is_unknown and row.kind not in NAMED
    return {**parameters(row.scope, ""), "is_undated": is_undated, "from_quarter": since, "to_quarter": until}


def _show(reader: sqlite3.Connection | None, opened: Opened) -> None:
    if opened.asked.as_json:
        from viewers.proof.why_json import show
    elif opened.asked.as_csv:
        from viewers.proof.why_csv import show
    else:
        from viewers.proof.why_table import show
    show(answers(reader, opened), opened)


def scope_words(scope: Scope) -> str:
    """Which days, of which zone."""
    days = f" since {scope.since}" if scope.since else ""
    days += f" until {scope.until}" if scope.until else ""
    return f"{days} in {scope.zone.name}"
