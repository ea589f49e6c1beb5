"""Takes the steps that a database has not taken yet, and renews the views. A killed migration leaves old or new."""

import sqlite3
import time

from sqlite_utils import Database, Migrations

from store import lock, schema
from store.backup import back_up
from store.database import is_current, transaction, user_version
from store.errors import FleetmeterError
from store.home import StrPath

SET = "fleetmeter"
WAIT_S = 60.0


def migrate(connection: sqlite3.Connection, home: StrPath, folder: StrPath) -> None:
    """Bring a database that holds data up to date, a verified backup first."""
    with lock.hold(home, "migrating the database", name=lock.CREATOR, wait_s=WAIT_S):
        version, newest = user_version(connection), schema.newest(folder)
        if version < newest:
            back_up(connection, home, f"before-{version}-to-{newest}", time.time())
        apply(connection, folder)


def apply(connection: sqlite3.Connection, folder: StrPath) -> None:
    """Take all pending steps; the caller holds the lock of creation."""
    pending = [step for step in schema.steps(folder) if step.number > user_version(connection)]
    views = schema.views(folder)
    for step in pending:
        with transaction(connection):
            # A view that names a table which the step renames would make the step fail.
            _drop_views(connection)
            _take(connection, step)
            # In the last step's own transaction: there is no instant with new tables and old views.
            if step is pending[-1]:
                _create_views(connection, views)
    if not is_current(connection, folder):
        with transaction(connection):
            _drop_views(connection)
            _create_views(connection, views)


def _take(connection: sqlite3.Connection, step: schema.Step) -> None:
    # One set of one step: sqlite-utils begins its transactions deferred, and ours, around it, is immediate.
    migrations = Migrations(SET)

    @migrations(name=step.name)
    def run(_: Database) -> None:  # pyright: ignore[reportUnusedFunction] - the decorator keeps it
        for statement in step.statements():  # its own executescript tries each prefix of a script, which takes a while
            connection.execute(statement)

    try:
        migrations.apply(Database(connection, recursive_triggers=False, execute_plugins=False))
        connection.execute(f"pragma user_version = {step.number:d}")
    except sqlite3.Error as error:
        raise FleetmeterError(
            f"the migration {step.name} failed: {error}",
            hint="the database is as it was before this step; please report this",
        ) from error


def _drop_views(connection: sqlite3.Connection) -> None:
    for (name,) in connection.execute("select name from sqlite_master where type = 'view'").fetchall():
        connection.execute(f'drop view "{name}"')


def _create_views(connection: sqlite3.Connection, views: list[schema.View]) -> None:
    for view in views:
        connection.execute(view.sql)
    connection.execute("create table if not exists meta (name text primary key, value text) strict, without rowid")
    connection.execute(
        "insert into meta (name, value) values ('views', :value)"
        " on conflict (name) do update set value = excluded.value",
        {"value": schema.fingerprint(views)},
    )
