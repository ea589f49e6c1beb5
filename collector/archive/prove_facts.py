"""Proves the facts: they are made anew in a copy of the database, and both are compared, row by row."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing

from collector.archive.rebuild import Rebuild
from store import removal
from store.database import NAME, connect_writer, path_in, transaction
from store.errors import FleetmeterError
from store.header import uri
from store.schema import views

PREFIX = "verifying-"
OF_THE_ACCOUNT = ("limit_reading", "limit_level", "summary")
"""Facts that belong to no session: in the copy they are taken out first, and all told anew."""
OURS = ("run_key", "prompt_key", "message_key", "response_key", "tool_call_key")
ALWAYS = ("record", "reject", "session")
# A fact that several files tell alike names one of them; which, depends on what was read first.
ANY_FILE = "generation_id"
STRANGERS = """
select count(*)
from kept.{0}
where (session_key, generation_id) not in (select session_key, generation_id from kept.session_file)
"""

Said = tuple[str, str]


def prove_facts(home: str) -> tuple[list[Said], int]:
    """What is not as its lines tell it, and of how many files that cannot be said: they are gone and not archived."""
    for name in os.listdir(home):  # of somebody who was killed
        if name.startswith(PREFIX):
            shutil.rmtree(os.path.join(home, name), ignore_errors=True)
    folder = tempfile.mkdtemp(prefix=PREFIX, dir=home)
    try:
        return _proven(home, os.path.join(folder, NAME))
    except (sqlite3.Error, FleetmeterError, ValueError, OverflowError) as error:
        return [(NAME, f"its facts cannot be made anew: {error}")], 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _proven(home: str, path: str) -> tuple[list[Said], int]:
    with closing(sqlite3.connect(uri(path_in(home), "mode=ro"), uri=True, isolation_level=None)) as store:
        store.execute("vacuum into ?", (path,))
    with closing(connect_writer(path, 1000)) as copy:
        left = _make(copy, home)
        copy.execute("attach database ? as kept", (uri(path_in(home), "mode=ro"),))
        skipped = {"limits"} if left or _is_pruned(copy) else set[str]()
        return list(_differences(copy, skipped)), left


def _make(copy: sqlite3.Connection, home: str) -> int:
    with closing(Rebuild(copy, home, is_forced=True)) as everything:
        left = {part.known.source_id for part in everything.lost()}
        if not left and not _is_pruned(copy):
            with transaction(copy):
                for table in OF_THE_ACCOUNT:
                    copy.execute(f"delete from {table}")  # noqa: S608 - a name of ours
        while everything.waiting:
            everything.step()
    return len(left)


def _is_pruned(copy: sqlite3.Connection) -> bool:
    """Whether lines were deleted here: what they told of the account stays, and nobody can tell it again."""
    return copy.execute("select 1 from pruned_source").fetchone() is not None


def _differences(copy: sqlite3.Connection, skipped: set[str]) -> Iterator[Said]:
    for table in (*ALWAYS, *removal.tables(copy)):
        columns = [row[0] for row in copy.execute("select name from pragma_table_info(?)", (table,)).fetchall()]
        is_any = {"session_key", ANY_FILE} < set(columns) and "byte_offset" not in columns
        skipped_columns = {*OURS, ANY_FILE} if is_any else set(OURS)
        yield from _compared(copy, table, ", ".join(name for name in columns if name not in skipped_columns))
        if is_any and (strange := copy.execute(STRANGERS.format(table)).fetchone()[0]):
            yield NAME, f"{table}: {strange} rows are of files that do not tell of their sessions"
    for view in views():
        if view.name not in skipped:
            yield from _compared(copy, view.name, "*")


def _compared(copy: sqlite3.Connection, name: str, columns: str) -> Iterator[Said]:
    query = f"select {columns} from {{}}.{name}"  # noqa: S608 - a table or a view of ours
    kept, made = query.format("kept"), query.format("main")
    try:
        (wrong,) = copy.execute(f"select count(*) from ({kept} except {made})").fetchone()  # noqa: S608 - as above
        (lacking,) = copy.execute(f"select count(*) from ({made} except {kept})").fetchone()  # noqa: S608 - as above
    except sqlite3.Error as error:
        yield NAME, f"{name}: {error}"
        return
    if wrong or lacking:
        yield NAME, f"{name}: {wrong} rows are not what their lines tell, and {lacking} are missing"
