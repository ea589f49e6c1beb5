"""When alerts are looked for: only if something changed, rarely if that takes long, and never in an import."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from collector.alerting import alerts as watch
from store import alerts
from store.alerts import Change, Reading
from store.config import NOTHING
from store.database import connect_writer, path_in, transaction


@pytest.fixture
def connection(home: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect_writer(path_in(home), 0)) as connection:
        yield connection


class Recording:
    """What alerts ask of the recording; where it stands is the matter of a test."""

    def __init__(self) -> None:
        self.guard = SimpleNamespace(must_stop=False, used=0, is_held_up=False, wrote=lambda _: None)
        self.is_importing, self.lag_s, self.rejected = False, 0.0, 0

    def lag(self) -> tuple[int, float]:
        return 0, self.lag_s


@pytest.fixture
def watched(home: Path, connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> "Watched":
    monkeypatch.setattr(watch, "REST", 0.0)
    monkeypatch.setattr(watch, "DISK_S", 0.0)
    return Watched(home, connection)


class Watched:
    """Alerts of a recording, and how often everything was looked at."""

    def __init__(self, home: Path, connection: sqlite3.Connection) -> None:
        self.connection, self.live, self.looks, self.said = connection, Recording(), 0, list[str]()
        self.watch, self.config = watch.AlertWatch(str(home), connection, lambda: None, self.said.append), NOTHING
        look = self.watch._look

        def count(*words: Any, **more: Any) -> None:
            self.looks += 1
            look(*words, **more)

        setattr(self.watch, "_look", count)  # noqa: B010 - of another shape

    def tend(self) -> list[tuple[object, ...]]:
        live: Any = self.live
        tally: Any = self.live
        self.watch.tend(self.config, live, tally)
        return self.connection.execute("select rule, state from alerts order by alert_id").fetchall()


def test_nothing_is_looked_at_or_written_while_nothing_changes(watched: Watched) -> None:
    watched.tend()
    before = watched.connection.total_changes, watched.looks
    assert before[1] == 1
    for _ in range(50):
        watched.tend()
    assert (watched.connection.total_changes, watched.looks) == before
    watched.connection.execute("insert into summary values ('l', 't', 'a')")
    watched.tend()
    assert watched.looks == 2
    watched.config = NOTHING._replace(plan="max")
    watched.tend()
    assert watched.looks == 3


def test_a_look_that_takes_long_is_rare(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "REST", 1e9)
    for number in range(20):
        watched.connection.execute("insert into summary values (?, 't', 'a')", (number,))
        watched.tend()
    assert watched.looks == 1


@pytest.mark.parametrize(
    ("rule", "begin", "end"),
    [
        ("lag", {"lag_s": 30.0}, {"lag_s": 29.9}),
        ("log_held_up", {"guard": SimpleNamespace(must_stop=False, used=64 << 20, is_held_up=True, wrote=print)},
         {"guard": SimpleNamespace(must_stop=False, used=0, is_held_up=False, wrote=print)}),
        ("rejects", {"rejected": 20}, None),
    ],
)  # fmt: skip
def test_trouble_of_the_collector_is_an_alert_while_it_lasts(
    rule: str, begin: dict[str, Any], end: dict[str, Any] | None, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert watched.tend() == []
    vars(watched.live).update(begin)
    assert watched.tend() == [(rule, "open")]
    if end is None:
        monkeypatch.setattr(watch, "REJECTS_S", -1.0)
    vars(watched.live).update(end or {})
    assert watched.tend() == [(rule, "ended")]


def test_a_disk_that_is_nearly_full_is_an_alert(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "free_mb", lambda _: 500.0)
    assert watched.tend() == []
    monkeypatch.setattr(watch, "free_mb", lambda _: 499.0)
    assert watched.tend() == [("disk", "open")]
    monkeypatch.setattr(watch, "free_mb", lambda _: float("inf"))  # nobody can tell
    assert watched.tend() == [("disk", "ended")]


def test_what_is_rejected_of_old_history_is_no_trouble(watched: Watched) -> None:
    watched.live.is_importing = True
    for watched.live.rejected in (0, 500, 1000):
        assert watched.tend() == []
    watched.live.is_importing = False
    watched.live.rejected = 1019
    assert watched.tend() == []
    watched.live.rejected = 1020
    assert watched.tend() == [("rejects", "open")]


def test_an_import_begins_and_ends_no_alert_of_a_session(watched: Watched) -> None:
    reading = Reading("waiting", "s", 200.0, 0.0, "words")
    with transaction(watched.connection):
        alerts.apply(watched.connection, [Change("open", None, reading)], (), "2026-11-20T10:00:00.000Z")
    watched.live.is_importing = True
    assert watched.tend() == [("waiting", "open")]
    watched.live.is_importing = False
    assert watched.tend() == [("waiting", "ended")]


def test_a_log_that_may_not_grow_is_not_written(watched: Watched) -> None:
    watched.live.lag_s, watched.live.guard.must_stop = 100.0, True
    assert watched.tend() == []


def test_what_cannot_be_reckoned_is_told_without_its_words_and_stops_nothing(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> list[Reading]:
        raise ValueError("Zebrafinch-canary")

    monkeypatch.setattr(watch, "of_sessions", broken)
    assert watched.tend() == []
    assert len(watched.said) == 1 and watched.said[0].startswith("alerts: ValueError in test_alert_watch.py")
    watched.connection.execute("insert into summary values ('l', 't', 'a')")
    assert watched.tend() == [] and len(watched.said) == 1
