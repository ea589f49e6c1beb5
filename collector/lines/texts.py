"""What was said in a session, whole: the database keeps the beginning of each text, the lines have all of it."""

import sqlite3
from contextlib import closing

from collector.archive.replay import Missing, content, lines
from collector.lines.text import TEXTS
from collector.lines.understand import Understood, understand
from collector.sources import all_sources
from store import archive
from store.advance import known_now
from store.batch import Batch
from store.belongs import sources_of
from store.database import open_reader
from store.sources import Known

WHOLE = 1 << 30

Texts = dict[tuple[str, int], str]
"""By the id of a prompt or a message, and the block of it."""


def texts(home: str, session_keys: list[int]) -> Texts:
    """The texts of all files of a session that can still be read, of the file or of the archive."""
    connection = archive.read_archive(home)
    token = TEXTS.set(WHOLE)
    try:
        with closing(open_reader(home)) as store:
            agents = dict(store.execute("select account_id, agent from account").fetchall())
            found: Texts = {}
            for known in known_now(store, sources_of(store, session_keys)):
                found |= _of_file(known, agents[known.account_id], connection)
            return found
    finally:
        TEXTS.reset(token)
        if connection is not None:
            connection.close()


def _of_file(known: Known, agent: str, connection: sqlite3.Connection | None) -> Texts:
    source = next((source for source in all_sources() if source.agent == agent), None)
    if source is None or source.is_whole(known.kind):
        return {}
    path = known.raw_path.decode("utf-8", "backslashreplace")
    reader = source.lines(known.kind, path, known.generation_id, b"", lambda _: ())
    found: Texts = {}
    try:
        for place, some in lines(content(known, connection)):
            batch = Batch(agent, known.account_id)
            batch.paths[known.generation_id] = known.raw_path
            understand(reader, some, place, batch, Understood(known.generation_id))
            found |= {(prompt.prompt_id, 0): prompt.text for prompt in batch.prompts}
            found |= {(message.uuid, message.block): message.text for message in batch.messages if message.text}
    except Missing:
        pass
    return found
