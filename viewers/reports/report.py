"""The reports: what one is asked, the groups it shows, in which order; then JSON, CSV or a table of the same."""

import os
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing

from store import home as homes
from store.database import open_reader
from store.errors import NoDatabaseYet
from store.light import TYPE_CHECKING, Any, NamedTuple
from viewers import query
from viewers.reports.flags import ORDERS, Asked
from viewers.reports.scope import Scope, narrowed, number_of, one_of, scope_of
from viewers.reports.usage import Group, Used, groups, total
from viewers.screen import terminal
from viewers.trouble import UsageTrouble, tell

if TYPE_CHECKING:
    from viewers.spending.spent import Spent


class Report(NamedTuple):
    """What a report is grouped by, and what it calls that."""

    name: str
    by: str
    column: str
    keys: tuple[str, ...]
    """Under which names a row's own name stands in JSON, beside `period`."""
    is_dated: bool = False
    is_split: bool = False
    """Whether each row is of one project, whatever is asked for."""


class Card(NamedTuple):
    """Whose a session is."""

    session_id: str
    agent: str
    account: str
    project: str | None
    first_at: str | None
    last_at: str | None
    title: str | None


class Told(NamedTuple):
    """All that a report has to say."""

    report: Report
    asked: Asked
    scope: Scope
    groups: list[Group]
    """Those that are shown, in their order."""
    every: list[Group]
    """Those too that the limit leaves out."""
    total: Used
    """Of every group."""
    omitted: int = 0
    cards: dict[str, Card] = {}  # noqa: RUF012 - nobody writes to it
    entries: list[tuple[Any, ...]] = []  # noqa: RUF012 - the same
    plan: str | None = None
    spent: "Spent | None" = None
    """Of one session that is asked for."""

    @property
    def is_split(self) -> bool:
        return self.asked.instances or self.report.is_split


KINDS = {
    report.name: report
    for report in (
        Report("daily", "day", "Date", ("date",), is_dated=True),
        Report("weekly", "week", "Week", ("week", "date"), is_dated=True),
        Report("monthly", "month", "Month", ("month", "date"), is_dated=True),
        Report("session", "session", "Session", ("sessionId",)),
        Report("project", "project", "Project", ("project",)),
        Report("model", "model", "Model", ("model",)),
        Report("agent", "agent", "Agent", ()),
        Report("branch", "branch", "Branch", ("branch",), is_split=True),
    )
}


def run(name: str, **chosen: Any) -> int:
    """Show the report of that name."""
    asked = Asked(**chosen)
    if asked.as_json and asked.as_csv:
        raise UsageTrouble("--json and --csv go not together", hint="choose one")
    if asked.no_color:
        os.environ["NO_COLOR"] = "1"
        os.environ.pop("FORCE_COLOR", None)
    if name in KINDS:
        return _run(KINDS[name], asked)
    if name == "blocks":
        from viewers.reports.block_report import run as run_blocks

        return run_blocks(asked)
    if name == "today":
        from viewers.reports.today import run_today

        return run_today(asked)
    from viewers.reports.summary import run as run_summary

    return run_summary(asked)


def records(name: str, asked: Asked, now_s: float) -> tuple[list[str], Iterable[list[Any]]]:
    """What `--csv` of the report of that name has: the names, and the values under them."""
    if name == "blocks":
        from viewers.reports import block_report

        return block_report.records(block_report.tell_of(asked, now_s), has_cost=not asked.no_cost)
    if name == "summary":
        from viewers.reports import summary

        return summary.records(summary.tell_of(asked, now_s)[0], has_cost=not asked.no_cost)
    from viewers.reports import report_csv, today

    if name == "today":
        name, asked = "model", today.of_today(asked, now_s)
    asked = asked._replace(breakdown=asked.breakdown or asked.id is not None)
    return report_csv.records(tell_of(KINDS[name], asked, now_s))


def _run(report: Report, asked: Asked) -> int:
    told = tell_of(report, asked._replace(breakdown=asked.breakdown or asked.id is not None), time.time())
    if asked.as_json:
        from viewers.reports.report_json import show
    elif asked.as_csv:
        from viewers.reports.report_csv import show
    elif told.spent is not None and told.groups:
        from viewers.spending.session_report import show as show_session

        show_session(told, told.spent)
        return 0
    else:
        from viewers.reports.report_table import show
    show(told)
    return 0


def tell_of(report: Report, asked: Asked, now_s: float) -> Told:
    """Ask the database, and put what it says in order."""
    order = one_of(asked.order, ORDERS, "--order") or ("asc" if report.is_dated else "cost")
    limit = number_of(asked.limit, "--limit")
    scope = scope_of(asked, now_s)
    home = homes.locate()
    plan = None if asked.as_json or asked.as_csv else plan_of(home)
    try:
        with closing(open_reader(home)) as reader:
            scope = narrowed(scope, asked, reader)
            found = groups(reader, scope, report.by, is_split=asked.instances or report.is_split)
            shown, omitted = ordered(report, found, order, limit)
            cards = cards_of(reader, shown) if report.by == "session" else {}
            entries = _entries(reader, scope) if asked.id is not None else []
            spent = _spent(reader, scope) if asked.id is not None else None
            if query.rows(reader, "is_absurd")[0][0]:
                from viewers.reports.disbelief import warn  # next to nobody's agent says such things

                warn(reader, scope)
    except NoDatabaseYet as nothing:
        tell(nothing)
        return Told(report, asked, scope, [], [], Used())
    if not found:
        say_nothing(scope)
    whole = total([group.used for group in found])
    return Told(report, asked, scope, shown, found, whole, omitted, cards, entries, plan, spent)


def say_nothing(scope: Scope) -> None:
    """There is nothing to show, and that is no failure."""
    terminal.say("nothing in this range" if scope.is_narrow else "no tokens are recorded")


def ordered(report: Report, found: list[Group], order: str, limit: int | None) -> tuple[list[Group], int]:
    """The rows to show, and how many are left out. Dated rows are cut to the newest, others to the first."""
    rows = sorted(found, key=lambda group: group.key) if report.is_dated or order == "name" else found
    if order == "cost" or (order in ("asc", "desc") and not report.is_dated):
        rows = sorted(rows, key=lambda group: (group.used.usd_nanos, group.used.total_tokens))
    elif order == "tokens":
        rows = sorted(rows, key=lambda group: group.used.total_tokens)
    if order in ("cost", "tokens", "desc"):
        rows = rows[::-1]
    if limit is None or limit >= len(rows):
        return rows, 0
    is_newest_last = report.is_dated and order in ("asc", "name")
    return rows[-limit:] if is_newest_last else rows[:limit], len(rows) - limit


def cards_of(reader: sqlite3.Connection, shown: list[Group]) -> dict[str, Card]:
    """Session by the key of its group → whose it is."""
    keys = "[" + ",".join(group.key for group in shown) + "]"
    return {str(key): Card(*card) for key, *card in query.rows(reader, "session_cards", keys=keys)}


def plan_of(home: str) -> str | None:
    """The plan that the user pays for, if the configuration names one."""
    if not os.path.exists(os.path.join(home, "config.toml")):
        return None
    from store.config import load  # it takes a while, and most machines have no such file

    return load(home).plan


def _entries(reader: sqlite3.Connection, scope: Scope) -> list[tuple[Any, ...]]:
    return [row for key in scope.sessions or () for row in query.rows(reader, "session_entries", session=key)]


def _spent(reader: sqlite3.Connection, scope: Scope) -> "Spent":
    from viewers.spending.spent import spent

    return spent(reader, scope)
