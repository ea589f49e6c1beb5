"""The context of a session as viewers tell of it: from answers, status lines and compactions, whoever spoke last."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store.database import NAME, open_reader
from tests.collector.published import SHARED
from tests.collector.recorded import record
from tests.viewers.ledger import Answer, keep
from viewers.now.context import Point, fallen, history, standing

Told = Callable[..., str]
REAL = SHARED / "corpus" / "real-clients"
DAY = "2026-11-20T"


def answer(time: str, read: int, kind: str = "main") -> Answer:
    """Its context is 100 tokens longer than what it read."""
    return Answer(f"{DAY}{time}:00.000Z", "model-b", kind=kind, tokens=(10, 999, 20, 70, read))


@pytest.fixture
def session(home: Path) -> Path:
    """A session of three answers, and a subagent's."""
    keep(home, [answer("09:00", 900), answer("09:10", 9_900), answer("09:20", 4_900), answer("09:30", 7, "subagent")])
    return home


@pytest.fixture
def say(session: Path) -> Iterator[Callable[..., None]]:
    """Adds rows as the collector does."""

    def rows(text: str, *values: Any) -> None:
        with closing(sqlite3.connect(session / NAME)) as connection, connection:
            connection.execute(text, values)

    yield rows


def status(say: Callable[..., None], time: str, used: int, window: int = 20_000, model: str = "model-b[1m]") -> None:
    at = f"{DAY}{time}:00.000Z"
    say("insert into status_reading values (1, ?, ?, 0, ?, ?, ?)", used, window, model, at, at)


def compact(say: Callable[..., None], time: str, after: int | None, reason: str = "manual", before: int = 0) -> None:
    say(
        "insert into compaction values (?, 1, 1, 'full', ?, ?, ?, ?, null, null, 0, 0, 1)",
        f"c{time}", f"{DAY}{time}:00.000Z", reason, before, after,
    )  # fmt: skip


def now(home: Path) -> Any:
    with closing(open_reader(home)) as reader:
        return standing(reader, 1, str(home))


def test_the_last_answer_of_the_main_run_says_how_full_it_is(session: Path) -> None:
    found = now(session)
    assert (found.source, found.at[11:16], found.now.used_tokens, found.peak_tokens) == (
        "response",
        "09:20",
        5_000,
        10_000,
    )
    assert (found.now.window_tokens, found.now.percent, found.compactions) == (None, None, 0)


def test_a_newer_status_line_has_the_last_word(session: Path, say: Callable[..., None]) -> None:
    status(say, "09:15", 8_000)
    assert (now(session).source, now(session).now.used_tokens, now(session).now.window_tokens) == (
        "response",
        5_000,
        20_000,
    )
    status(say, "09:40", 6_000)
    found = now(session)
    assert (found.source, found.now.used_tokens, found.now.percent, found.now.headroom_tokens) == (
        "status",
        6_000,
        30,
        12_400,
    )
    status(say, "09:41", 12_000, 16_000)
    assert (now(session).peak_tokens, now(session).now.percent) == (12_000, 75)


def test_a_compaction_after_the_last_answer_says_what_it_left_or_that_nobody_knows(
    session: Path, say: Callable[..., None]
) -> None:
    compact(say, "09:05", 800, "auto", 15_000)
    assert (now(session).source, now(session).compactions, now(session).now.used_tokens) == ("response", 1, 5_000)
    compact(say, "09:25", 900)
    assert (now(session).source, now(session).now.used_tokens, now(session).compactions) == ("compaction", 900, 2)
    assert (now(session).last_compaction_at[11:16], now(session).last_compaction_reason) == ("09:25", "manual")
    compact(say, "09:26", None)
    assert (now(session).source, now(session).now.used_tokens) == ("compaction", None)
    status(say, "09:27", 950)
    assert (now(session).source, now(session).now.used_tokens) == ("status", 950)
    assert (now(session).now.auto_tokens, now(session).now.is_auto_seen) == (15_000, True)


def test_falls_count_only_where_nobody_records_compactions(home: Path) -> None:
    keep(home, [answer("09:00", 9_900), answer("09:10", 4_899), answer("09:20", 9_900), answer("09:30", 4_900)])
    found = now(home)
    assert (found.compactions, found.is_guess, found.last_compaction_at[11:16]) == (1, True, "09:10")
    with closing(sqlite3.connect(home / NAME)) as connection, connection:
        connection.execute("insert into compaction values ('c', 1, 1, 'micro', null, null, 0, 0, null, null, 0, 0, 1)")
    assert (now(home).compactions, now(home).is_guess) == (0, False)


def test_another_model_counts_in_its_own_tokens() -> None:
    assert fallen([Point("1", "a", 100), Point("2", "b", 40), Point("3", "b", 19)]) == [Point("3", "b", 19)]


def test_one_session_tells_its_context(session: Path, say: Callable[..., None], fleetmeter: Told) -> None:
    status(say, "09:40", 6_000)
    compact(say, "09:05", 800)
    shown = fleetmeter("session", "--id", "session-00", columns=120)
    assert "Context    6.0k of 20k tokens (30%), about 12.4k before it is compacted" in shown
    assert "at most 10.0k; 1 compaction, the last at 2026-11-20 09:05 (manual)" in shown
    assert "Context    6.0k" in fleetmeter("session", "--id", "session-00", "--no-cost", columns=120)
    told = json.loads(fleetmeter("session", "--id", "session-00", "--json"))["context"]
    assert [point["usedTokens"] for point in told["history"]] == [1_000, 10_000, 5_000]
    assert (told["usedTokens"], told["headroomTokens"], told["windowFrom"]) == (6_000, 12_400, "status")
    (session / "config.toml").write_text('[context.windows]\n"model" = 40_000\n')
    say("delete from status_reading")
    told = json.loads(fleetmeter("session", "--id", "session-00", "--json"))["context"]
    assert (told["windowTokens"], told["windowFrom"], told["percent"]) == (40_000, "config", 12.5)


@pytest.mark.skipif(not REAL.exists(), reason="the corpus is not here: it lies in ../shared")
@pytest.mark.parametrize(
    ("agent", "scenario", "found"),
    [
        # 12 + 14,000 + 1,500 after the last of two compactions, of which the first began at 91,620
        ("claude", "autocompact", (15_512, 200_000, "model", 91_512, 2, "auto", 168_488)),
        ("codex", "legacy_0_58_0", (None, 258_400, "told", None, None, None, None)),
    ],
)
def test_real_sessions(agent: str, scenario: str, found: tuple[Any, ...], home: Path, tmp_path: Path) -> None:
    user = tmp_path / "user"
    shutil.copytree(REAL / agent / scenario / "home", user)
    record(home, user)
    with closing(open_reader(home)) as reader:
        ((key,),) = reader.execute("select session_key from session where session_key in (select session_key from run)")
        own, points = standing(reader, key, str(home)), history(reader, key)
    assert own is not None, key
    told = (own.now.used_tokens, own.now.window_tokens, own.now.window_from, own.peak_tokens, own.compactions,
            own.last_compaction_reason, own.now.headroom_tokens)  # fmt: skip
    assert all(wanted in (None, told[index]) for index, wanted in enumerate(found)), told
    assert (
        points[-1].used_tokens == own.now.used_tokens and max(point.used_tokens for point in points) == own.peak_tokens
    )
