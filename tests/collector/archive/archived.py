"""Archive what was recorded, and look at what is kept."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from collector.archive.archiving import Archived, archive_all
from store import archive, kept
from store.config import Archiving
from store.kept import Kept


def keep(home: Path, config: Archiving | None = None) -> Archived:
    """One round, to its end."""
    return archive_all(str(home), config or Archiving())


def asked(home: Path, query: str, parameters: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
    """What a query finds in the archive."""
    with closing(sqlite3.connect(home / archive.NAME)) as connection:
        return connection.execute(query, parameters).fetchall()


def change(home: Path, statement: str, parameters: tuple[object, ...] = ()) -> None:
    """Damage it as told."""
    with closing(sqlite3.connect(home / archive.NAME)) as connection:
        connection.execute(statement, parameters)
        connection.commit()


def files(home: Path) -> dict[bytes, tuple[Kept, bytes]]:
    """Every file that is kept, by path, with its bytes."""
    connection = archive.read_archive(home)
    assert connection is not None
    with closing(connection):
        rows = [Kept(*row) for row in connection.execute(kept.KEPT + "where not is_dropped")]
        return {one.raw_path: (one, b"".join(kept.content(connection, one))) for one in rows}


def check_kept(home: Path, project: Path) -> None:
    """Everything below a folder that was read is kept, byte for byte."""
    found = files(home)
    for path in sorted(project.rglob("*")):
        if path.is_file() and path.stat().st_size:
            assert found[os.fsencode(path)][1] == path.read_bytes(), path


def check_prefix(home: Path) -> None:
    """What is kept is never more than what is recorded, and is what stands in the files."""
    with closing(sqlite3.connect(home / "fleetmeter.db")) as connection:
        cursors = dict(connection.execute("select generation_id, cursor from generation").fetchall())
    for raw_path, (one, content) in files(home).items():
        assert one.length == len(content)
        if one.generation_id is not None:
            assert one.covers <= cursors[one.generation_id]
        assert Path(os.fsdecode(raw_path)).read_bytes()[: len(content)] == content
