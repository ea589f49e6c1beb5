"""Write one portion: records, facts, sums and cursors, all inside one transaction of the caller's."""

import sqlite3
from types import NoneType

from msgspec import Struct

from store.advance import Advance, Trouble, advance, note
from store.batch import Rows
from store.costs import price
from store.pruned import without_deleted
from store.settle import settle
from store.settle_sums import settle_sums
from store.settle_telemetry import settle_telemetry, split_writes
from store.write_events import write_events
from store.write_live import write_live
from store.write_places import fold_places
from store.write_responses import write_responses
from store.write_sessions import write_sessions
from store.write_telemetry import write_telemetry

# For each None and bool of a row sqlite3 looks for an adapter, and takes three times as long when there is none.
sqlite3.register_adapter(NoneType, dict[None, None]().get)
sqlite3.register_adapter(bool, int)


class Portion(Struct):
    """What is written together: what was said, how far each file was read, and which could not be."""

    rows: Rows
    advances: list[Advance]
    troubles: list[Trouble]
    bytes: int = 0

    @property
    def sources(self) -> set[int]:
        """The files it tells of."""
        return {a.source_id for a in self.advances} | {trouble.source_id for trouble in self.troubles}


def write(connection: sqlite3.Connection, portion: Portion) -> None:
    """Everything a portion says. Whoever calls has begun a transaction, and ends it."""
    rows = without_deleted(connection, portion.rows)
    keys = write_sessions(connection, rows)
    shared = write_responses(connection, rows.agent, rows.responses, keys)
    shared |= write_events(connection, rows, keys)
    write_live(connection, rows, keys)
    write_telemetry(connection, rows, keys)
    advance(connection, portion.advances)
    note(connection, portion.troubles)
    settle(connection, rows, keys.sessions, shared, portion.advances)
    settle_sums(connection, rows, keys.sessions)
    told = settle_telemetry(connection, rows, keys.sessions)
    price(connection)
    split_writes(connection, rows.agent, told)
    fold_places(connection, rows)
