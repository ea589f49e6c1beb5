"""Writers broken on purpose, below everything that is ours: each is a connection that bends what it is told."""

import os
import random
import re
import signal
import sqlite3
import time
from collections.abc import Callable
from typing import Any

GAP_S = 0.01  # between the two transactions of a broken writer: long enough for a look to fall into
DIES = 0.1  # in so many of those gaps the writer is killed: on a busy machine no kill from outside might ever hit one
COMMIT = re.compile(r"\s*(commit|end)\b", re.IGNORECASE)
ROLLBACK = re.compile(r"\s*rollback\b", re.IGNORECASE)
CURSOR = re.compile(r"\s*update\s+generation\s+set\s+cursor\b", re.IGNORECASE)
ROWS = re.compile(r"\s*insert\s+(or\s+\w+\s+)?into\s+record\b", re.IGNORECASE)
SUMS = re.compile(r"\s*(insert\s+into|update|delete\s+from|replace\s+into)\s+usage_quarter_hour\b", re.IGNORECASE)
SUM_AGAIN = """
insert into usage_quarter_hour (
    quarter, session_key, run_kind, model, tier, parts, responses, lower_bounds, input_tokens, cache_read_tokens,
    cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens, web_searches
)
select
    quarter, session_key, run_kind, model, tier, count(*), sum(part = 0), sum(part = 0 and stop_reason is null),
    sum(input_tokens), sum(cache_read_tokens), sum(cache_write_5m_tokens), sum(cache_write_1h_tokens),
    sum(output_tokens), sum(reasoning_tokens), sum(web_searches)
from response
where is_copy = 0 and evidence <> 'progress'
group by 1, 2, 3, 4, 5
"""


class TwoTransactions(sqlite3.Connection):
    """Holds back the statements of one kind until all others are committed, and then commits them apart."""

    late = CURSOR
    held: "list[tuple[Callable[..., Any], str, Any]]"

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if self.late.match(sql):
            return self._hold(super().execute, sql, parameters)
        cursor = super().execute(sql, parameters)
        if COMMIT.match(sql) and (getattr(self, "held", None) or self.late is SUMS):
            self._write_late()
        return cursor

    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
        if self.late.match(sql):
            return self._hold(super().executemany, sql, list(parameters))
        return super().executemany(sql, parameters)

    def _hold(self, act: Callable[..., Any], sql: str, parameters: Any) -> sqlite3.Cursor:
        self.held = [*getattr(self, "held", ()), (act, sql, parameters)]
        return super().execute("select 1 where 0")

    def _write_late(self) -> None:
        time.sleep(GAP_S)
        if random.SystemRandom().random() < DIES:
            os.kill(os.getpid(), signal.SIGKILL)
        super().execute("begin immediate")
        for act, sql, parameters in self.held if self.late is not SUMS else ():
            act(sql, parameters)
        if self.late is SUMS:
            super().execute("delete from usage_quarter_hour")
            super().execute(SUM_AGAIN)
        self.held = []
        super().execute("commit")


class CursorLate(TwoTransactions):
    """Rows first, then the cursor."""


class RowsLate(TwoTransactions):
    """The cursor first, then its rows."""

    late = ROWS


class SumsLate(TwoTransactions):
    """The answers first, then the sums that reports are made of."""

    late = SUMS


class CommitsOnError(sqlite3.Connection):
    """A transaction that failed is committed as far as it came."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        return super().execute("commit" if ROLLBACK.match(sql) else sql, parameters)


def drop_key(connection: sqlite3.Connection) -> None:
    """Take from the records the key that a second copy would violate."""
    for table in ("record", "reject"):
        (sql,) = connection.execute("select sql from sqlite_master where name = ?", (table,)).fetchone()
        keyless = re.sub(r",\s*primary key \([\w, ]+\)\s*\)\s*strict, without rowid\s*$", ") strict", sql)
        assert keyless != sql
        connection.execute(f"drop table {table}")
        connection.execute(keyless)


def drop_sums(connection: sqlite3.Connection) -> None:
    """Take away the triggers that keep the sums."""
    rows = connection.execute(
        "select name from sqlite_master where type = 'trigger' and sql like '%usage_quarter_hour%'"
    ).fetchall()
    for (name,) in rows:
        connection.execute(f'drop trigger "{name}"')


class Broken:
    """A mutant: the connection that its processes use, and what is done to the empty database before."""

    def __init__(
        self, factory: type[sqlite3.Connection], prepare: Callable[[sqlite3.Connection], None] | None = None
    ) -> None:
        self.factory, self.prepare = factory, prepare


BROKEN = {
    "none": Broken(sqlite3.Connection),
    "cursor-late": Broken(CursorLate),
    "rows-late": Broken(RowsLate),
    "cursor-late-no-key": Broken(CursorLate, drop_key),
    "sums-late": Broken(SumsLate, drop_sums),
    "commits-on-error": Broken(CommitsOnError),
}
