"""A collector that is behind: it answers, its log stays short, it trusts its watches, and a long file costs no more."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from collector.daemon import guard
from collector.files import watch
from collector.files.hints import Hints
from collector.files.look import Look
from collector.lines.threads import RECENT, REMEMBERED, Threads
from collector.recording.once import standing
from collector.recording.pending import PORTION, Pending
from collector.recording.read import Job
from store.config import NOTHING
from store.database import connect_writer, open_writer
from store.sources import Known, past_records
from tests.collector.daemons import lay
from tests.collector.recorded import record, rows
from tests.collector.transcript import prompt

Told = list[tuple[str, int, int | None]]


def long_past(count: int) -> Told:
    """Records of one prompt, and of another in the middle."""
    return [(f"u{number}", number, 0 if number < count // 2 else count // 2) for number in range(count)]


class Asked:
    """A past that notes what is asked of it, and gives heads beside the latest, as the database does."""

    def __init__(self, told: Told) -> None:
        self.told, self.most = told, list[int]()

    def __call__(self, most: int) -> Told:
        self.most.append(most)
        latest = self.told[-most:]
        heads = {head for _, _, head in latest} - {place for _, place, _ in latest}
        return [*(each for each in self.told if each[1] in heads), *latest]


def test_of_a_long_file_only_the_latest_records_are_read_again() -> None:
    past = Asked(long_past(1000))
    threads = Threads(past)
    assert threads.place("next", 1000, "u999", False) == 500
    assert threads.head_id(500) == "u500"
    assert past.most == [RECENT]


def test_a_line_that_goes_on_from_far_back_finds_its_thread_all_the_same() -> None:
    past = Asked(long_past(1000))
    threads = Threads(past)
    assert threads.place("aside", 1000, "u3", False) == 0
    assert threads.head_id(0) == "u0"
    assert threads.place("lost", 1001, "nobody", False) is None
    assert past.most == [RECENT, REMEMBERED]
    assert threads.place("after", 1002, "u999", False) == 500


def test_a_short_past_is_read_once() -> None:
    past = Asked(long_past(10))
    threads = Threads(past)
    assert threads.head_of("nobody") is None
    assert threads.head_of("u9") == 5
    assert past.most == [RECENT]


def test_the_latest_records_come_with_the_heads_of_their_threads(home: Path, project: Path) -> None:
    lines = [prompt(0, uuid="first", sessionId="a")]
    for number in range(1, 40):
        line: dict[str, Any] = {"uuid": f"r{number}", "parentUuid": "first" if number == 1 else f"r{number - 1}"}
        lines.append(prompt(number, **line, sessionId="a", isMeta=True))
    (project / "a.jsonl").write_bytes(b"".join(lines))
    record(home, project.parents[2])
    with closing(sqlite3.connect(home / "fleetmeter.db")) as connection:
        found = past_records(connection, 1, 3)
    assert [uuid for uuid, *_ in found] == ["first", "r37", "r38", "r39"]
    assert {head for *_, head in found} == {0}


def test_a_file_that_is_read_bit_by_bit_over_many_records_says_the_same(home: Path, project: Path) -> None:
    path, user = project / "a.jsonl", project.parents[2]
    parents = ["", *(f"u{number}" for number in range(3 * RECENT))]
    lines = [
        prompt(n, uuid=f"u{n}", parentUuid=parents[n] or None, sessionId="a", isMeta=n % 50 != 0)
        for n in range(3 * RECENT)
    ]
    lines.append(prompt(999, uuid="aside", parentUuid="u2", sessionId="a"))  # from far back
    for start in range(0, len(lines), 48):
        with path.open("ab") as file:
            file.write(b"".join(lines[start : start + 48]))
        record(home, user)
    clean = home.with_name("clean_home")
    record(clean, user)
    query = "select prompt_id, previous_prompt_id, is_abandoned from prompts order by 1"
    assert rows(home, query) == rows(clean, query)
    heads = "select byte_offset, head from record order by 1"
    assert rows(home, heads) == rows(clean, heads)


def test_a_round_reads_no_more_of_what_grows_than_takes_a_moment() -> None:
    pending, known = Pending(), dict[bytes, Known]()
    for number in range(10):
        path = b"/%d" % number
        known[path] = Known(number, 1, path, "x", "read", None, None, 0, None, None, 1, 1, 5, b"", b"", None, b"")
        pending.add([Job("x", known[path], "", number, 3 * PORTION)], is_live=True)
    taken = [job.known.raw_path for job in pending.take_live(known, 64, 2 * PORTION)]
    assert taken == [b"/0", b"/1"]
    assert len(pending.take_live(known, 64, 1 << 40)) == 8
    assert pending.take_live(known, 64, 1 << 40) == []


def most_log(home: Path, monkeypatch: pytest.MonkeyPatch, bound: int) -> int:
    """The longest log while small commits change many pages, of little source each."""
    monkeypatch.setattr(guard, "EVERY_LOG_BYTES", bound)
    open_writer(home).close()
    path, most = home / "fleetmeter.db", 0
    with closing(connect_writer(str(path), 0)) as connection:
        guarded = guard.Guard(connection)
        connection.execute("create table scattered (id integer primary key, text text)")
        for _ in range(40):
            connection.execute("insert into scattered (text) values (?)", ("x" * (1 << 19),))
            guarded.wrote(100)
            guarded.tend(is_busy=True)
            most = max(most, os.stat(f"{path}-wal").st_size)
    return most


def test_small_commits_that_change_many_pages_keep_the_log_short(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert most_log(home, monkeypatch, 4 << 20) < 8 << 20


def test_a_guard_that_counts_bytes_of_source_alone_lets_the_log_grow(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert most_log(home, monkeypatch, 1 << 40) > 16 << 20


@pytest.mark.parametrize("is_announced", [True, False])
def test_a_tree_is_trusted_while_what_it_announced_waits(
    home: Path, project: Path, monkeypatch: pytest.MonkeyPatch, is_announced: bool
) -> None:
    lay(project, 1)
    user, path = project.parents[2], project / "s0.jsonl"
    hints = Hints(lambda: None)
    record(home, user)
    with closing(open_writer(home)) as connection, closing(hints):
        look = Look(connection, *standing(connection, str(home), NOTHING, {}, str(user)))
        hints.watch([tree for place in look.places for tree in place.trees])
        watching = watch.Watch(look, hints)
        while not watching.sweeps:
            watching.swept()
        monkeypatch.setattr(hints, "waiting", lambda: frozenset([os.fsencode(path)] if is_announced else []))
        with path.open("ab") as file:
            file.write(prompt(7, sessionId="s0"))
        watching.sweep_soon()
        watching.swept()
        monkeypatch.setattr(watch, "ANNOUNCED_S", -1.0)
        assert bool(watching.judge()) is not is_announced
