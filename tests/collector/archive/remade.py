"""Sources whose versions rise, and what must be the same before and after."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from collector.archive.prove import prove
from collector.sources import all_sources
from tests.collector.archive.archived import keep
from tests.collector.recorded import check_same, record, rows, views

GONE = {"sources": {"state", "reason", "read_at"}}


def raise_versions(monkeypatch: pytest.MonkeyPatch, to: int = 2) -> None:
    """Every agent's facts are to be made anew."""
    for source in all_sources():
        monkeypatch.setattr(type(source), "version", to)


def delete_all(user: Path) -> None:
    """Whatever agents wrote."""
    for path in user.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def check_all_made(home: Path, version: int = 2) -> None:
    old = "select path, kind from source join generation using (source_id) where made_by <> ? and cursor > 0"
    assert rows(home, old, (version,)) == []


def check_remade(
    home: Path, user: Path, monkeypatch: pytest.MonkeyPatch, environ: Mapping[str, str] | None = None
) -> None:
    """Recorded, archived and deleted: when every version rises, all is made anew, and is as it was."""
    record(home, user, environ)
    keep(home)
    before = views(home, without=GONE)
    delete_all(user)
    record(home, user, environ)
    check_same(views(home, without=GONE), before)
    raise_versions(monkeypatch)
    record(home, user, environ)
    check_same(views(home, without=GONE), before)
    check_all_made(home)
    assert [one for one in prove(str(home)).findings] == []
