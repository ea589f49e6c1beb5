"""S6: a damaged database is found out, put aside whole and made anew; nothing of it is overwritten."""

import os
import random
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from collector.daemon.care import Care
from store import aside, check
from store import backup as backups
from store.config import Config
from store.database import NAME, open_reader, open_writer
from store.errors import Damaged, FleetmeterError
from store.rescue import replace_damaged
from tests.collector.claude_tree import Growth, lay_tree
from tests.collector.recorded import Rows, check_same, record, rows, views

PAGE = 4096
LOG = f"{NAME}-wal"

Damage = Callable[[Path, random.Random], None]


def flip(home: Path, choose: random.Random) -> None:
    """Turn one bit over."""
    with (home / NAME).open("r+b") as file:
        place = choose.randrange((home / NAME).stat().st_size)
        byte = os.pread(file.fileno(), 1, place)[0]
        os.pwrite(file.fileno(), bytes((byte ^ 1 << choose.randrange(8),)), place)


def blank(home: Path, choose: random.Random) -> None:
    """Zeros in the place of a page."""
    with (home / NAME).open("r+b") as file:
        os.pwrite(file.fileno(), bytes(PAGE), choose.randrange((home / NAME).stat().st_size // PAGE) * PAGE)


def swap(home: Path, choose: random.Random) -> None:
    """Two pages, each in the place of the other."""
    pages = (home / NAME).stat().st_size // PAGE
    one, other = choose.sample(range(1, pages), 2)
    with (home / NAME).open("r+b") as file:
        first, second = (os.pread(file.fileno(), PAGE, number * PAGE) for number in (one, other))
        os.pwrite(file.fileno(), first, other * PAGE)
        os.pwrite(file.fileno(), second, one * PAGE)


def cut(home: Path, choose: random.Random) -> None:
    os.truncate(home / NAME, choose.randrange(1, (home / NAME).stat().st_size))


def empty(home: Path, _choose: random.Random) -> None:
    os.truncate(home / NAME, 0)


def write_over(home: Path, choose: random.Random) -> None:
    """Somebody's text, under the name of the database."""
    (home / NAME).write_text("notes of mine: " + "x" * choose.randrange(600, 9000))


def lose_log(home: Path, _choose: random.Random) -> None:
    (home / LOG).unlink(missing_ok=True)


def stale_log(home: Path, _choose: random.Random) -> None:
    """The log of another day comes back beside the database."""
    shutil.copy(home.with_name("stale-wal"), home / LOG)
    (home / f"{NAME}-shm").unlink(missing_ok=True)


DAMAGES: tuple[Damage, ...] = (flip, blank, swap, cut, empty, write_over, lose_log, stale_log)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, Rows]]:
    """A recorded home to copy, its user, and what its views say. Its last commits are only in the log."""
    tmp_path = tmp_path_factory.mktemp("whole")
    user = tmp_path / "user"
    project = user / ".claude" / "projects" / "p"
    project.mkdir(parents=True)
    growth = Growth(project, lay_tree(project, turns=3), seed=6)
    live, crashed = tmp_path / "live_home", tmp_path / "crashed_home"
    record(live, user)
    with closing(open_reader(live)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from source").fetchall()
        for step in range(4):
            growth.step()
            record(live, user)
            if step == 1:
                shutil.copy(live / LOG, tmp_path / "stale-wal")
        shutil.copytree(live, crashed)
    growth.finish()
    clean = tmp_path / "clean_home"
    record(clean, user)
    return crashed, user, views(clean)


@pytest.fixture
def user(tmp_path: Path) -> Path:
    folder = tmp_path / "user"
    (folder / ".claude" / "projects" / "p").mkdir(parents=True)
    return folder


def checked(home: Path) -> str:
    """What the collector's care finds at its start."""
    care = Care(str(home), lambda: None)
    care.tend(Config({}, {}, {}, None), is_calm=True)
    assert care._thread is not None
    care._thread.join()
    return care.found


def check_s6(whole: tuple[Path, Path, dict[str, Rows]], home: Path, damage: Damage, rounds: int) -> None:
    """Damage copies; each is found out, unless nothing is wrong in it, and after one recording all is as it was."""
    crashed, user, expected = whole
    shutil.copy(crashed.with_name("stale-wal"), home.parent)
    for number in range(rounds):
        shutil.copytree(crashed, home)
        if damage not in (lose_log, stale_log):
            open_writer(home).close()  # what lies in the log would heal the page
        damage(home, random.Random(f"{damage.__name__}-{number}"))
        before = (home / NAME).read_bytes()
        try:
            open_writer(home).close()
            found = checked(home)
            if found:
                replace_damaged(home, found)
        except (Damaged, sqlite3.DatabaseError) as error:  # at the very start; whoever records takes both for damage
            found = str(error)
        except FleetmeterError as error:
            assert "newer" in str(error)  # this bit stands for another version: it is refused, and left alone
            assert damage is flip and (home / NAME).read_bytes() == before
            shutil.rmtree(home)
            continue
        mended = record(home, user).mended
        got = views(home)
        if found or damage is not flip:
            check_same(got, expected)
        else:  # a letter of a text, which only the bytes that were read can prove wrong: S7
            assert got["usage_quarter_hours"] == expected["usage_quarter_hours"]
        asides = aside.all_aside(home)
        assert bool(found or mended) == bool(asides)
        if asides and damage in (blank, swap, cut, empty, write_over):
            assert (Path(asides[0].path) / NAME).read_bytes() == before
        shutil.rmtree(home)


@pytest.mark.promise("S6")
@pytest.mark.parametrize("damage", DAMAGES)
def test_S6_a_damaged_database_is_put_aside_and_made_anew(
    whole: tuple[Path, Path, dict[str, Rows]], home: Path, damage: Damage
) -> None:
    check_s6(whole, home, damage, 3 if damage in (flip, blank, swap, cut) else 1)


@pytest.mark.full
@pytest.mark.promise("S6")
@pytest.mark.parametrize("damage", DAMAGES)
def test_S6_a_hundred_of_each_damage(whole: tuple[Path, Path, dict[str, Rows]], home: Path, damage: Damage) -> None:
    check_s6(whole, home, damage, 100)


@pytest.mark.mutant("S6")
@pytest.mark.parametrize("damage", [blank, swap])
def test_S6_fails_for_one_that_never_looks(
    whole: tuple[Path, Path, dict[str, Rows]], home: Path, damage: Damage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.daemon.care.flaw", lambda *_: "")
    monkeypatch.setattr("store.check.is_damage", lambda _: False)
    with pytest.raises((AssertionError, sqlite3.DatabaseError)):
        check_s6(whole, home, damage, 8)


@pytest.mark.promise("S6")
def test_S6_a_number_that_was_changed_is_found_though_no_page_is_broken(
    whole: tuple[Path, Path, dict[str, Rows]], home: Path
) -> None:
    shutil.copytree(whole[0], home)
    with closing(open_writer(home)) as connection:
        assert check.flaw(connection) == ""
        connection.execute("update usage_quarter_hour set output_tokens = output_tokens + 1")
        assert check.flaw(connection).startswith(check.WRONG_SUMS)


@pytest.mark.promise("S6")
def test_S6_what_backups_hold_and_files_do_not_comes_back(home: Path, user: Path) -> None:
    project = user / ".claude" / "projects" / "p"
    lay_tree(project, turns=2)
    record(home, user)
    before = views(home)["responses"]
    with closing(open_reader(home)) as reader:
        backups.back_up(reader, home, backups.USUAL, time.time())
    shutil.rmtree(project)  # the agents clean up
    project.mkdir()
    empty(home, random.Random())
    assert "begins again with" in record(home, user).mended
    assert views(home)["responses"] == before
    assert rows(home, "select distinct state from source") == [("gone",)]


def test_a_move_that_was_cut_is_finished(whole: tuple[Path, Path, dict[str, Rows]], home: Path) -> None:
    shutil.copytree(whole[0], home)
    part = home / "aside" / "20260101T000000Z.part"
    part.mkdir(parents=True)
    (part / "reason").write_text("why")
    aside.finish(home)
    assert not part.exists() and (home / NAME).exists() and aside.all_aside(home) == []
    part.mkdir()
    (part / "reason").write_text("why")
    (home / NAME).rename(part / NAME)
    record(home, whole[1])
    (one,) = aside.all_aside(home)
    assert one.reason == "why" and one.at == "2026-01-01T00:00:00Z"
    assert sorted(os.listdir(one.path)) == sorted([NAME, LOG, f"{NAME}-shm", "reason"])


def test_the_same_wrong_sums_twice_are_a_fault_of_ours_and_only_told(
    whole: tuple[Path, Path, dict[str, Rows]], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(whole[0], home)
    words = f"{check.WRONG_SUMS} days"
    monkeypatch.setattr("collector.daemon.care.flaw", lambda *_: words)
    assert checked(home) == words
    replace_damaged(home, words)
    open_writer(home).close()
    assert checked(home) == ""
