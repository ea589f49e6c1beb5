"""Where the money went: the commands that tell it, and what they share: a question, and how its answer is shown."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from importlib import import_module

from store import home as homes
from store.database import open_reader
from store.errors import NoDatabaseYet
from store.light import Any, NamedTuple
from viewers.reports.flags import Asked
from viewers.reports.report import plan_of
from viewers.reports.scope import Scope, narrowed, scope_of
from viewers.reports.usage_table import plan_note
from viewers.screen import csv_text, output, terminal
from viewers.screen.csv_text import Value
from viewers.trouble import UsageTrouble, tell

RECENT = "28d"
"""How far commands look back that ask for single answers, where nothing else is said."""

# Command → the module that answers it with its `answer(reader, asked, scope)`.
ANSWERS = {
    "cache": "spending.cache_report", "tools": "spending.tool_report", "files": "spending.file_report",
    "compare": "spending.compare_report", "anomalies": "spending.anomaly_report",
    "forecast": "reports.forecast_report", "budgets": "reports.budget_report", "limits": "now.limit_report",
}  # fmt: skip
IN = ("since", "until", "accounts", "agents", "projects", "sessions")


class Shown(NamedTuple):
    """An answer in each of the forms that one may ask for."""

    document: dict[str, Any]
    lines: Callable[[str | None], Iterable[str]]
    """For people; of the plan that they pay for. Nothing where there is nothing to show."""
    names: tuple[str, ...]
    records: Iterable[Iterable[Value]]


def run(name: str, **chosen: Any) -> int:
    """Show the answer of the command of that name."""
    asked = Asked(**chosen)
    if asked.as_json and asked.as_csv:
        raise UsageTrouble("--json and --csv go not together", hint="choose one")
    if asked.no_color:
        os.environ["NO_COLOR"] = "1"
        os.environ.pop("FORCE_COLOR", None)
    shown = told(name, asked)
    if asked.as_json:
        output.print_json({"schemaVersion": 1, **shown.document})
    elif asked.as_csv:
        csv_text.show(shown.names, shown.records)
    else:
        terminal.show(*shown.lines(plan_of(homes.locate())))
    return 0


def told(name: str, asked: Asked) -> Shown:
    """The answer of the command of that name."""
    module = import_module(f"viewers.{ANSWERS[name]}")
    asked = module.defaults(asked)
    scope = scope_of(asked, time.time())
    with closing(_open(homes.locate())) as reader:
        return module.answer(reader, asked, narrowed(scope, asked, reader))


def _open(home: str) -> sqlite3.Connection:
    try:
        return open_reader(home)
    except NoDatabaseYet as nothing:
        from store.empty import open_empty

        tell(nothing)
        return open_empty()


def recent(asked: Asked) -> Asked:
    """With a range, where none was asked for."""
    return asked if asked.since or asked.until or asked.last else asked._replace(last=RECENT)


def range_words(scope: Scope) -> str:
    """Of which days something is told."""
    days = f" since {scope.since}" if scope.since else ""
    return f"{days} until {scope.until}" if scope.until else days


def api_value(plan: str | None) -> list[str]:
    """What is said below money, where a plan is paid for."""
    return [plan_note(plan)] if plan else []


def asked_in(scope: Scope) -> dict[str, Any]:
    """What queries are asked with that look for what happened within some days, give or take one."""
    asked = scope.parameters()
    return {name: asked[name] for name in IN}
