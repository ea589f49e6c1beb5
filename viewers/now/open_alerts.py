"""The line below today that tells of open alerts."""

from contextlib import closing

from store.database import open_reader
from viewers import query
from viewers.screen import format
from viewers.screen.text import clean


def open_lines(home: str) -> list[str]:
    """The newest, and how many more there are; nothing where none is open."""
    with closing(open_reader(home)) as reader:
        found = [text for (text,) in query.rows(reader, "alerts_open")]
    if not found:
        return []
    more = f", and {format.things(len(found) - 1, 'more alert')}" if len(found) > 1 else ""
    return ["", clean(f"Alert: {found[0]}{more}; `fleetmeter alerts` lists them")]
