"""A clock that can be set while a test runs: what the program asks, what the database asks, and the zone."""

import functools
import os
import sqlite3
import time
from datetime import UTC, datetime
from typing import Any

import pytest


class Clock:
    """Every way to ask for the time gives the real one plus a jump."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.jump_s = 0.0
        self._time, self._plain = time.time, sqlite3.connect(":memory:", isolation_level=None)
        monkeypatch.setattr(time, "time", self.now)
        monkeypatch.setattr(time, "time_ns", lambda: int(self.now() * 1e9))
        connect = sqlite3.connect

        @functools.wraps(connect)
        def connect_with_clock(*arguments: Any, **named: Any) -> sqlite3.Connection:
            connection = connect(*arguments, **named)
            for name in ("strftime", "datetime", "date", "time", "julianday", "unixepoch"):
                connection.create_function(name, -1, functools.partial(self._ask, name))
            return connection

        monkeypatch.setattr(sqlite3, "connect", connect_with_clock)

    def now(self) -> float:
        return self._time() + self.jump_s

    def set(self, jump_s: float, zone: str) -> None:
        """Jump to another time, in another zone."""
        self.jump_s = jump_s
        os.environ["TZ"] = zone
        time.tzset()

    def close(self) -> None:
        self._plain.close()
        os.environ.pop("TZ", None)
        time.tzset()

    def _ask(self, name: str, *words: object) -> Any:
        instant = datetime.fromtimestamp(self.now(), UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        asked = [instant if word == "now" else word for word in words]
        places = ", ".join("?" * len(asked))
        return self._plain.execute(f"select {name}({places})", asked).fetchone()[0]
