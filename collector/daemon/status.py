"""The answer to `status`: the process, the database, and how far the recording is."""

import os
import sqlite3
from typing import Any

from collector.alerting.alerts import AlertWatch
from collector.daemon.care import Care
from collector.daemon.tally import Tally
from collector.files import clean_up
from collector.recording.live import Live
from store.database import has_wal_reset_bug, path_in


def document(
    home: str, tally: Tally, live: Live | None, care: Care | None, alerts: AlertWatch | None
) -> dict[str, Any]:
    """Everything that `status --json` shows."""
    path = path_in(home)
    return {
        "schemaVersion": 1, "isRunning": True, "pid": os.getpid(), "home": home, **tally.document(),
        **(live.document() if live is not None else {"state": "waiting"}),
        **({"cleanUps": clean_up.document(home, live.look)} if live is not None else {}),
        **({"care": care.document()} if care is not None else {}),
        **({"alerts": alerts.document()} if alerts is not None else {}),
        "databaseBytes": _size(path), "walBytes": _size(f"{path}-wal"),
        "sqlite": {"version": sqlite3.sqlite_version, "hasWalResetBug": has_wal_reset_bug(sqlite3.sqlite_version_info)},
    }  # fmt: skip


def errand(home: str, question: str, live: Live | None, alerts: AlertWatch | None) -> dict[str, Any]:
    """Something that the command line has to have written."""
    done = alerts.errand(question) if alerts is not None else None
    if done is None and live is not None:
        done = live.errand(home, question)
    return done or {"error": "what is asked is not known, or not now"}


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0
