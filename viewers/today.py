"""Bare `fleetmeter`: record what is new, then show today. The terminal interface will take its place."""

import time
from contextlib import closing

from store import home as homes
from store.database import open_reader
from viewers import format, terminal
from viewers.recording import Collect, nowhere, record, tell_unreadable
from viewers.usage import Day, days, sessions_on
from viewers.usage_table import Line, short_names, table
from viewers.zone import local, today


def run(collect: Collect) -> int:
    """Record, and show the tokens of today by model; of an earlier day while today has none."""
    summary = record(collect)
    if not summary.sources:
        terminal.show(nowhere(summary))
        return 0
    tell_unreadable(summary)
    zone = local()
    date = today(zone, time.time())
    with closing(open_reader(homes.locate())) as reader:
        known = days(reader, zone, None, date)
        last = known[-1] if known else None
        sessions = sessions_on(reader, zone, last.date) if last else 0
    if last is None or last.date != date:
        terminal.show(f"Today, {date} in {zone.name}: no tokens yet")
    if last is not None:
        words = f"Today, {date} in {zone.name}" if last.date == date else f"\nThe last day with tokens, {last.date}"
        terminal.show(f"{words}: {format.things(sessions, 'session')}", "", *table(sums(last)))
    return 0


def sums(day: Day) -> list[Line]:
    """A line for each model, and the total."""
    names = short_names(list(day.models))
    models = [Line("", names[model], used) for model, used in day.models.items()]
    return models if len(models) == 1 else [*models, Line("", "Total", day.used, "bold")]
