"""Folders fold into repositories, but never into the user's home or above it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import pytest

from store import places
from store.database import open_writer, transaction
from store.places import fold, refold

HOME = "/src"
BRANCHES = {
    "/": {"main"},
    "/src": {"main"},
    "/src/app": {"main", "next"},
    "/src/app/web": {"main"},
    "/src/app/web/deep": {"next"},
    "/src/other": {"main"},
    "/srv/app": {"main"},
    "/srv/app/web": {"main"},
}


@pytest.mark.parametrize(
    ("cwd", "project"),
    [
        ("/src/app/web", "/src/app"),
        ("/src/app/web/deep", "/src/app"),
        ("/src/app", "/src/app"),
        ("/src/other", "/src/other"),
        ("/src", "/src"),
        ("/", "/"),
        ("/srv/app/web", "/srv/app"),
    ],
)
def test_a_shared_branch_folds_as_far_as_below_the_home(cwd: str, project: str) -> None:
    assert fold(cwd, BRANCHES, {}, HOME) == project
    assert fold(cwd, BRANCHES, {}, HOME + "/") == project


def test_without_a_home_above_them_folders_fold_as_far_as_they_share_a_branch() -> None:
    assert fold("/src/app/web", BRANCHES, {}, "/home/me") == "/src"
    assert fold("/src/app/web", BRANCHES, {}, "/") == "/src"


@pytest.mark.parametrize(
    ("made_from", "project"),
    [
        ({"/src/tree": "/src/app"}, "/src/app"),
        ({"/src/tree": "/src"}, "/src/tree"),
        ({"/src/tree": "/"}, "/src/tree"),
        ({"/src/tree": "/srv/tree", "/srv/tree": "/src"}, "/srv/tree"),
        # A home that is itself a worktree takes nothing below it along.
        ({"/src": "/srv/dotfiles"}, "/src/tree"),
    ],
)
def test_a_chain_of_worktrees_ends_below_the_home(made_from: dict[str, str], project: str) -> None:
    assert fold("/src/tree", {}, made_from, HOME) == project


@pytest.fixture
def connection(home: Path) -> Iterator[Connection]:
    """A device with two hundred folders below one repository, on three branches each, and one alias."""
    with closing(open_writer(home)) as connection:
        with transaction(connection):
            connection.execute("insert into device values (1, 'd', 'd')")
            cwds = ["/src/app", *(f"/src/app/{number}" for number in range(200))]
            connection.executemany(
                "insert into place (place_id, device_id, cwd, project) values (?, 1, ?, ?)",
                [(number, cwd, cwd) for number, cwd in enumerate(cwds)],
            )
            connection.executemany(
                "insert into place_branch values (?, ?)",
                [(number, branch) for number in range(len(cwds)) for branch in ("main", "next", "fix")],
            )
            connection.execute("insert into alias values ('app', 'The App')")
        yield connection


def test_every_place_is_folded_once(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    folded: list[str] = []

    def counted(cwd: str, *others: Any) -> str:
        folded.append(cwd)
        return fold(cwd, *others)

    monkeypatch.setattr(places, "fold", counted)
    refold(connection, 1)
    assert len(folded) == len(set(folded)) == 201
    assert connection.execute("select project, count(*) from place group by 1").fetchall() == [("The App", 201)]
