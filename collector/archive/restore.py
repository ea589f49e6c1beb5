"""Writes what was deleted back, byte for byte: a session's transcripts and what lay beside them.

The only hand of ours that ever writes into an agent's folder; never over anything, and only when a person says so.
"""

import os
import secrets
import sqlite3
from contextlib import closing, suppress
from typing import NamedTuple

from store import archive, kept
from store.belongs import Empty, adopt, empty_of
from store.blocks import Damaged
from store.database import open_reader, transaction
from store.errors import FleetmeterError
from store.home import StrPath
from store.kept import FROZEN, LINES, ROWS, WHOLE, Kept
from store.lock import Waiting
from store.sources import seen_of


class Restored(NamedTuple):
    """One file. state: written, or would be; there (something of that name is); in parts, damaged, or a database's."""

    path: str
    bytes: int
    state: str


class Plan(NamedTuple):
    """A file, and where it goes."""

    kept: Kept
    path: bytes
    cursor: int


def restore(
    home: str, source_ids: list[int], to: str | None, *, is_dry: bool, waiting: Waiting | None = None
) -> list[Restored]:
    """Write these files back to their places, or below a folder, with what lay beside them."""
    if to is None and not is_dry:
        from collector.daemon.errands import do

        return [Restored(*one) for one in do(home, "restore", source_ids, waiting)]
    with closing(_archive(home)) as connection, closing(open_reader(home)) as store:
        return [_one(connection, None, plan, is_dry=is_dry) for plan in _plans(store, connection, source_ids, to)]


def write_back(home: StrPath, writer: sqlite3.Connection, source_ids: list[int]) -> list[Restored]:
    """To their places; whoever calls holds the writer's lock."""
    with closing(_archive(home)) as connection:
        return [_one(connection, writer, plan, is_dry=False) for plan in _plans(writer, connection, source_ids, None)]


def _archive(home: StrPath) -> sqlite3.Connection:
    connection = archive.read_archive(home)
    if connection is None:
        raise FleetmeterError(
            "nothing is archived yet", hint="`fleetmeter collect --once` archives what is still on disk"
        )
    return connection


def _plans(
    store: sqlite3.Connection, connection: sqlite3.Connection, source_ids: list[int], to: str | None
) -> list[Plan]:
    current = {
        row[0]: row[1:]
        for row in store.execute(
            "select s.generation_id, s.raw_path, g.cursor from source as s join generation as g using (generation_id)"
            " where s.source_id in (select value from json_each(?))",
            (str(source_ids),),
        )
    }
    plans: list[Plan] = []
    empty = [_nothing(one) for one in empty_of(store, source_ids)]
    for one in [*kept.of_sources(connection, source_ids), *empty]:
        if one.is_dropped or (one.generation_id is not None and one.generation_id not in current):
            continue  # given up, or superseded
        raw_path, cursor = current[one.generation_id] if one.generation_id is not None else (one.raw_path, 0)
        path = raw_path if to is None else os.path.join(os.path.abspath(os.fsencode(to)), _below(one.root, raw_path))
        plans.append(Plan(one, path + (b".rows.jsonl" if one.form == ROWS else b""), cursor))
    return sorted(plans, key=lambda plan: plan.path)


def _nothing(one: Empty) -> Kept:
    """An empty file: there is nothing of it that an archive could keep."""
    return Kept(0, *one[:-1], LINES, 0, 0, b"", None, one.mtime_ns, 0, "")


def _below(root: str, raw_path: bytes) -> bytes:
    top = os.fsencode(root) + b"/"
    return raw_path[len(top) :] if raw_path.startswith(top) else raw_path.lstrip(b"/")


def _one(
    connection: sqlite3.Connection, writer: sqlite3.Connection | None, plan: Plan, *, is_dry: bool
) -> Restored:  # fmt: skip
    one = plan.kept
    shown = plan.path.decode("utf-8", "backslashreplace")
    if one.form == ROWS and writer is not None:
        return Restored(shown, one.length, "a database's")
    if os.path.lexists(plan.path):
        return Restored(shown, one.length, "there")
    is_part = one.form == LINES and one.covers < plan.cursor
    if is_dry:
        return Restored(shown, one.length, "in parts" if is_part else "would be written")
    try:
        _write(connection, writer if one.generation_id is not None and not is_part else None, plan)
    except Damaged:
        return Restored(shown, one.length, "damaged")
    except FileExistsError:
        return Restored(shown, one.length, "there")
    return Restored(shown, one.length, "in parts" if is_part else "written")


def _write(connection: sqlite3.Connection, writer: sqlite3.Connection | None, plan: Plan) -> None:
    """Under another name first: its own never stands for a part of it, and nothing that is there is replaced."""
    folder = os.path.dirname(plan.path)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    new = os.path.join(folder, f".fleetmeter-{secrets.token_hex(8)}".encode())
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        for plain in kept.content(connection, plan.kept):
            _all(descriptor, plain)
        os.fchmod(descriptor, 0o600)
        os.fsync(descriptor)
        if plan.kept.mtime_ns is not None:
            os.utime(descriptor, ns=(plan.kept.mtime_ns, plan.kept.mtime_ns))
        seen = seen_of(os.fstat(descriptor))
        if writer is not None and plan.kept.source_id is not None and plan.kept.form in (LINES, WHOLE, FROZEN):
            with transaction(writer):
                adopt(writer, plan.kept.source_id, seen)
        os.link(new, plan.path, follow_symlinks=False)
    finally:
        os.close(descriptor)
        with suppress(FileNotFoundError):
            os.unlink(new)


def _all(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
