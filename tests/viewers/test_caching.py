"""What caches saved and cost: only what the records prove, and the same sum whatever it is grouped by."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store.database import NAME, open_reader
from tests.viewers.ledger import RATES, Answer, Asked, keep, some
from tests.viewers.test_totals import ZONES
from viewers.reports.local_day import day_of
from viewers.reports.scope import Scope
from viewers.reports.usage import groups
from viewers.reports.zone import chosen
from viewers.spending import caching
from viewers.spending.cache_use import Kept, by_key, cached, whole
from viewers.spending.caching import Answer as Link
from viewers.spending.caching import Rates, follow

NOON = "2026-11-20T12:{:02d}:00.000Z"
BASE = Link(1, 1, "m", NOON.format(0), NOON.format(0), 0, 0, 0, 0, "standard", "main", True, 1, None)


def link(minutes: int, read: int = 0, write: int = 0, **more: Any) -> Link:
    """An answer so many minutes after noon, which writes for 5 minutes."""
    at = f"2026-11-20T{12 + minutes // 60:02d}:{minutes % 60:02d}:00.000Z"
    return BASE._replace(at=at, ended_at=at, read=read, write_5m=write)._replace(**more)


FIRST = link(0, 0, 1_000)


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        pytest.param([link(1, 1_000, 500)], 500, id="the last write of a thread"),
        pytest.param([link(1, 1_000, 500), link(2, 1_500)], 0, id="read by the next answer"),
        pytest.param([link(1, 1_000, 500), link(2, 1_200), link(3, 1_500)], 0, id="read by a later one"),
        pytest.param([link(1, 1_000, 500), link(2, 1_200), link(7, 1_500)], 300, id="too late for it"),
        pytest.param([link(1, 1_000, 500), link(2, 1_000, 400)], 900, id="another branch was written"),
        pytest.param([link(1, 1_000, 500), link(9, 0, 1_500), link(10, 1_500)], 500, id="expired before anyone read"),
        pytest.param([link(1, 1_000, 500), link(9, 1_500)], 0, id="the next one read it however late"),
        pytest.param([link(1, 0, 900)], 0, id="within the first request, which other sessions may read"),
        pytest.param([link(1, 1_000, 500), link(2, 1_500, run_key=2)], 500, id="another run reads its own"),
        pytest.param([link(1, 1_000, 500), link(2, 1_500, model="n")], 500, id="another model reads its own"),
        pytest.param([link(1, 1_000, 500, is_link=False)], 0, id="a sum of answers is no request"),
        pytest.param([link(1, 1_000, 300, write_1h=200), link(30, 1_200)], 300, id="the end was for 5 minutes"),
    ],
)
def test_a_write_is_unread_only_where_nobody_of_its_thread_reached_it(later: list[Link], expected: int) -> None:
    assert sum(unread.tokens_5m + unread.tokens_1h for unread in follow([FIRST, *later]).unread) == expected


def asked(minutes: int, is_compacted: int = 0) -> list[tuple[int, str, int]]:
    return [(0, link(minutes).at or "", is_compacted)]


@pytest.mark.parametrize(
    ("before", "after", "told", "expected"),
    [
        pytest.param(FIRST, link(9, 0, 1_200), asked(9), 1_000, id="all of it was written again"),
        pytest.param(FIRST, link(9, 600, 500), asked(9), 400, id="the beginning was still there"),
        pytest.param(FIRST, link(4, 0, 1_200), asked(4), 0, id="the cache lived, so something else broke it"),
        pytest.param(FIRST, link(9, 0, 1_200), asked(4), 0, id="asked for in time, answered late"),
        pytest.param(FIRST, link(9, 0, 1_200), [], 0, id="nobody tells when it was asked for"),
        pytest.param(FIRST, link(9, 0, 1_200), asked(9, 1), 0, id="compacted"),
        pytest.param(FIRST, link(9, 0, 400), asked(9), 0, id="another, shorter request"),
        pytest.param(FIRST, link(9, 0, 1_200, model="n"), asked(9), 0, id="another model"),
        pytest.param(FIRST, link(9, 0, 1_200, tier="fast"), asked(9), 0, id="another tier"),
        pytest.param(FIRST, link(9, 0, 1_200, run_key=2), asked(9), 0, id="the first answer of its thread"),
        pytest.param(FIRST, link(9, 1_000), asked(9), 0, id="still there"),
        pytest.param(FIRST, link(9, 0, 0, input=1_200), asked(9), 0, id="not written again"),
        pytest.param(link(0, 0, 0, write_1h=1_000), link(59, 0, 1_200), asked(59), 0, id="an hour is not over"),
        pytest.param(link(0, 0, 0, write_1h=1_000), link(61, 0, 1_200), asked(61), 1_000, id="an hour is over"),
        pytest.param(link(0, 0, 500, write_1h=500), link(9, 0, 1_200), asked(9), 0, id="a part of it may live an hour"),
    ],
)
def test_a_pause_costs_only_where_nothing_else_can_be_the_cause(
    before: Link, after: Link, told: list[Any], expected: int
) -> None:
    pauses = caching.proven(follow([before, after]).pauses, told)
    assert sum(pause.tokens_5m + pause.tokens_1h for pause in pauses) == expected


def test_a_model_between_is_a_switch_though_the_first_one_comes_back() -> None:
    answers = [FIRST, link(1, 0, 900, model="n"), link(9, 0, 1_200)]
    assert follow(answers[::2]).pauses and not follow(answers).pauses


def test_amounts_are_those_that_one_can_work_out() -> None:
    rates = Rates(5_000_000, 500_000, 6_250_000, 10_000_000, 25_000_000)
    answer = link(9, 100_000, 10_000, write_1h=20_000)
    assert caching.saved_nanos(answer, rates) == 100_000 * 4_500  # $4.50 for a million, in billionths for each
    assert caching.surcharge_nanos(answer, rates) == 10_000 * 1_250 + 20_000 * 5_000
    (pause,) = follow([link(0, 0, 40_000), link(9, 5_000, 15_000, write_1h=20_000)]).pauses
    assert (pause.tokens_1h, pause.tokens_5m) == (20_000, 15_000)
    assert caching.waited_nanos(pause, rates) == 20_000 * 9_500 + 15_000 * 5_750


@pytest.fixture
def waited(home: Path) -> Iterator[Any]:
    """A session that was left for ten minutes, then for good, and one that was forked."""
    keep(
        home,
        [
            Answer("2026-11-20T10:00:00.000Z", tokens=(0, 10, 50_000, 0, 0), prompt="p1"),
            Answer("2026-11-20T10:01:00.000Z", tokens=(0, 10, 10_000, 0, 50_000), prompt="p1"),
            Answer("2026-11-20T10:20:00.000Z", tokens=(0, 10, 61_000, 0, 0), prompt="p2"),
            Answer("2026-11-20T10:00:00.000Z", session=1, tokens=(0, 10, 5_000, 0, 0)),
            Answer("2026-11-20T10:01:00.000Z", session=1, tokens=(0, 10, 5_000, 0, 5_000)),
        ],
        [Asked("p1", "2026-11-20T09:59:50.000Z"), Asked("p2", "2026-11-20T10:19:50.000Z")],
    )
    import sqlite3

    with closing(sqlite3.connect(home / NAME)) as connection, connection:
        connection.execute("update session set forked_from = 'session-01' where session_id = 'session-00'")
    with closing(open_reader(home)) as reader:
        yield reader


def kept(reader: Any, now: str = "2026-11-21T00:00:00Z", **more: Any) -> Kept:
    scope = Scope(chosen("UTC"), caching.instant(now))._replace(**more)
    return whole(by_key(cached(reader, scope), lambda _: "").values())


def test_the_database_tells_when_it_was_asked_and_who_was_forked(waited: Any) -> None:
    found, rate = kept(waited), RATES["model-a-20250101"]
    assert (found.pauses_5m, found.pauses_5m_tokens, found.pauses_1h) == (1, 60_000, 0)
    assert found.pauses_5m_nanos == 60_000 * (rate * 5 // 4 - rate // 10) // 1000
    # Of the second write all was lost in the pause, of the third what lies beyond the first request.
    assert found.unread_tokens == 10_000 + 11_000
    assert found.saved_nanos == 55_000 * (rate - rate // 10) // 1000


def test_what_may_still_be_read_is_not_lost_yet(waited: Any) -> None:
    assert kept(waited, "2026-11-20T10:24:59Z").unread_tokens == 10_000
    assert kept(waited, "2026-11-20T10:25:01Z").unread_tokens == 21_000


def test_filters_keep_the_thread_whole(waited: Any) -> None:
    assert kept(waited, since="2026-11-21") == Kept()
    assert kept(waited, since="2026-11-20", until="2026-11-20") == kept(waited)
    assert kept(waited, models=("model-b",)) == Kept()
    assert kept(waited, branch="main") == kept(waited) and kept(waited, branch="topic") == Kept()
    assert kept(waited, sessions=(1,)).pauses == 1 and kept(waited, sessions=(2,)).pauses == 0


@pytest.mark.parametrize("zone", ZONES)
def test_the_sums_are_the_same_by_day_session_and_model(zone: str, home: Path) -> None:
    keep(home, some(8))
    with closing(open_reader(home)) as reader:
        scope = Scope(chosen(zone), time.time())
        found, day = cached(reader, scope), day_of(scope)
        by = {
            "day": by_key(found, lambda answer: day(answer.at)),
            "session": by_key(found, lambda answer: str(answer.session_key)),
            "model": by_key(found, lambda answer: answer.model),
        }
        assert len({whole(sums.values()) for sums in by.values()}) == 1
        assert whole(by["day"].values()).unread_tokens > 0
        for name, sums in by.items():  # the groups are those of the reports
            assert set(sums) <= {group.key for group in groups(reader, scope, name)}
        dates = sorted(set(by["day"]) - {"unknown"})
        for date in dates[::7]:
            part = cached(reader, scope._replace(since=date, until=date))
            assert list(by_key(part, lambda _: "").values()) == [by["day"][date]]
