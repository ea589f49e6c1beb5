"""Where the archive is, how it is made and opened. It is a database of its own: damage to it never hurts the facts."""

import os
import sqlite3

from store import header, schema
from store.database import path_in
from store.home import StrPath
from store.separate import Separate

NAME = "fleetmeter-archive.db"
LOCK = "fleetmeter.archive.lock"
FOLDER = os.path.join(schema.FOLDER, "archive")
ARCHIVE = Separate(
    NAME,
    0x666C6D61,  # "flma"
    FOLDER,
    2000,
    "what is still on disk is then archived anew",
    gives_space_back=True,  # of what a limit drops
)


def archive_path(home: StrPath) -> str:
    return ARCHIVE.path(home)


def exists(home: StrPath) -> bool:
    """Whether anything was ever archived here."""
    return ARCHIVE.exists(home)


def open_archive(home: StrPath) -> sqlite3.Connection:
    """Open it to write, made or migrated first if need be. Whoever does holds the archive's lock."""
    return ARCHIVE.open_writer(home)


def read_archive(home: StrPath) -> sqlite3.Connection | None:
    """Open it to read; None where there is none yet."""
    return ARCHIVE.open_reader(home)


def attach_store(connection: sqlite3.Connection, home: StrPath) -> None:
    """The recorded facts beside the archive, to read only, under the name of `store`."""
    connection.execute("attach database ? as store", (header.uri(path_in(home), "mode=ro"),))
