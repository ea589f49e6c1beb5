"""The rows of an agent's database after a position, as whole lines: what a Tail is for a file of lines.

Each row becomes one line, a JSON object, and the lines count as bytes, in the order they were read in: so a record of
a row has its place and its length like any other. Where the reading stands in the database is kept beside that.

The database is the agent's. It is opened to read only; every statement is fetched to its end before a row of it is
looked at, so no reading lasts while we work; while nothing lies beside the file it is read without a lock and without
the files that SQLite would make to take one; and while its writer runs, the index that both share is only read.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import quote_from_bytes

import msgspec

from collector.files.frozen import pack_lines
from collector.files.tail import LINE_CAP, OVERSIZE_EXCERPT, Oversize, Stretch, fingerprint
from collector.files.wal import LOG, has_index, is_at_rest, seen_with_log
from collector.sources import Layout, Log, Past, RowSource, Table
from store.sources import Known, Seen, seen_of

BUSY_S = 0.25
BATCH_ROWS = 256
BATCH_BYTES = 4 << 20
TABLE_ROWS = 32  # of a table whose rows change: all of them are read, however long they are
WAL_MODE = b"\2\2"  # bytes 18 and 19 of the file
WINDOW_MS = 10_000  # a change may be committed that much later than its time says
DAY_MS = 86_400_000  # a session is looked through for changes that long after its own time of change
REMEMBERED = 1000


Row = tuple[Any, ...]


class Mark(msgspec.Struct):
    """How far the changes of a table were read: up to a time, and which versions of its latest rows."""

    at: int = 0
    seen: dict[int, tuple[int, str]] = {}


class Position(msgspec.Struct):
    """Where the reading of a database stands."""

    place: int = 0
    id: str = ""
    since: int = 0
    marks: dict[str, Mark] = {}
    witnesses: list[str] = []


class Rows:
    """One database, from the position of its generation on."""

    rest = b""
    head = b""
    open_line = None
    has_more = False

    def __init__(self, source: RowSource, known: Known, past: Past) -> None:
        self.cursor = known.cursor
        self._source, self._known, self._past = source, known, past
        self._path = known.raw_path
        self._found = os.stat(self._path, follow_symlinks=False)
        self.seen: Seen = seen_with_log(self._path, self._found)
        self._position = _decoded(known.tail)
        self._is_quiet = False
        self.made: list[tuple[int, int, bytes]] = []

    @property
    def tail(self) -> bytes:
        """The position, for the next reader."""
        return msgspec.json.encode(self._position)

    def is_same(self) -> bool:
        """Whether this is still the database that was read: it holds a row of those, or a session."""
        with closing(self._connect()) as connection:
            try:
                place = self._resumed(connection, self._layout(connection))
            except sqlite3.Error as error:
                raise _trouble(error) from error
        if place is not None:
            self._position.place = place
        return place is not None

    def restart(self) -> None:
        """Read from the start, as a new generation."""
        self.cursor, self._position = 0, Position()

    def limit(self, most: int) -> None:
        """Rows come in small stretches: whoever reads them stops by itself."""

    def stretches(self) -> Iterator[Stretch]:
        """The rows with news. The cursor and the position have passed them when the next ones are asked for."""
        with closing(self._connect()) as connection:
            try:
                layout = self._layout(connection)
                newest = connection.execute(layout.newest).fetchone()[0]
                if layout.log is not None:
                    yield from self._log(connection, layout.log)
                for table in layout.tables:
                    yield from self._table(connection, table)
                self._position.since = max(self._position.since, newest if isinstance(newest, int) else 0)
                witnesses = [_text(row[0]) for row in connection.execute(layout.witnesses).fetchall()]
                self._check()
                self._position.witnesses = witnesses
            except sqlite3.Error as error:
                raise _trouble(error) from error

    # -- the log

    def _log(self, connection: sqlite3.Connection, log: Log) -> Iterator[Stretch]:
        while True:
            rows = self._some(connection, log.after, (self._position.place, BATCH_ROWS))
            if not rows.rows:
                return
            for group in _groups([(row, _line(rows.names, row)) for row in rows.rows]):
                last = group[-1][0]
                self._position.place, self._position.id = last[0], _text(last[1])
                yield self._stretch([line for _, line in group])

    def _resumed(self, connection: sqlite3.Connection, layout: Layout) -> int | None:
        """The place of the latest row of the log that was read and is still there.

        Places move when the database is packed, and those of deleted rows are given again: only ids are trusted.
        """
        position = self._position
        if layout.log is not None and position.id:
            place = _place_of(connection, layout.log, [position.id])
            if place is None:
                place = _place_of(connection, layout.log, [uuid for uuid, *_ in self._past(REMEMBERED)])
            if place is not None:
                return place
        if not position.id and not position.witnesses:
            return 0
        is_known = connection.execute(layout.known, (_json(position.witnesses),)).fetchone() is not None
        return 0 if is_known else None

    # -- tables whose rows change in place

    def _table(self, connection: sqlite3.Connection, table: Table) -> Iterator[Stretch]:
        mark = self._position.marks.setdefault(table.name, Mark())
        asked = {"since": max(0, self._position.since - DAY_MS), "at": mark.at - WINDOW_MS if mark.at else -1}
        changed = [(row[0], _number(row[1])) for row in connection.execute(table.changed, asked).fetchall()]
        for start in range(0, len(changed), TABLE_ROWS):
            times = dict(changed[start : start + TABLE_ROWS])
            rows = self._some(connection, table.rows, {"places": _json(list(times))}, most=None)
            lines = sorted(((row, _line(rows.names, row)) for row in rows.rows), key=lambda item: times[item[0][0]])
            versions = {row[0]: fingerprint(line).hex()[:16] for row, line in lines}
            fresh = [item for item in lines if mark.seen.get(item[0][0], (0, ""))[1] != versions[item[0][0]]]
            for group in _groups(fresh):
                for row, _ in group:
                    mark.seen[row[0]] = (times[row[0]], versions[row[0]])
                mark.at = max(mark.at, times[group[-1][0][0]])
                mark.seen = _latest(mark)
                yield self._stretch([line for _, line in group])

    # -- reading

    def _some(
        self, connection: sqlite3.Connection, query: str, parameters: Any, most: int | None = BATCH_BYTES
    ) -> "_Found":
        """The first rows that a query finds, up to an amount of bytes. The reading has ended when they are given."""
        with closing(connection.execute(query, parameters)) as cursor:
            found, size = _Found([column[0] for column in cursor.description], []), 0
            for row in cursor:
                found.rows.append(row)
                size += len(row[-1]) if isinstance(row[-1], bytes) else 0
                if most is not None and size >= most:
                    break
        self._check()
        return found

    def _stretch(self, lines: list[bytes]) -> Stretch:
        start = self.cursor
        self.cursor += sum(map(len, lines)) + len(lines)
        self.made.append((start, self.cursor - start, pack_lines(lines)))
        if len(lines) == 1 and len(lines[0]) > LINE_CAP:
            long = Oversize(len(lines[0]), fingerprint(lines[0]), lines[0][:OVERSIZE_EXCERPT])
            return Stretch(start, [], long)
        return Stretch(start, lines, None)

    def _layout(self, connection: sqlite3.Connection) -> Layout:
        rows = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        try:
            return self._source.layout(frozenset(_text(row[0]) for row in rows))
        except ValueError as error:
            raise OSError(str(error)) from error

    def _connect(self) -> sqlite3.Connection:
        """To read only, and to wait for no writer. A database at rest needs no lock: it is checked after each read."""
        with open(self._path, "rb") as file:
            mode = file.read(20)[18:]
        self._is_quiet = mode == WAL_MODE and is_at_rest(self._path)
        try:
            if not self._is_quiet and mode == WAL_MODE and not has_index(self._path):
                return self._copied()
            return _opened(self._path, "immutable=1" if self._is_quiet else "readonly_shm=1")
        except sqlite3.Error as error:
            raise _trouble(error) from error

    def _copied(self) -> sqlite3.Connection:
        """A log without its index, as a backup may hold it: SQLite would make one there, so a copy is read."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(os.fsencode(folder), b"copy")
            for ending in (b"", LOG):
                shutil.copyfile(self._path + ending, path + ending, follow_symlinks=False)
            if seen_with_log(self._path, os.stat(self._path, follow_symlinks=False)) != self.seen:
                raise OSError("it was changed while it was read")
            return _opened(path, "", "select count(*) from sqlite_master")  # from here on it needs no names

    def _check(self) -> None:
        """A database that was at rest and is not any more: what was just read of it may be torn."""
        if self._is_quiet:
            now = os.stat(self._path, follow_symlinks=False)
            if seen_of(now) != seen_of(self._found) or not is_at_rest(self._path):
                raise OSError("it was changed while it was read")


class _Found(NamedTuple):
    """Rows, and the names of their columns: the place of a row comes first, its data last."""

    names: list[str]
    rows: list[Row]


def _groups(items: list[tuple[Row, bytes]]) -> Iterator[list[tuple[Row, bytes]]]:
    """Rows in their order; one above the cap is a group of its own."""
    for is_long, group in groupby(items, key=lambda item: len(item[1]) > LINE_CAP):
        if is_long:
            yield from ([item] for item in group)
        else:
            yield list(group)


def _line(names: list[str], row: Row) -> bytes:
    """A row as one line of JSON; its data, which is JSON already, stays as it is."""
    said = {
        name: _text(value) if isinstance(value, bytes) else value
        for name, value in zip(names[1:-1], row[1:-1], strict=True)
        if value is not None
    }
    data = row[-1]
    if not isinstance(data, bytes):
        data = msgspec.json.encode(data)
    return msgspec.json.encode(said)[:-1] + (b',"data":' if said else b'"data":') + data.replace(b"\n", b" ") + b"}"


def _opened(path: bytes, how: str, *more: str) -> sqlite3.Connection:
    uri = f"file:{quote_from_bytes(path)}?mode=ro&{how}"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_S, isolation_level=None)
    try:
        connection.text_factory = bytes
        for statement in ("pragma trusted_schema = off", "pragma temp_store = memory", *more):
            connection.execute(statement).fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def _place_of(connection: sqlite3.Connection, log: Log, ids: list[str]) -> int | None:
    row = connection.execute(log.last, (_json(ids),)).fetchone()
    return row[0] if row else None


def _latest(mark: Mark) -> dict[int, tuple[int, str]]:
    recent = [(at, place, version) for place, (at, version) in mark.seen.items() if at >= mark.at - WINDOW_MS]
    return {place: (at, version) for at, place, version in sorted(recent)[-REMEMBERED:]}


def _decoded(tail: bytes) -> Position:
    try:
        return msgspec.json.decode(tail, type=Position) if tail else Position()
    except (msgspec.DecodeError, ValueError):
        return Position()


def _json(values: list[Any]) -> str:
    return msgspec.json.encode(values).decode()


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _trouble(error: sqlite3.Error) -> OSError:
    return OSError(f"the database cannot be read: {error}")
