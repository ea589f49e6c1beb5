"""Takes the facts of sessions out again: to make them anew, or for good. What other sessions hold stays, and counts."""

import sqlite3
from collections.abc import Iterable

from msgspec.json import encode

from store.costs import price
from store.settle import family_of, resettle

# Alerts are no facts, and stay when facts are made anew; of a session that is deleted, theirs go with it.
ALERTS = """
select t.alert_id
from alert as t
join session as s on s.session_id = t.session_id
where s.session_key in (select value from json_each(?))
"""
RESET = """
update session
set first_at = null, last_at = null, cwd = null, cwd_at = null, forked_from = null, copied_from = null, is_rewound = 0
where session_key in (select value from json_each(?))
"""
PRUNED = """
insert into pruned_session (account_id, session_id, until)
select account_id, session_id, coalesce(last_at, first_at)
from session
where session_key in (select value from json_each(?))
on conflict do update set until = coalesce(max(until, excluded.until), until, excluded.until)
"""
# What a session is, and sums that follow by themselves when answers go.
KEPT = ("session", "usage_quarter_hour")


def tables(connection: sqlite3.Connection) -> list[str]:
    """The tables whose rows belong to a session."""
    rows = connection.execute(
        "select m.name from sqlite_master as m join pragma_table_info(m.name) as c"
        " where m.type = 'table' and c.name = 'session_key' order by m.name = 'run', m.name"
    ).fetchall()
    return [row[0] for row in rows if row[0] not in KEPT]


def take_out(connection: sqlite3.Connection, session_keys: Iterable[int]) -> set[int]:
    """Every fact of these sessions; gives those that shared history with them. The caller has begun a transaction."""
    keys = sorted(session_keys)
    which = encode(keys).decode()
    relatives = family_of(connection, keys) - set(keys)
    for table in tables(connection):
        connection.execute(f"delete from {table} where session_key in (select value from json_each(?))", (which,))  # noqa: S608 - our own tables
    connection.execute("delete from overlap where other_key in (select value from json_each(?))", (which,))
    connection.execute(RESET, (which,))
    return relatives


def remove(connection: sqlite3.Connection, session_keys: Iterable[int]) -> None:
    """Delete sessions for good. An answer that a fork copied from one of them now counts in the fork."""
    keys = sorted(session_keys)
    connection.execute(PRUNED, (encode(keys).decode(),))
    relatives = take_out(connection, keys)
    for (alert_id,) in connection.execute(ALERTS, (encode(keys).decode(),)).fetchall():
        connection.execute("delete from alert_delivery where alert_id = ?", (alert_id,))
        connection.execute("delete from alert where alert_id = ?", (alert_id,))
    connection.execute(
        "delete from session where session_key in (select value from json_each(?))", (encode(keys).decode(),)
    )
    resettle(connection, relatives)
    price(connection)
