"""`fleetmeter prune`: sessions that are named are deleted for good. Without --yes it only says what that would be."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

from store import home as homes
from store.database import open_reader
from store.lock import Waiting
from store.prune import Pruned, measure, old_sessions
from viewers import query
from viewers.collecting.recording import tell_waiting
from viewers.reports.scope import project_named, session_keys
from viewers.screen import format, output, terminal
from viewers.trouble import UsageTrouble

Errand = Callable[[str, str, list[int], Waiting | None], list[list[Any]]]


def run(
    errand: Errand, *, session: str | None, project: str | None, days: int | None, is_sure: bool, as_json: bool
) -> int:  # fmt: skip
    """Say what is named, or delete it."""
    if session is None and project is None and days is None:
        raise UsageTrouble("nothing is named", hint="name a SESSION, --project NAME or --older-than DAYS")
    home = homes.locate()
    with closing(open_reader(home)) as reader:
        keys: set[int] | None = set(session_keys(session, reader)) if session is not None else None
        if project is not None:
            named = project_named(project, reader)
            of_project = {row[0] for row in query.rows(reader, "sessions_of_projects", projects=named)}
            keys = of_project if keys is None else keys & of_project
        if days is not None:
            before = (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S")
            old = set(old_sessions(reader, before))
            keys = old if keys is None else keys & old
        found = measure(reader, sorted(keys or ()))
    if is_sure and found.sessions:
        found = Pruned(*errand(home, "prune", sorted(keys or ()), tell_waiting)[0])
    if as_json:
        output.print_json({"schemaVersion": 1, "isDryRun": not is_sure, **found._asdict()})
    else:
        terminal.show(words(found, is_sure))
    return 0


def words(found: Pruned, is_sure: bool) -> str:
    """The same for people."""
    if not found.sessions:
        return "no such sessions: nothing to delete"
    read = f"{format.things(found.files, 'file')} ({format.size(found.bytes)})"
    what = (
        f"{format.things(found.sessions, 'session')} with {format.things(found.responses, 'response')} and "
        f"{format.things(found.prompts, 'prompt')}, from {read}"
    )
    if is_sure:
        return f"deleted {what}; backups still hold it"
    return f"would delete {what}; --yes does it, for good"
