"""Write one batch: records, facts, sums and cursors in one transaction, or nothing of it."""

import sqlite3

from store.batch import Batch
from store.database import transaction
from store.settle import settle
from store.sources import Advance, advance
from store.write_events import write_events
from store.write_places import fold_places
from store.write_responses import write_responses
from store.write_sessions import write_sessions


def write(connection: sqlite3.Connection, batch: Batch, advances: list[Advance]) -> None:
    """Everything the batch says, and how far each of its files was read."""
    with transaction(connection):
        write_sessions(connection, batch)
        shared = write_responses(connection, batch)
        shared |= write_events(connection, batch)
        advance(connection, batch.agent, advances)
        settle(connection, batch, shared)
        fold_places(connection, batch)
