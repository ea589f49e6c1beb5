"""Projects are repositories: the folders that sessions ran in, folded by what the records themselves say of git.

A worktree folds into the folder it was made from; a subfolder into a folder above it that sessions ran in too, when
both were seen on a branch of the same name. Folding looks at all places together, so the order of seeing them does
not matter. No folder is looked at on disk: it may be gone, or on another machine.
"""

import sqlite3

from store.batch import Rows
from store.facts import Session

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


def refold(connection: sqlite3.Connection, device_id: int) -> None:
    """Give every place of a device its project."""
    rows = connection.execute(
        """
        select p.place_id, p.cwd, p.worktree_of, p.project, b.branch
        from place as p
        left join place_branch as b using (place_id)
        where p.device_id = ?
        """,
        (device_id,),
    ).fetchall()
    branches: dict[str, set[str]] = {}
    made_from: dict[str, str] = {}
    for _, cwd, worktree_of, _, branch in rows:
        branches.setdefault(cwd, set())
        if branch:
            branches[cwd].add(branch)
        if worktree_of:
            made_from[cwd] = worktree_of
    changed = {
        (project, place_id) for place_id, cwd, _, old, _ in rows if (project := fold(cwd, branches, made_from)) != old
    }
    connection.executemany("update place set project = ? where place_id = ?", changed)


def fold(cwd: str, branches: dict[str, set[str]], made_from: dict[str, str]) -> str:
    """The repository that a folder belongs to, as far as the places tell."""
    for place in (cwd, *_above(cwd)):
        if place in made_from and made_from[place] != place and not made_from[place].startswith(place + "/"):
            return fold(made_from[place], branches, {**made_from, place: place})
    mine = branches.get(cwd, set())
    highest = cwd
    for above in _above(cwd):
        if mine & branches.get(above, set()):
            highest = above
    return highest


def _above(folder: str) -> list[str]:
    """The folders above one, the nearest first."""
    parts = folder.rstrip("/").split("/")
    return ["/".join(parts[:count]) for count in range(len(parts) - 1, 1, -1)]
