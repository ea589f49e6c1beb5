"""`fleetmeter search`: where words were said, in prompts, replies and what tools were called with."""

import time
from contextlib import closing

from store import home as homes
from store.database import open_reader
from store.errors import NoDatabaseYet
from viewers.panels import search
from viewers.panels import search_read as read
from viewers.panels.ink import Line
from viewers.reports.dates import date_of
from viewers.reports.flags import Asked
from viewers.reports.scope import Scope, narrowed, number_of
from viewers.reports.zone import local
from viewers.screen import output, terminal
from viewers.trouble import UsageTrouble, tell

TOP = 20
WIDTH = 100
MOST = 5_000


def run(
    words: str, *, as_json: bool = False, project: str | None = None, agent: str | None = None,
    since: str | None = None, until: str | None = None, limit: str | None = None,
) -> int:  # fmt: skip
    """Show the best matches."""
    now_s = time.time()
    asked = _asked(words, project, agent, since, until)
    most = min(number_of(limit, "--limit") or TOP, MOST)
    try:
        with closing(open_reader(homes.locate())) as reader:
            narrowed(Scope(local(), now_s), Asked(project=project, agent=agent), reader)  # names that are not recorded
            found = read.search(reader, asked, now_s, most=most)
    except NoDatabaseYet as nothing:
        tell(nothing)
        found = read.Found(asked)
    if as_json:
        output.print_json({"schemaVersion": 1, **search.document(found)})
        return 0
    terminal.show(*map(_painted, search.drawn(found, max(terminal.columns() or WIDTH, 40), now_s)))
    if not found.matches:
        terminal.say(f"nothing says {' '.join(found.asked.terms)!r}")
    elif found.total > len(found.matches) or found.left >= search.LATE:
        more = f"; {len(found.matches)} are shown, --limit shows more" if found.total > len(found.matches) else ""
        terminal.say(search.count(found) + more)
    return 0


def _asked(
    words: str, project: str | None, agent: str | None, since: str | None, until: str | None
) -> read.Asked:  # fmt: skip
    for name, value in (("--since", since), ("--until", until)):
        if value is not None and value[-1:] not in "dw":
            date_of(value, name)
    more = [f"{name}:{value}" for name, value in (("since", since), ("until", until)) if value]
    asked = read.understood(" ".join([words, *more]))
    if asked.trouble or not asked.terms:
        raise UsageTrouble(asked.trouble or "there are no words to search for", hint="`fleetmeter search --help`")
    return asked._replace(
        text=words, project=project or asked.project, agent=agent.lower() if agent is not None else asked.agent
    )


def _painted(line: Line) -> str:
    styles = {"match": "bold", "bold": "bold", "muted": "dim"}
    return "".join(terminal.paint(text, styles.get(style, "")) for text, style in line).rstrip()
