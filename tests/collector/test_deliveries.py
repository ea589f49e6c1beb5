"""Who is told of alerts: in time, again when that failed, and never again when it was taken or acknowledged."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collector.alerting.deliveries import WAITS_S, Deliveries
from collector.alerting.sinks import Undelivered
from store import alerts
from store.alert_config import Sink
from store.alerts import Change, Reading
from store.database import connect_writer, path_in, transaction
from tests.collector.daemons import until

NOW = 1_795_168_800.0
A, B = Sink("a", "webhook", "http://127.0.0.1:1/"), Sink("b", "webhook", "http://127.0.0.1:1/", rules=("limit",))


@pytest.fixture
def connection(home: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect_writer(path_in(home), 0)) as connection:
        yield connection


class Post:
    """Sends as it is told to, and remembers."""

    def __init__(self, *outcomes: Undelivered | None) -> None:
        self.outcomes, self.sent = list(outcomes), list[tuple[str, list[int]]]()

    def __call__(self, sink: Sink, told: object) -> None:
        assert isinstance(told, list)
        self.sent.append((sink.name, [one.alert_id for one in told]))
        trouble = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if trouble is not None:
            raise trouble


def opened(connection: sqlite3.Connection, sinks: tuple[Sink, ...], *rules: str, now_s: float = NOW) -> None:
    changes = [Change("open", None, Reading(rule, f"s{n}", 1.0, now_s, "words")) for n, rule in enumerate(rules)]
    with transaction(connection):
        alerts.apply(connection, changes, sinks, datetime.fromtimestamp(now_s, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"))


def rounds(connection: sqlite3.Connection, post: Post, sinks: tuple[Sink, ...]) -> Callable[[float], None]:
    """Tend, and wait until every thread has spoken; each call at a time of the test's choice."""
    deliveries = Deliveries(lambda: None, post)

    def tend(now_s: float) -> None:
        deliveries.look_again()
        deliveries.tend(connection, sinks, now_s)
        until(lambda: deliveries.is_idle)
        deliveries.tend(connection, sinks, now_s)

    return tend


def told_of(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    return connection.execute(
        "select alert_id, sink, state, tries, error from alert_deliveries order by 1, 2"
    ).fetchall()


def test_it_is_tried_again_with_longer_waits_and_then_given_up(connection: sqlite3.Connection) -> None:
    post = Post(Undelivered("it answered 500"))
    tend, now_s = rounds(connection, post, (A,)), NOW
    opened(connection, (A,), "limit")
    for number, wait_s in enumerate((0.0, *WAITS_S)):
        tend(now_s + wait_s - 0.5)
        assert len(post.sent) == number
        now_s += wait_s
        tend(now_s)
        assert len(post.sent) == number + 1
    assert told_of(connection) == [(1, "a", "dead", 8, "it answered 500")]
    tend(now_s + 1e6)
    assert len(post.sent) == 8


def test_an_answer_that_says_no_ends_it_at_once(connection: sqlite3.Connection) -> None:
    post = Post(Undelivered("it answered 404", is_final=True))
    opened(connection, (A,), "limit")
    rounds(connection, post, (A,))(NOW)
    assert told_of(connection) == [(1, "a", "dead", 1, "it answered 404")]


def test_each_sink_is_told_of_its_rules_and_many_at_once_in_one_message(connection: sqlite3.Connection) -> None:
    post = Post(None)
    opened(connection, (A, B), "limit", "waiting", "limit")
    rounds(connection, post, (A, B))(NOW)
    assert sorted(post.sent) == [("a", [1, 2, 3]), ("b", [1, 3])]
    assert {row[2] for row in told_of(connection)} == {"sent"}


def test_what_was_taken_or_acknowledged_is_never_sent_again(connection: sqlite3.Connection) -> None:
    post = Post(None, Undelivered("it answered 500"))
    tend = rounds(connection, post, (A,))
    opened(connection, (A,), "limit")
    tend(NOW)
    opened(connection, (A,), "waiting")
    tend(NOW)
    with transaction(connection):
        assert alerts.ack(connection, 2, "2026-11-20T10:00:00.000Z") == 1
    tend(NOW + 1e6)
    assert post.sent == [("a", [1]), ("a", [2])]


def test_a_sink_that_is_not_configured_any_more_is_waited_for_by_nobody(connection: sqlite3.Connection) -> None:
    opened(connection, (A,), "limit")
    rounds(connection, Post(None), ())(NOW)
    assert told_of(connection) == [(1, "a", "dead", 0, "the configuration has no such sink any more")]


def test_what_waits_and_what_is_dead_is_bounded(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "MOST_WAITING", 3)
    monkeypatch.setattr(alerts, "KEPT", 4)
    opened(connection, (A,), *["limit"] * 6)
    assert [row[2] for row in told_of(connection)] == ["dead"] * 3 + ["waiting"] * 3
    rounds(connection, Post(None), (A,))(NOW)
    assert [row[0] for row in told_of(connection)] == [3, 4, 5, 6]


def test_whatever_fails_in_a_thread_is_told_and_tried_again(connection: sqlite3.Connection) -> None:
    opened(connection, (A,), "limit")

    class Broken(Post):
        def __call__(self, sink: Sink, told: object) -> None:
            raise ZeroDivisionError("Zebrafinch")

    rounds(connection, Broken(None), (A,))(NOW)
    assert told_of(connection) == [(1, "a", "waiting", 1, "ZeroDivisionError")]
