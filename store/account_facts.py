"""Facts of an account that belong to no session: how much of its plan was used. SQL only."""

import sqlite3

from store.batch import Row, Rows

# Table → what names a row in it, behind its account.
KEYS = {
    "limit_reading": ("limit_id", "span", "at"),
    "limit_level": ("source", "limit_id", "span", "resets_at", "used_percent"),
}
Told = dict[str, set[Row]]


def there(connection: sqlite3.Connection, agent: str) -> Told:
    """Which are recorded of an agent's accounts."""
    found: Told = {}
    for table, keys in KEYS.items():
        query = f"select account_id, {', '.join(keys)} from {table} join account using (account_id) where agent = ?"  # noqa: S608 - names of ours
        found[table] = set(connection.execute(query, (agent,)).fetchall())
    return found


def told_by(rows: Rows) -> Told:
    """Which a portion tells of."""
    lists = {"limit_reading": rows.limits, "limit_level": rows.limit_levels}
    return {table: {(rows.account_id, *row[: len(KEYS[table])]) for row in found} for table, found in lists.items()}


def forget(connection: sqlite3.Connection, which: Told) -> None:
    """Take these out."""
    for table, rows in which.items():
        names = " and ".join(f"{name} = ?" for name in ("account_id", *KEYS[table]))
        connection.executemany(f"delete from {table} where {names}", list(rows))  # noqa: S608 - names of ours
