"""The fence around ad-hoc SQL: what a statement may do, and how much. An allow-list, for mode=ro is no sandbox."""

import sqlite3
import time
from collections.abc import Callable

from store.errors import FleetmeterError

# One value, row or statement of this size is plenty; beyond it a single function call could run for seconds.
LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 10_000_000,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 500,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 100,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 1_000_000,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1_000,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 0,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
HEAP_BYTES = 150_000_000
STEPS = 1_000
"""Virtual machine steps between two looks at the clock."""

# Some of these exist only in the sqlite3 shell or in extensions; a build may have them compiled in.
FORBIDDEN_FUNCTIONS = frozenset(
    "load_extension zeroblob randomblob readfile writefile edit fsdir lsmode fts3_tokenizer fts5 sqlar_compress "
    "sqlar_uncompress eval system exec".split()
)
ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE})
NAMES = {
    getattr(sqlite3, f"SQLITE_{name}"): name.lower().replace("_", " ")
    for name in (
        "ALTER_TABLE ANALYZE ATTACH CREATE_INDEX CREATE_TABLE CREATE_TEMP_INDEX CREATE_TEMP_TABLE CREATE_TEMP_TRIGGER "
        "CREATE_TEMP_VIEW CREATE_TRIGGER CREATE_VIEW CREATE_VTABLE DELETE DETACH DROP_INDEX DROP_TABLE DROP_TEMP_INDEX "
        "DROP_TEMP_TABLE DROP_TEMP_TRIGGER DROP_TEMP_VIEW DROP_TRIGGER DROP_VIEW DROP_VTABLE INSERT PRAGMA REINDEX "
        "SAVEPOINT TRANSACTION UPDATE"
    ).split()
}


class Refused(FleetmeterError):
    """The statement wanted more than to read."""


def allow(action: int, _first: str | None, second: str | None, _database: str | None, _inner: str | None) -> int:
    """SQLite asks this for everything that a statement would do, before it does anything."""
    if action not in ALLOWED:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in FORBIDDEN_FUNCTIONS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def build(reader: sqlite3.Connection, seconds: float) -> Callable[[], str]:
    """Fence the connection in, for ever; gives what tells the thing last refused."""
    reader.execute("pragma query_only = on")
    reader.execute(f"pragma hard_heap_limit = {HEAP_BYTES:d}")
    # SQLite declares these two by a pretended CREATE TABLE, which the authorizer would refuse; it does so only once.
    for table in ("json_each", "json_tree"):
        reader.execute(f"select count(*) from {table}('[]')").fetchall()  # noqa: S608 - one of the two names above
    configure = getattr(reader, "setconfig", None)
    if configure is not None:  # Python 3.12
        configure(getattr(sqlite3, "SQLITE_DBCONFIG_DEFENSIVE"), True)  # noqa: B009 - unknown to Python 3.11's types
    for limit, most in LIMITS.items():
        reader.setlimit(limit, most)
    refused = ""

    def ask(action: int, first: str | None, second: str | None, database: str | None, inner: str | None) -> int:
        nonlocal refused
        answer = allow(action, first, second, database, inner)
        if answer != sqlite3.SQLITE_OK:
            refused = f"{second}()" if action == sqlite3.SQLITE_FUNCTION else NAMES.get(action, "an unknown act")
        return answer

    end = time.monotonic() + seconds
    reader.set_authorizer(ask)
    reader.set_progress_handler(lambda: time.monotonic() >= end, STEPS)
    return lambda: refused
