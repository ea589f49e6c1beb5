"""Short writes that the command line has to make: by the collector that runs, or by ourselves when none does."""

import json
import sqlite3
from contextlib import closing
from typing import Any

from collector.files.look import Look
from store.ask import ask
from store.database import open_writer
from store.errors import FleetmeterError, LockHeld
from store.home import StrPath
from store.lock import COLLECTING, Waiting, hold, holder

LOCK_WAIT_S = 10.0
ANSWER_S = 600.0


def do(home: str, name: str, keys: list[int], waiting: Waiting | None = None) -> list[list[Any]]:
    """Have it done, by whoever holds the lock: sessions are pruned, sources are restored."""
    try:
        with (
            hold(home, "pruning" if name == "prune" else "restoring", wait_s=LOCK_WAIT_S, waiting=waiting),
            closing(open_writer(home)) as writer,
        ):
            return _do(writer, home, name, keys)
    except LockHeld:
        running = holder(home)
        if running is None or running.doing != COLLECTING:
            raise
    answer = ask(home, f"{name} {json.dumps(keys)}", ANSWER_S)
    if answer is None or "done" not in answer:
        words = (answer or {}).get("error", "it does not answer")
        raise FleetmeterError(f"the collector that runs could not do it: {words}", hint="`fleetmeter stop`, then again")
    return answer["done"]


def done(connection: sqlite3.Connection, home: str, look: Look, question: str) -> dict[str, Any] | None:
    """The errand as the collector does it; None when it is none."""
    name, _, said = question.partition(" ")
    if name not in ("restore", "prune"):
        return None
    try:
        found = _do(connection, home, name, [int(key) for key in json.loads(said)])
    except (FleetmeterError, OSError, sqlite3.Error, ValueError) as error:
        return {"error": str(error)}
    look.refresh({known.source_id for known in look.known.values()})
    return {"done": found}


def _do(writer: sqlite3.Connection, home: StrPath, name: str, keys: list[int]) -> list[list[Any]]:
    if name == "restore":
        from collector.archive.restore import write_back

        return [list(one) for one in write_back(home, writer, keys)]
    from store.prune import prune

    return [list(prune(writer, home, keys))]
