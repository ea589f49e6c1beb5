"""Databases of their own beside the facts: damage to one never hurts the other. How they are made, and opened."""

import os
import sqlite3

from store import header, schema
from store import home as homes
from store.database import connect_reader, connect_writer, is_current
from store.errors import Damaged, FleetmeterError
from store.home import StrPath
from store.light import NamedTuple


class Separate(NamedTuple):
    """One such file. remedy: what its owner may do when it is damaged, after it was moved away."""

    name: str
    application_id: int
    folder: str
    checkpoint_pages: int
    remedy: str
    gives_space_back: bool = False

    def path(self, home: StrPath) -> str:
        return os.path.join(home, self.name)

    def exists(self, home: StrPath) -> bool:
        return os.path.lexists(self.path(home))

    def open_writer(self, home: StrPath) -> sqlite3.Connection:
        """Open it to write, made or migrated first if need be. Whoever does holds its lock."""
        path = self.path(home)
        if not self.exists(home):
            self._create(home)
        self._check(path)
        homes.close_to_others(home)
        connection = connect_writer(path, self.checkpoint_pages)
        try:
            if not is_current(connection, self.folder):
                from store.migrate import apply

                apply(connection, self.folder)
        except BaseException:
            connection.close()
            raise
        return connection

    def open_reader(self, home: StrPath) -> sqlite3.Connection | None:
        """Open it to read; None where there is none yet."""
        if not self.exists(home):
            return None
        self._check(self.path(home))
        return connect_reader(self.path(home))

    def _check(self, path: str) -> None:
        try:
            header.check(path, schema.newest(self.folder), self.application_id)
        except Damaged as error:
            hint = f"move {self.name}, {self.name}-wal and {self.name}-shm away together: {self.remedy}"
            raise FleetmeterError(error.args[0], hint=hint) from error

    def _create(self, home: StrPath) -> None:
        from store.migrate import apply  # sqlite-utils takes a while to import

        path = self.path(home)
        new = path + ".new"
        for leftover in (new, new + "-wal", new + "-shm", new + "-journal", path + "-wal", path + "-shm"):
            if os.path.lexists(leftover):
                os.unlink(leftover)
        # -wal and -shm copy the mode of the main file, so that must be right before SQLite opens it.
        os.close(homes.create_private(new))
        if self.gives_space_back:
            connection = sqlite3.connect(header.uri(new, "mode=rw"), uri=True, isolation_level=None)
            try:
                connection.execute("pragma auto_vacuum = incremental")
                connection.execute("vacuum")
            finally:
                connection.close()
        connection = connect_writer(new, self.checkpoint_pages)
        try:
            connection.execute(f"pragma application_id = {self.application_id:d}")
            apply(connection, self.folder)
            connection.execute("pragma wal_checkpoint(truncate)").fetchall()
        finally:
            connection.close()
        os.rename(new, path)
        homes.sync_folder(home)
