"""What agents export: each call and each point of a meter once, however often it was sent."""

import sqlite3

from store.batch import Rows
from store.telemetry_facts import ApiCall, MetricPoint
from store.write_sessions import Keys, keyed


def _insert(table: str, fields: tuple[str, ...]) -> str:
    columns = ", ".join(("session_key", *fields[1:]))
    return f"insert or ignore into {table} ({columns}) values ({', '.join('?' * len(fields))})"  # noqa: S608 - the names of a struct's fields


INSERT_CALL = _insert("api_call", ApiCall.__struct_fields__)
INSERT_POINT = _insert("metric_point", MetricPoint.__struct_fields__)


def write_telemetry(connection: sqlite3.Connection, rows: Rows, keys: Keys) -> None:
    """Write what a batch has of it."""
    connection.executemany(INSERT_CALL, keyed(rows.api_calls, keys.sessions))
    connection.executemany(INSERT_POINT, keyed(rows.metric_points, keys.sessions))
