"""Bare `fleetmeter`: record what is new, then show today. The terminal interface will take its place."""

import time
from contextlib import closing

from store import home as homes
from store.database import open_reader
from store.errors import LockHeld, NoDatabaseYet
from viewers import format, terminal
from viewers.recording import Collect, nowhere, record, tell_unreadable
from viewers.trouble import tell
from viewers.usage import Day, days, sessions_on
from viewers.usage_table import Line, short_names, table
from viewers.zone import local, today


def run(collect: Collect) -> int:
    """Record, and show the tokens of today by model; of an earlier day while today has none."""
    missing = _record(collect)
    zone = local()
    date = today(zone, time.time())
    try:
        with closing(open_reader(homes.locate())) as reader:
            known = days(reader, zone, None, date)
            sessions = sessions_on(reader, zone, known[-1].date) if known else 0
    except NoDatabaseYet as nothing:  # whoever holds the lock is about to make it
        tell(nothing)
        return 0
    if missing and not known:
        terminal.show(missing)
        return 0
    if missing:
        terminal.say(f"{missing}; this is what was recorded before")
    if not known or known[-1].date != date:
        terminal.show(f"Today, {date} in {zone.name}: no tokens yet")
    if known:
        last = known[-1]
        words = f"Today, {date} in {zone.name}" if last.date == date else f"\nThe last day with tokens, {last.date}"
        terminal.show(f"{words}: {format.things(sessions, 'session')}", "", *table(sums(last)))
    return 0


def sums(day: Day) -> list[Line]:
    """A line for each model, and the total."""
    names = short_names(list(day.models))
    models = [Line("", names[model], used) for model, used in day.models.items()]
    return models if len(models) == 1 else [*models, Line("", "Total", day.used, "bold")]


def _record(collect: Collect) -> str:
    """Record what is new; gives what to say where no agent has written anything."""
    try:
        summary = record(collect)
    except LockHeld as held:  # what is recorded can be shown all the same
        tell(held)
        return ""
    tell_unreadable(summary)
    return "" if summary.sources else nowhere(summary)
