"""What a batch says of places: the folders of its sessions, the branches seen there, the worktrees made."""

import sqlite3

from store.batch import Rows
from store.facts import Session
from store.places import refold

CWD = Session.__struct_fields__.index("cwd")
DEVICE = "select device_id from account where account_id = ?"


def fold_places(connection: sqlite3.Connection, rows: Rows) -> None:
    """Add what the batch says of places, and fold them anew if it said anything new."""
    cwds: set[str] = {row[CWD] for row in rows.sessions if row[CWD]}
    cwds |= {cwd for cwd, _ in rows.branches} | {path for path, _ in rows.worktrees}
    if not cwds:
        return
    device_id: int = connection.execute(DEVICE, (rows.account_id,)).fetchone()[0]
    before = connection.total_changes
    connection.executemany(
        "insert or ignore into place (device_id, cwd, project) values (?, ?, ?)", [(device_id, c, c) for c in cwds]
    )
    connection.executemany(
        """
        update place set worktree_of = ?
        where device_id = ? and cwd = ? and (worktree_of is null or worktree_of > ?)
        """,
        [(original, device_id, path, original) for path, original in rows.worktrees],
    )
    connection.executemany(
        """
        insert or ignore into place_branch (place_id, branch)
        select place_id, ? from place where device_id = ? and cwd = ?
        """,
        [(branch, device_id, cwd) for cwd, branch in rows.branches],
    )
    if connection.total_changes != before:
        refold(connection, device_id)
