"""The answer to `status`: the process, the database, and how far the recording is."""

import os
import sqlite3
from typing import Any

from collector.care import Care
from collector.live import Live
from collector.tally import Tally
from store.database import has_wal_reset_bug, path_in


def document(home: str, tally: Tally, live: Live | None, care: Care | None) -> dict[str, Any]:
    """Everything that `status --json` shows."""
    path = path_in(home)
    return {
        "schemaVersion": 1, "isRunning": True, "pid": os.getpid(), "home": home, **tally.document(),
        **(live.document() if live is not None else {"state": "waiting"}),
        **({"care": care.document()} if care is not None else {}),
        "databaseBytes": _size(path), "walBytes": _size(f"{path}-wal"),
        "sqlite": {"version": sqlite3.sqlite_version, "hasWalResetBug": has_wal_reset_bug(sqlite3.sqlite_version_info)},
    }  # fmt: skip


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0
