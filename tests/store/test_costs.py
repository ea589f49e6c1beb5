"""Costs follow the prices: re-made in one pass when those change, unpriced where there is none, and sums that agree."""

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import store.costs
from store import price_lookup, price_table, schema
from store.costs import Change, Worth, reprice
from store.database import open_reader, open_writer, transaction
from store.price_lookup import LookupFailed
from store.price_standing import refresh
from tests.store.costing import INSERT, Answer, cost_of, database, nanos, put

OPUS, HOUSE = "claude-opus-4-5", "house-model"
OWN: Any = {HOUSE: {"standard": {"input": "2", "output": "8"}}}


def sums(home: Path) -> list[Any]:
    with closing(open_reader(home)) as reader:
        return reader.execute(
            "select model, usd, unpriced_responses, unpriced_tokens from usage_quarter_hours order by 1"
        ).fetchall()


def test_an_unpriced_answer_has_no_amount_and_is_counted(home: Path) -> None:
    """USERS 26: never $0, never a guess, and its tokens are told."""
    assert cost_of(home, Answer("claude-opus-9", 1000, 0, 0, 0, 500), Answer(OPUS, 1000)) == [None, 5_000_000]
    assert sums(home) == [(OPUS, 0.005, 0, 0), ("claude-opus-9", None, 1, 1500)]
    with closing(open_reader(home)) as reader:
        assert reader.execute("select usd, unpriced_responses, unpriced_tokens from sessions").fetchall() == [
            (0.005, 1, 1500)
        ]
        found = reader.execute(
            "select model, usd, is_unpriced, version, reason, provider, matched from costs order by 1"
        )
        version = price_table.version("/none")
        assert found.fetchall() == [
            (OPUS, 0.005, 0, version, "by its name", "anthropic", OPUS),
            ("claude-opus-9", None, 1, version, f"no such model in {version}", None, None),
        ]


def test_a_session_of_unpriced_answers_alone_has_no_amount(home: Path) -> None:
    cost_of(home, Answer("claude-opus-9", 1000))
    with closing(open_reader(home)) as reader:
        assert reader.execute("select usd, unpriced_responses from sessions").fetchall() == [(None, 1)]


def test_a_known_price_needs_no_network(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """USERS 27: the table is shipped; no variable that leads to a proxy is even looked at."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert cost_of(home, Answer(OPUS, 1000)) == [5_000_000]


def test_what_an_agent_reports_stays_a_fact_of_its_own(home: Path) -> None:
    """USERS 28: it changes no cost of ours, and no sum mixes the two."""
    cost_of(home, Answer(OPUS, 1000, reported_usd_micros=919_291_000_000), Answer("nobody", 1, reported_usd_micros=7))
    with closing(open_reader(home)) as reader:
        assert reader.execute("select model, usd, reported_usd from costs order by 1").fetchall() == [
            (OPUS, 0.005, 919291.0),
            ("nobody", None, 0.000007),
        ]
        query = "select model, usd, reported_usd, reported_responses from usage_quarter_hours order by 1"
        assert reader.execute(query).fetchall() == [(OPUS, 0.005, 919291.0, 1), ("nobody", None, 0.000007, 1)]


@pytest.mark.parametrize("kind", ["input_tokens", "cache_read_tokens", "cache_write_1h_tokens", "output_tokens"])
def test_an_absurd_number_is_unpriced_and_overflows_nothing(home: Path, kind: str) -> None:
    absurd = Answer("gpt-5.4-pro", **{kind: 10**12})  # pyright: ignore[reportArgumentType] - the name of a kind
    great = Answer("gpt-5.4-pro", **{kind: 10**8})  # pyright: ignore[reportArgumentType] - the same
    found = cost_of(home, *[absurd] * 9, great)
    assert found[:9] == [None] * 9 and found[9]


def test_the_rest_of_a_sum_is_priced_as_small_answers(home: Path) -> None:
    """Several answers may be in it: as one it would be a large one, and cost twice as much."""
    rest = [Answer("gpt-5.4", 300_000, evidence=evidence) for evidence in ("growth", "rest", "event")]
    assert cost_of(home, *rest) == [750_000_000, 750_000_000, 1_500_000_000]


def test_copies_and_what_only_progress_tells_cost_nothing(home: Path) -> None:
    with database(home) as connection:
        put(connection, Answer(OPUS, 1000), Answer(OPUS, 1000, is_copy=1), Answer(OPUS, 1, evidence="progress"))
        assert nanos(connection) == [5_000_000]


@pytest.mark.parametrize("at", [None, "", "2026", "2026-11-20", "yesterday, at ten or so", "2026-11-20T", "\x00"])
def test_every_answer_has_a_cost_whatever_its_time_says(home: Path, at: str | None) -> None:
    (found,) = cost_of(home, Answer("deepseek-flash", 1000, at=at))
    assert found


def test_half_a_billionth_goes_up(home: Path) -> None:
    own: Any = {HOUSE: {"standard": {"input": "0.0005", "output": "0.000499"}}}
    assert cost_of(home, Answer(HOUSE, 1), Answer(HOUSE, 0, 0, 0, 0, 1), config=own) == [1, 0]


def test_a_change_of_the_configuration_prices_anew_what_it_touches(home: Path) -> None:
    """USERS 30: no tokens are read again, and no stale cost survives."""
    with database(home) as connection:
        put(connection, Answer(HOUSE, 1000), Answer(OPUS, 1000))
        assert nanos(connection) == [None, 5_000_000]
        untouched = connection.execute("select * from cost where usd_nanos is not null").fetchall()
        for config, expected in ((OWN, 2_000_000), ({HOUSE: {"like": OPUS}}, 5_000_000), ({}, None)):
            with transaction(connection):
                refresh(connection, config)
            assert nanos(connection) == [expected, 5_000_000]
            assert set(untouched) <= set(connection.execute("select * from cost").fetchall())


def test_a_new_table_prices_anew_what_it_touches(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, where another version of the package is found at a later start."""
    with database(home) as connection:
        put(connection, Answer(OPUS, 1000), Answer("gpt-5", 1000))
        newer: Callable[..., Any] = lambda pairs, config, home: [  # noqa: E731 - a stand-in
            rate._replace(version="genai-prices 9", input_picos=7_000_000 if rate.model == OPUS else rate.input_picos)
            for rate in price_lookup.look_up(pairs, config, home)
        ]
        monkeypatch.setattr(store.costs, "look_up", newer)
        monkeypatch.setattr("store.price_standing.version", lambda home: "genai-prices 9")
        with transaction(connection):
            refresh(connection, {})
        assert nanos(connection) == [7_000_000, 1_250_000]
        versions = connection.execute("select distinct version from costs").fetchall()
        assert versions == [("genai-prices 9",)]


def test_nothing_is_looked_up_where_nothing_changed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cost_of(home, Answer(OPUS, 1000))

    def fail(*_: object) -> None:
        raise AssertionError("looked up")

    monkeypatch.setattr(store.costs, "look_up", fail)
    with database(home) as connection:
        put(connection, Answer(OPUS, 2000))
        assert nanos(connection) == [5_000_000, 10_000_000]


def test_repricing_says_what_changed_and_then_nothing(home: Path) -> None:
    with database(home) as connection:
        put(connection, Answer(HOUSE, 1000), Answer(HOUSE, 500), Answer(OPUS, 1000))
        with transaction(connection):
            found = reprice(connection, OWN)
        assert found == [
            Change(OPUS, Worth(1, 5_000_000, 0), Worth(1, 5_000_000, 0)),
            Change(HOUSE, Worth(2, 0, 2), Worth(2, 3_000_000, 0)),
        ]
        before = list(connection.iterdump())
        with transaction(connection):
            again = reprice(connection, OWN)
        assert [change.before == change.after for change in again] == [True, True]
        costs = [line for line in before if "cost" in line.split("(")[0] or "usage_quarter_hour" in line]
        assert [line for line in connection.iterdump() if line in costs] == costs


def test_a_table_that_cannot_be_read_holds_no_recording_up(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is new is unpriced, what is priced stays, and the next start tries again."""

    def broken(*_: object) -> None:
        raise LookupFailed("the prices cannot be looked up: broken")

    with database(home) as connection:
        put(connection, Answer(OPUS, 1000))
        with monkeypatch.context() as patch:
            patch.setattr(store.costs, "look_up", broken)
            put(connection, Answer("gpt-5", 1000), Answer(OPUS, 1000))
            with transaction(connection):
                refresh(connection, OWN)
            assert nanos(connection) == [5_000_000, None, 5_000_000]
            reasons = connection.execute("select reason from prices where is_unpriced").fetchall()
            assert reasons == [("the prices cannot be looked up: broken",)]
        with transaction(connection):
            refresh(connection, {})
        assert nanos(connection) == [5_000_000, 1_250_000, 5_000_000]


def test_a_child_that_fails_says_why(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(price_lookup, "START", "raise SystemExit('no table here')")
    with pytest.raises(LookupFailed, match="cannot be looked up: no table here"):
        price_lookup.look_up([(OPUS, "standard")], {}, str(home))


def test_sums_agree_whatever_comes_and_goes(home: Path) -> None:
    """Answers are written, replaced and deleted at random, and prices change meanwhile."""
    dice = random.Random(7)
    models = (OPUS, HOUSE, "nobody", "claude-sonnet-4-5", "gpt-5.4")
    with database(home) as connection:
        for step in range(120):
            answers = [
                Answer(
                    dice.choice(models), dice.choice((0, 7, 150_000, 300_000)), dice.randrange(9), 0, 3,
                    dice.randrange(99),
                    at=dice.choice((None, f"2026-0{dice.randrange(1, 7)}-15T10:{dice.randrange(10, 60)}:00.000Z")),
                    tier=dice.choice(("standard", "fast")), is_copy=dice.randrange(4) == 0,
                )
                for _ in range(dice.randrange(5))
            ]  # fmt: skip
            with transaction(connection):
                connection.execute("delete from response where response_key % 7 = ?", (step % 7,))
                if step % 10 == 0:
                    refresh(connection, OWN if step % 20 else {})
            number = step * 10
            with transaction(connection):
                for place, a in enumerate(answers, number):
                    connection.execute(INSERT, (f"r{place:06d}", a.at, a.model, a.tier, *a[1:7], *a[9:]))
                store.costs.price(connection)
            nanos(connection)
            assert connection.execute("select count(*) from response_to_price").fetchone() == (0,)


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """The schema as it was before there were costs."""
    folder = tmp_path / "before"
    shutil.copytree(schema.FOLDER, folder)
    for step in schema.steps(folder)[2:]:
        os.unlink(step.path)
    shutil.rmtree(folder / "views")
    return folder


def test_a_history_of_before_is_priced_at_the_next_start(home: Path, before: Path) -> None:
    """Between the migration and that it is unpriced: no sum is wrong at any moment."""
    with closing(open_writer(home, folder=before)) as connection, transaction(connection):
        connection.execute("insert into device values (1, 'd', 'd')")
        connection.execute("insert into account values (1, 1, 'agent', '/root', 'root')")
        connection.execute("insert into session (session_key, account_id, session_id) values (1, 1, 's')")
        connection.execute("insert into run (run_key, session_key, run_id, kind) values (1, 1, 'm', 'm')")
        for place, a in enumerate(
            [
                Answer(OPUS, 1000, reported_usd_micros=5),
                Answer(OPUS, 500, is_copy=1),
                Answer("nobody", 3),
                Answer(OPUS, 3, evidence="progress"),
            ]
        ):
            connection.execute(INSERT, (f"m{place}", a.at, a.model, a.tier, *a[1:7], *a[9:]))
    with closing(open_writer(home)) as connection:
        assert nanos(connection) == [None, None]
        assert sums(home) == [(OPUS, None, 1, 1000), ("nobody", None, 1, 3)]
        with transaction(connection):
            refresh(connection, {})
        assert nanos(connection) == [5_000_000, None]
        query = "select reported_usd_micros, reported_responses from usage_quarter_hour order by model"
        assert connection.execute(query).fetchall() == [(5, 1), (0, 0)]


def test_no_amount_without_a_price(home: Path) -> None:
    with database(home) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("insert into cost (response_key, price_key) values (1, null)")
