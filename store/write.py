"""Write one portion: records, facts, sums and cursors in one transaction, or nothing of it."""

import sqlite3

from msgspec import Struct

from store.advance import Advance, Trouble, advance, note
from store.batch import Rows
from store.database import transaction
from store.settle import settle
from store.settle_sums import settle_sums
from store.write_events import write_events
from store.write_places import fold_places
from store.write_responses import write_responses
from store.write_sessions import write_sessions


class Portion(Struct):
    """What one transaction writes: what was said, how far each file was read, and which could not be."""

    rows: Rows
    advances: list[Advance]
    troubles: list[Trouble]
    bytes: int = 0


def write(connection: sqlite3.Connection, portion: Portion) -> None:
    """Everything a portion says."""
    rows = portion.rows
    with transaction(connection):
        keys = write_sessions(connection, rows)
        shared = write_responses(connection, rows.agent, rows.responses, keys)
        shared |= write_events(connection, rows, keys)
        advance(connection, portion.advances)
        note(connection, portion.troubles)
        settle(connection, rows, keys.sessions, shared, portion.advances)
        settle_sums(connection, rows, keys.sessions)
        fold_places(connection, rows)
