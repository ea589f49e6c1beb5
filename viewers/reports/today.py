"""Today: bare `fleetmeter` records what is new first, and shows the last day with tokens while today has none."""

import time
from contextlib import closing

from store import home as homes
from store import lock
from store.database import open_reader
from store.errors import LockHeld, NoDatabaseYet
from store.lock import COLLECTING
from viewers.collecting.recording import Collect, nowhere, record, tell_unreadable
from viewers.collecting.starting import ensure
from viewers.now.open_alerts import open_lines
from viewers.reports.flags import Asked
from viewers.reports.report import KINDS, Report, plan_of, tell_of
from viewers.reports.report_table import budget_lines
from viewers.reports.scope import Scope
from viewers.reports.usage import Group, groups
from viewers.reports.usage_table import Line, Look, short_names, table
from viewers.reports.zone import chosen, local, today
from viewers.screen import format, terminal
from viewers.screen.table import Column
from viewers.trouble import tell

MODEL = Column("Model", least=12)
TODAY = Report("today", "day", "Date", ("date",), is_dated=True)


def run(collect: Collect, *, no_start: bool = False) -> int:
    """Record, and show the tokens of today by model; of an earlier day while today has none."""
    home = homes.locate()
    missing = _record(home, collect)
    ensure(home, is_wanted=not no_start)
    zone = local()
    now_s = time.time()
    date = today(zone, now_s)
    try:
        with closing(open_reader(home)) as reader:
            known = groups(reader, Scope(zone, now_s, until=date), "day")
            last = known[-1] if known else None
            on = Scope(zone, now_s, since=last.key, until=last.key) if last else None
            sessions = len(groups(reader, on, "session")) if on else 0
    except NoDatabaseYet as nothing:  # whoever holds the lock is about to make it
        tell(nothing)
        return 0
    if missing and last is None:
        terminal.show(missing)
        return 0
    if missing:
        terminal.say(f"{missing}; this is what was recorded before")
    if last is None or last.key != date:
        terminal.show(f"Today, {date} in {zone.name}: no tokens yet")
    if last is not None:
        words = f"Today, {date} in {zone.name}" if last.key == date else f"\nThe last day with tokens, {last.key}"
        look = Look(plan=plan_of(home))
        terminal.show(f"{words}: {format.things(sessions, 'session')}", "", *_table(last, look))
        terminal.show(*budget_lines(Scope(zone, now_s)))
    terminal.show(*open_lines(home))
    return 0


def run_today(asked: Asked) -> int:
    """`fleetmeter today`: the one day, by model, recorded or not."""
    now_s = time.time()
    asked = of_today(asked, now_s)
    if asked.as_json:
        from viewers.reports.report_json import show

        show(tell_of(TODAY, asked, now_s))
        return 0
    told = tell_of(KINDS["model"], asked, now_s)
    if not asked.as_csv:
        ensure(homes.locate(), is_wanted=not asked.no_start)
    if asked.as_csv:
        from viewers.reports.report_csv import show

        show(told)
    elif told.groups:
        from viewers.reports.report_table import body

        budgets = budget_lines(told.scope, asked.no_cost)
        terminal.show(f"Today, {asked.since} in {told.scope.zone.name}", "", *body(told), *budgets)
        terminal.show(*open_lines(homes.locate()))
    return 0


def of_today(asked: Asked, now_s: float) -> Asked:
    """Of that one day."""
    date = today(chosen(asked.timezone), now_s)
    return asked._replace(since=date, until=date)


def sums(day: Group) -> list[Line]:
    """A line for each model, and the total."""
    names = short_names(list(day.models))
    models = [Line((names[model],), used) for model, used in day.models.items()]
    return models if len(models) == 1 else [*models, Line(("Total",), day.used, "bold", False)]


def _table(day: Group, look: Look) -> list[str]:
    names = short_names(list(day.models))
    unpriced = {names[model]: used.unpriced_tokens for model, used in day.models.items() if used.unpriced_tokens}
    return table((MODEL,), sums(day), look, unpriced)


def _record(home: str, collect: Collect) -> str:
    """Record what is new; gives what to say where no agent has written anything. A collector does so by itself."""
    holder = lock.holder(home)
    if holder is not None and holder.doing == COLLECTING:
        return ""
    try:
        summary = record(collect)
    except LockHeld as held:  # what is recorded can be shown all the same
        tell(held)
        return ""
    tell_unreadable(summary)
    return "" if summary.sources else nowhere(summary)
