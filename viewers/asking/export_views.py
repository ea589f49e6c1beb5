"""A view as rows to export: which columns it has, what of it was asked for, in the order of time."""

import sqlite3
from collections.abc import Iterator, Sequence

from store import schema
from store.light import Any, NamedTuple
from viewers.asking.export_shapes import INTEGER, REAL, TEXT
from viewers.reports.dates import day_after, seconds_of, utc
from viewers.reports.scope import Scope
from viewers.reports.zone import Zone
from viewers.trouble import UsageTrouble

TIMES = ("at", "started_at", "last_at", "found_at")
"""When a row happened: the first of these that a view has."""
IDS = (
    "session_id", "run_id", "message_id", "request_id", "prompt_id", "tool_use_id", "turn_id", "path", "byte_offset",
    "model", "tier",
)  # fmt: skip
FETCHED = 2_000


class Rows(NamedTuple):
    """What a view gives."""

    names: list[str]
    statement: str
    parameters: dict[str, Any]


def names() -> list[str]:
    """The public views."""
    return [view.name for view in schema.views()]


def rows_of(
    reader: sqlite3.Connection, view: str, scope: Scope, sessions: Sequence[str] | None, limit: int | None
) -> Rows:
    """The rows of that view which lie in the scope; sessions are ids. What it cannot be asked is an error."""
    columns = [column[0] for column in reader.execute(f"select * from {view} limit 0").description]  # noqa: S608 - a view
    asked = _filters(scope, sessions)
    time_ = next((name for name in TIMES if name in columns), None)
    conditions: list[str] = []
    parameters: dict[str, Any] = {}
    for column, found in asked.items():
        if column not in columns:
            raise UsageTrouble(f"{view} has no {column}", hint=f"it has {', '.join(columns)}")
        conditions.append(f"{column} in (select value from json_each(:{column}))")  # noqa: S608 - a column of the view
        parameters[column] = found
    if (scope.since or scope.until) and time_ is None:
        raise UsageTrouble(f"{view} has no time: it takes no range", hint="leave --since, --until and --last out")
    if scope.since:
        conditions.append(f"{time_} >= :since_at")
        parameters["since_at"] = midnight(scope.zone, scope.since)
    if scope.until:
        conditions.append(f"{time_} < :until_at")
        parameters["until_at"] = midnight(scope.zone, day_after(scope.until, 1))
    order = [*([time_] if time_ else []), *(name for name in IDS if name in columns)]
    where = f"\nwhere {' and '.join(conditions)}" if conditions else ""
    by = f"\norder by {', '.join(order)}" if order else ""
    most = f"\nlimit {limit:d}" if limit else ""
    chosen = ", ".join(columns)
    statement = f"select {chosen}\nfrom {view}{where}{by}{most}"
    return Rows(columns, statement, parameters)


def batches(reader: sqlite3.Connection, rows: Rows, size: int = FETCHED) -> Iterator[list[tuple[Any, ...]]]:
    """The rows, a few at a time."""
    # Rows in the order of time: what does not fit into a little memory is sorted in a file.
    reader.execute("pragma temp_store = file")
    cursor = reader.execute(rows.statement, rows.parameters)
    while batch := cursor.fetchmany(size):
        yield batch


def types(reader: sqlite3.Connection, view: str, columns: Sequence[str]) -> list[str]:
    """The type of each column of a view: what it holds; where it holds nothing, what it says or is called."""
    found = ", ".join(
        f"max(case typeof({name}) when 'null' then 0 when 'integer' then 1 when 'real' then 2 else 3 end)"
        for name in columns
    )
    held = reader.execute(f"select {found} from {view}").fetchone()  # noqa: S608 - columns of a view
    declared = {row[1]: row[2].lower() for row in reader.execute(f"pragma table_info({view})")}
    return [
        (_guessed(name, declared.get(name, "")), INTEGER, REAL, TEXT)[kind or 0]
        for name, kind in zip(columns, held, strict=True)
    ]


def midnight(zone: Zone, date: str) -> str:
    """When a local day begins, as ISO text in UTC."""
    local_s = int(seconds_of(f"{date}T00:00"))
    at_s = local_s - zone.offset(local_s)
    return utc(local_s - zone.offset(at_s))  # the offset of the day's own beginning


def _filters(scope: Scope, sessions: Sequence[str] | None) -> dict[str, str]:
    """Column → its values, as JSON."""
    import json

    held = {
        "project": scope.projects, "agent": scope.agents, "account": scope.accounts, "model": scope.models,
        "branch": None if scope.branch is None else (scope.branch,),
        "session_id": sessions,
    }  # fmt: skip
    return {column: json.dumps(values) for column, values in held.items() if values is not None}


def _guessed(name: str, declared: str) -> str:
    if name == "usd" or name.endswith("_usd") or declared == "real":
        return REAL
    return INTEGER if declared.startswith("int") or name.startswith("is_") else TEXT
