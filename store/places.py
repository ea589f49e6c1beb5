"""Projects are repositories: the folders that sessions ran in, folded by what the records themselves say of git.

A worktree folds into the folder it was made from; a subfolder into a folder above it that sessions ran in too, when
both were seen on a branch of the same name. Nothing folds into the user's home folder or above it: whoever keeps the
dotfiles of a home in git has its branch seen there, and all projects lie below it. Folding looks at all places
together, so the order of seeing them does not matter. No folder is looked at on disk: it may be gone, or on another
machine. What the user calls a project is laid over it.
"""

import os
import sqlite3
from collections.abc import Mapping

DEEPEST = 64


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
    places = connection.execute(
        "select place_id, cwd, worktree_of, project from place where device_id = ?", (device_id,)
    ).fetchall()
    branches: dict[str, set[str]] = {}
    for cwd, branch in connection.execute(
        "select cwd, branch from place join place_branch using (place_id) where device_id = ?", (device_id,)
    ).fetchall():
        branches.setdefault(cwd, set()).add(branch)
    made_from = {cwd: worktree_of for _, cwd, worktree_of, _ in places if worktree_of}
    home = os.path.expanduser("~")
    aliases = dict(connection.execute("select project, name from alias").fetchall())
    changed: list[tuple[str, int]] = []
    for place_id, cwd, _, old in places:
        folder = fold(cwd, branches, made_from, home)
        project = aliases.get(folder) or aliases.get(os.path.basename(folder)) or folder
        if project != old:
            changed.append((project, place_id))
    connection.executemany("update place set project = ? where place_id = ?", changed)


def fold(cwd: str, branches: Mapping[str, set[str]], made_from: Mapping[str, str], home: str) -> str:
    """The repository that a folder belongs to, as far as the places tell."""
    followed: set[str] = set()
    while made := _made_from(cwd, made_from, followed, home):
        cwd = made
    mine = branches.get(cwd, set())
    highest = cwd
    for above in _above(cwd, home):
        if mine & branches.get(above, set()):
            highest = above
    return highest


def _made_from(cwd: str, made_from: Mapping[str, str], followed: set[str], home: str) -> str | None:
    """The folder that a worktree was made from, of this folder or one above it; each is followed once."""
    for place in (cwd, *_above(cwd, home)):
        source = made_from.get(place)
        if source is None or place in followed or source == place or source.startswith(place + "/"):
            continue
        if not _holds(source, home):
            followed.add(place)
            return source
    return None


def _above(folder: str, home: str) -> list[str]:
    """The folders above one that it may fold into, the nearest first: no more than anyone's folders are deep."""
    parts = folder.rstrip("/").split("/")
    above = ("/".join(parts[:count]) for count in range(len(parts) - 1, max(1, len(parts) - 1 - DEEPEST), -1))
    return [place for place in above if not _holds(place, home)]


def _holds(folder: str, home: str) -> bool:
    """Whether a folder is the user's home, or lies above it."""
    return f"{home.rstrip('/')}/".startswith(f"{folder.rstrip('/')}/")
