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
        self.over = list[bool]()

    def __call__(self, sink: Sink, told: object) -> None:
        assert isinstance(told, list)
        self.sent.append((sink.name, [one.alert_id for one in told]))
        self.over += [one.ended_at is not None for one in told]
        trouble = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if trouble is not None:
            raise trouble


def stamp(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def opened(connection: sqlite3.Connection, sinks: tuple[Sink, ...], *rules: str, now_s: float = NOW) -> None:
    changes = [Change("open", None, Reading(rule, f"s{n}", 1.0, now_s, "words")) for n, rule in enumerate(rules)]
    with transaction(connection):
        alerts.apply(connection, changes, sinks, stamp(now_s))


def rounds(connection: sqlite3.Connection, post: Post, sinks: tuple[Sink, ...]) -> Callable[[float], None]:
    """Tend, and wait until every thread has spoken; each call at a time of the test's choice."""
    deliveries = Deliveries(lambda: None, post)

    def tend(now_s: float) -> None:
        deliveries.look_again()
        deliveries.tend(connection, sinks, now_s)
        until(lambda: deliveries.is_idle)
        deliveries.tend(connection, sinks, now_s)

    return tend


def end(connection: sqlite3.Connection, *, now_s: float = NOW, until_s: float = NOW) -> None:
    with transaction(connection):
        alerts.apply(connection, [Change("end", 1, None, stamp(until_s))], (), stamp(now_s))


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


ENDS = A._replace(has_end=True)


def test_the_end_is_told_to_who_wants_it_once_it_cannot_come_back(connection: sqlite3.Connection) -> None:
    post, sinks = Post(None), (ENDS, B)
    tend = rounds(connection, post, sinks)
    opened(connection, sinks, "limit")
    tend(NOW)
    end(connection, now_s=NOW + 10, until_s=NOW + 60)
    tend(NOW + 59)
    assert sorted(post.sent) == [("a", [1]), ("b", [1])]
    tend(NOW + 60)
    assert sorted(post.sent) == [("a", [1]), ("a", [1]), ("b", [1])]
    tend(NOW + 1e6)
    assert told_of(connection) == [(1, "a", "sent", 1, None), (1, "b", "sent", 1, None)] and len(post.sent) == 3


def test_what_comes_back_meanwhile_was_never_over(connection: sqlite3.Connection) -> None:
    post, reading = Post(None), Reading("limit", "s0", 2.0, NOW, "words")
    tend = rounds(connection, post, (ENDS,))
    opened(connection, (ENDS,), "limit")
    tend(NOW)
    end(connection, until_s=NOW + 60)
    with transaction(connection):
        alerts.apply(connection, [Change("reopen", 1, reading)], (ENDS,), stamp(NOW + 30))
    tend(NOW + 1e6)
    assert post.sent == [("a", [1])]
    end(connection, now_s=NOW + 2e6)
    tend(NOW + 2e6)
    assert post.sent == [("a", [1])] * 2


def test_one_that_ends_while_it_is_told_is_told_to_be_over_once(connection: sqlite3.Connection) -> None:
    post = Post(None)
    deliveries = Deliveries(lambda: None, post)
    opened(connection, (ENDS,), "limit")
    deliveries.tend(connection, (ENDS,), NOW)
    until(lambda: deliveries.is_idle)
    end(connection)
    for _ in range(3):
        deliveries.tend(connection, (ENDS,), NOW + 1)
        until(lambda: deliveries.is_idle)
        deliveries.look_again()
    assert post.sent == [("a", [1])] * 2 and post.over == [False, True]


def test_one_that_was_over_before_it_could_be_told_is_told_once(connection: sqlite3.Connection) -> None:
    post = Post(Undelivered("it answered 500"), None)
    tend = rounds(connection, post, (ENDS,))
    opened(connection, (ENDS,), "limit")
    tend(NOW)
    end(connection)
    for later in (10, 1000, 1e5):
        tend(NOW + later)
    assert post.sent == [("a", [1])] * 2
    assert connection.execute("select state, is_end from alert_deliveries").fetchall() == [("sent", 1)]


def test_of_what_was_acknowledged_no_end_is_told(connection: sqlite3.Connection) -> None:
    post = Post(None)
    tend = rounds(connection, post, (ENDS,))
    opened(connection, (ENDS,), "limit")
    tend(NOW)
    with transaction(connection):
        alerts.ack(connection, 1, stamp(NOW))
    end(connection)
    tend(NOW + 1e6)
    assert post.sent == [("a", [1])]


def test_whatever_fails_in_a_thread_is_told_and_tried_again(connection: sqlite3.Connection) -> None:
    opened(connection, (A,), "limit")

    class Broken(Post):
        def __call__(self, sink: Sink, told: object) -> None:
            raise ZeroDivisionError("Zebrafinch")

    rounds(connection, Broken(None), (A,))(NOW)
    assert told_of(connection) == [(1, "a", "waiting", 1, "ZeroDivisionError")]
