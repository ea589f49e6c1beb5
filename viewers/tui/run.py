"""How the app is started: from a terminal, on the database of this machine."""

import sys
from collections.abc import Callable
from contextlib import closing

from store import home as homes
from store.database import open_reader
from viewers.collecting.starting import ensure
from viewers.processes.desk import Desk
from viewers.reading.show import Texts
from viewers.reports.scope import session_keys
from viewers.screen.terminal import is_terminal
from viewers.trouble import UsageTrouble


def run(
    *,
    texts: Callable[[], Texts] | None = None,
    desk: Desk | None = None,
    session: str | None = None,
    is_ascii: bool = False,
    no_start: bool = False,
) -> int:
    """Open the app; a session that is named is looked up first, so that a wrong name is told here."""
    if not (is_terminal(sys.stdout) and sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageTrouble(
            "this needs a terminal", hint="`fleetmeter --once` prints the same, `fleetmeter watch` goes on"
        )
    home = homes.locate()
    ensure(home, is_wanted=not no_start)
    key = None
    if session is not None:
        with closing(open_reader(home)) as reader:
            key = session_keys(session, reader)[0]
    from viewers.tui.app import FleetApp

    app = FleetApp(home, texts=texts, session=key, is_ascii=is_ascii or not _is_utf8())
    app.desk = desk
    app.run()
    return app.return_code or 0


def _is_utf8() -> bool:
    return "utf" in (sys.stdout.encoding or "").lower()
