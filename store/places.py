"""Projects are repositories: the folders that sessions ran in, folded by what the records themselves say of git.

A worktree folds into the folder it was made from; a subfolder into a folder above it that sessions ran in too, when
both were seen on a branch of the same name. Folding looks at all places together, so the order of seeing them does
not matter. No folder is looked at on disk: it may be gone, or on another machine. What the user calls a project is
laid over it.
"""

import os
import sqlite3
from collections.abc import Mapping


def set_aliases(connection: sqlite3.Connection, device_id: int, aliases: Mapping[str, str]) -> None:
    """Follow the user's names for projects, if they changed."""
    known = dict(connection.execute("select project, name from alias").fetchall())
    if known == aliases:
        return
    connection.execute("delete from alias")
    connection.executemany("insert into alias (project, name) values (?, ?)", aliases.items())
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
    aliases = dict(connection.execute("select project, name from alias").fetchall())
    changed: set[tuple[str, int]] = set()
    for place_id, cwd, _, old, _ in rows:
        folder = fold(cwd, branches, made_from)
        project = aliases.get(folder) or aliases.get(os.path.basename(folder)) or folder
        if project != old:
            changed.add((project, place_id))
    connection.executemany("update place set project = ? where place_id = ?", changed)


def fold(cwd: str, branches: dict[str, set[str]], made_from: dict[str, str]) -> str:
    """The repository that a folder belongs to, as far as the places tell."""
    followed: set[str] = set()
    while made := _made_from(cwd, made_from, followed):
        cwd = made
    mine = branches.get(cwd, set())
    highest = cwd
    for above in _above(cwd):
        if mine & branches.get(above, set()):
            highest = above
    return highest


def _made_from(cwd: str, made_from: dict[str, str], followed: set[str]) -> str | None:
    """The folder that a worktree was made from, of this folder or one above it; each is followed once."""
    for place in (cwd, *_above(cwd)):
        source = made_from.get(place)
        if source is not None and place not in followed and source != place and not source.startswith(place + "/"):
            followed.add(place)
            return source
    return None


def _above(folder: str) -> list[str]:
    """The folders above one, the nearest first."""
    parts = folder.rstrip("/").split("/")
    return ["/".join(parts[:count]) for count in range(len(parts) - 1, 1, -1)]
