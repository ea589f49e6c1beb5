"""What alerts are made of, from what agents write: sessions that wait, contexts, turns, failures, limits, money."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collector.alerting.alert_judge import judge
from collector.alerting.alert_readings import of_accounts, of_sessions
from store import feed
from store.alert_rules import DEFAULTS
from store.alerts import Reading
from store.budget_config import Budget
from store.database import open_reader
from tests.collector.recorded import record
from tests.collector.transcript import SESSION, answer, line, prompt

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC).timestamp()
NANOS = 10**9


def text(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


@pytest.fixture(autouse=True)
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Days of this zone; a test may choose another one."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


LIVELY = answer(99, timestamp=text(NOW - 60))


def told(home: Path, user: Path, source: str, at_s: float, **body: object) -> None:
    folder = feed.tree(str(home), "claude", str(user / ".claude"))
    body = {"session_id": SESSION, "cwd": "/w", **body}
    assert feed.append(folder, feed.line(source, json.dumps(body).encode(), text(at_s), 1))


def write(project: Path, *lines: bytes) -> None:
    (project / f"{SESSION}.jsonl").write_bytes(b"".join(lines))


def readings(home: Path, user: Path, now_s: float = NOW, budgets: tuple[Budget, ...] = ()) -> dict[str, Reading]:
    record(home, user)
    with closing(open_reader(home)) as reader:
        found = [*of_sessions(reader, now_s), *of_accounts(reader, budgets, now_s)]
    return {reading.rule: reading for reading in found}


def fires(reading: Reading, now_s: float = NOW) -> bool:
    return bool(judge([reading], [], DEFAULTS, now_s).changes)


def test_nothing_recorded_is_nothing_to_tell(home: Path, user: Path) -> None:
    assert readings(home, user) == {}


def test_a_session_that_waits_for_a_permission(home: Path, user: Path) -> None:
    tool = {"tool_name": "Bash", "tool_input": {"command": "rm -rf dist"}}
    told(home, user, "hook", NOW - 119, hook_event_name="PermissionRequest", **tool)
    found = readings(home, user)["waiting"]
    assert (found.level, found.detail, found.session_id) == (119.0, "Bash rm -rf dist", SESSION)
    assert "rm -rf" not in found.text and "5e551011" in found.text
    assert not fires(found)
    assert fires(readings(home, user, NOW + 1)["waiting"], NOW + 1)
    told(home, user, "hook", NOW + 2, hook_event_name="PostToolUse", **tool)
    assert "waiting" not in readings(home, user, NOW + 3)


def status(used: int, window: int = 200_000) -> dict[str, Any]:
    size = {"input_tokens": 0, "output_tokens": 0, "cache_creation_input_tokens": 0, "cache_read_input_tokens": used}
    return {
        "model": {"id": "m"}, "cost": {"total_cost_usd": 1.0},
        "context_window": {"total_input_tokens": used, "context_window_size": window, "current_usage": size},
    }  # fmt: skip


def compaction(number: int, tokens: int, reason: str = "auto") -> bytes:
    return line(
        type="system", subtype="compact_boundary", uuid=f"k{number}", parentUuid=None, sessionId=SESSION, cwd="/w",
        timestamp=text(NOW - 9000 + number), compactMetadata={"trigger": reason, "preTokens": tokens, "postTokens": 9},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("used", "sizes", "expected"),
    [
        (159_999, (), {"context": False, "auto_compact": False}),
        (160_000, (), {"context": True, "auto_compact": False}),
        (190_000, (), {"context": True, "auto_compact": True}),
        (152_000, (160_000, 170_000), {"context": False, "auto_compact": True}),
        (151_000, (160_000, 170_000), {"context": False, "auto_compact": False}),
        (152_000, (90_000, 900_000), {"context": False, "auto_compact": False}),  # those of other windows
    ],
)
def test_a_context_that_fills_up(
    used: int, sizes: tuple[int, ...], expected: dict[str, bool], home: Path, user: Path, project: Path
) -> None:
    write(
        project,
        *(compaction(number, size) for number, size in enumerate(sizes)),
        compaction(9, 120_000, "manual"),
        LIVELY,
    )
    told(home, user, "status", NOW - 5, **status(used))
    found = readings(home, user)
    assert {rule: fires(found[rule]) for rule in expected} == expected
    assert "context" not in readings(home, user, NOW + 3600)  # nobody works there any more


def test_the_last_word_of_a_context_counts(home: Path, user: Path, project: Path) -> None:
    write(project, LIVELY)
    told(home, user, "status", NOW - 5, **status(199_000))
    told(home, user, "status", NOW - 4, **status(20_000))
    assert readings(home, user)["context"].level == 10


def test_a_context_without_a_status_line(home: Path, user: Path, project: Path) -> None:
    """The window that the session's own file tells of, and the last answer, until it is compacted."""
    write(project, LIVELY)
    record(home, user)
    with closing(sqlite3.connect(home / "fleetmeter.db")) as connection, connection:
        query = "insert into session_word select session_key, 'context_window', '125', 'a', 0 from session"
        connection.execute(query)
    found = readings(home, user)["context"]
    assert found.level == pytest.approx(101 / 125 * 100) and fires(found)
    write(project, LIVELY, compaction(8990, 101))
    assert "context" not in readings(home, user)


def turn_end(number: int, at_s: float, minutes: float) -> bytes:
    return line(
        type="system", subtype="turn_duration", uuid=f"e{number}", parentUuid=None, sessionId=SESSION, cwd="/w",
        timestamp=text(at_s), durationMs=int(minutes * 60_000),
    )  # fmt: skip


def test_a_long_turn_that_has_ended_until_something_new_is_asked(home: Path, user: Path, project: Path) -> None:
    lines = [prompt(1, timestamp=text(NOW - 700)), answer(1, timestamp=text(NOW - 60)), turn_end(1, NOW - 50, 9.9)]
    write(project, *lines)
    assert not fires(readings(home, user)["long_turn"])
    write(project, *lines, prompt(2, timestamp=text(NOW - 45)), turn_end(2, NOW - 40, 11))
    found = readings(home, user)["long_turn"]
    assert fires(found) and "11 min" in found.text
    write(
        project, *lines, prompt(2, timestamp=text(NOW - 45)), turn_end(2, NOW - 40, 11), prompt(3, timestamp=text(NOW))
    )
    assert "long_turn" not in readings(home, user)


def test_a_turn_that_only_hooks_tell_of(home: Path, user: Path) -> None:
    told(home, user, "hook", NOW - 3000, hook_event_name="UserPromptSubmit", prompt="a")
    told(home, user, "hook", NOW - 1000, hook_event_name="UserPromptSubmit", prompt="b")
    told(home, user, "hook", NOW - 100, hook_event_name="Stop")
    assert readings(home, user)["long_turn"].level == pytest.approx(15, abs=0.01)


def call(number: int, *, is_error: bool, at_s: float) -> bytes:
    use = {"type": "tool_use", "id": f"t{number}", "name": "Bash", "input": {"command": "make S3CRET"}}
    said = json.loads(answer(number, timestamp=text(at_s)))
    said["message"]["content"] = [use]
    result = {"type": "tool_result", "tool_use_id": f"t{number}", "content": "x", "is_error": is_error}
    back = line(
        type="user", uuid=f"r{number}", parentUuid=f"a{number}", sessionId=SESSION, cwd="/w", timestamp=text(at_s + 1),
        message={"role": "user", "content": [result]}, toolUseResult="Error: x" if is_error else "x",
    )  # fmt: skip
    return json.dumps(said).encode() + b"\n" + back


def test_tools_that_fail_in_a_row(home: Path, user: Path, project: Path) -> None:
    calls = [call(number, is_error=number > 1, at_s=NOW - 100 + number * 5) for number in range(7)]
    write(project, *calls[:6])
    found = readings(home, user)["tool_failures"]
    assert found.level == 4 and not fires(found)
    write(project, *calls)
    found = readings(home, user)["tool_failures"]
    assert fires(found) and "S3CRET" in found.detail and "S3CRET" not in found.text
    write(project, *calls, call(7, is_error=False, at_s=NOW - 50))
    assert "tool_failures" not in readings(home, user)


def test_a_plan_limit_until_it_begins_anew(home: Path, user: Path) -> None:
    (user / ".claude").mkdir(exist_ok=True)
    resets = int(NOW) + 600
    for at, percent in ((NOW - 20, 97.0), (NOW - 10, 81.0)):
        limits = {"five_hour": {"used_percentage": percent, "resets_at": resets}}
        told(home, user, "status", at, **status(10), rate_limits=limits)
    found = readings(home, user)
    assert found["limit"].level == found["limit_full"].level == 81
    assert (fires(found["limit"]), fires(found["limit_full"])) == (True, False)
    assert not fires(found["limit"], NOW + 600)


def spend(home: Path, at_s: float, nanos: int, model: str = "m", tokens: int = 1000) -> None:
    """A sum as the collector keeps it; where it comes from is the matter of other tests."""
    quarter = time.strftime("%Y-%m-%dT%H:", time.gmtime(at_s)) + f"{time.gmtime(at_s).tm_min // 15 * 15:02d}"
    with closing(sqlite3.connect(home / "fleetmeter.db")) as connection, connection:
        connection.execute("insert or ignore into device values (1, 'd', 'd')")
        connection.execute("insert or ignore into account values (1, 1, 'claude', '/r', 'acc')")
        connection.execute(
            "insert or ignore into session (session_key, account_id, session_id, cwd) values (1,1,'s','/w/app')"
        )
        connection.execute(
            "insert into usage_quarter_hour (quarter, session_key, run_kind, model, tier, parts, responses, "
            "lower_bounds, input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, "
            "output_tokens, reasoning_tokens, web_searches, usd_nanos) "
            "values (?, 1, 'main', ?, '', 1, 1, 0, ?, 0, 0, 0, 0, 0, 0, ?)",
            (quarter, model, tokens, nanos),
        )


def money(home: Path, now_s: float, budgets: tuple[Budget, ...] = ()) -> dict[str, Reading]:
    with closing(open_reader(home)) as reader:
        return {reading.rule: reading for reading in of_accounts(reader, budgets, now_s)}


def test_a_budget_in_dollars_and_its_next_day(home: Path) -> None:
    budget = Budget("team", "day", usd_nanos=10 * NANOS)
    spend(home, NOW - 86_400, 9 * NANOS)
    spend(home, NOW, 79 * NANOS // 10)
    assert not fires(money(home, NOW, (budget,))["budget"])
    spend(home, NOW - 3600, NANOS // 10)
    found = money(home, NOW, (budget,))
    assert (fires(found["budget"]), fires(found["budget_full"])) == (True, False)
    spend(home, NOW - 7200, 2 * NANOS)
    assert fires(money(home, NOW, (budget,))["budget_full"])
    assert money(home, NOW + 86_400, (budget,))["budget"].level == 0


def test_a_budget_counts_what_it_is_of(home: Path) -> None:
    spend(home, NOW, 5 * NANOS, "opus-5", 700)
    spend(home, NOW - 3600, 3 * NANOS, "haiku", 100)
    cases: tuple[tuple[dict[str, Any], int], ...] = (
        ({}, 80),
        ({"model": "opus"}, 70),
        ({"project": "app"}, 80),
        ({"account": "ACC"}, 80),
        ({"agent": "other"}, 0),
    )
    for more, level in cases:
        found = money(home, NOW, (Budget("b", "week", tokens=1000, **more),))
        assert found["budget"].level == level, more


@pytest.mark.parametrize("zone_name", ["UTC", "Asia/Kolkata", "America/Los_Angeles", "Australia/Lord_Howe"])
@pytest.mark.parametrize("per", ["day", "week", "month"])
def test_a_budget_stands_as_the_report_says(
    per: str, zone_name: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from viewers.reports.budgets import standings
    from viewers.reports.scope import Scope
    from viewers.reports.zone import local

    monkeypatch.setenv("TZ", zone_name)
    time.tzset()
    for hours in range(0, 24 * 40, 7):
        spend(home, NOW - hours * 3600, (1 + hours) * NANOS, f"m{hours % 3}")
    budgets = tuple(Budget(f"b{n}", per, usd_nanos=10**12, model=model) for n, model in enumerate((None, "m1", "none")))
    with closing(open_reader(home)) as reader:
        shown = standings(reader, budgets, Scope(local(), NOW))
        ours = [reading for reading in of_accounts(reader, budgets, NOW) if reading.rule == "budget"]
    assert [round(one.level, 6) for one in ours] == [round(one.limits[0].share * 100, 6) for one in shown]
    assert ours[0].level > 0


def test_a_day_that_costs_more_than_usual(home: Path) -> None:
    for day in range(1, 9):
        assert "cost_spike" not in money(home, NOW)  # nobody knows what is usual
        spend(home, NOW - day * 86_400, 2 * NANOS)
    spend(home, NOW, 59 * NANOS // 10)
    assert not fires(money(home, NOW)["cost_spike"])
    spend(home, NOW - 3600, NANOS // 10)
    found = money(home, NOW)["cost_spike"]
    assert fires(found) and found.level == pytest.approx(300)
    assert "cost_spike" not in money(home, NOW + 86_400)


def test_old_history_is_no_news(home: Path, user: Path, project: Path) -> None:
    """A first import of sessions that failed, waited and ended long ago."""
    old = NOW - 20 * 86_400
    write(project, prompt(1, timestamp=text(old)), *(call(n, is_error=True, at_s=old + n) for n in range(9)),
          turn_end(1, old + 30, 90))  # fmt: skip
    told(home, user, "hook", old + 40, hook_event_name="PermissionRequest", tool_name="Bash")
    told(home, user, "status", old + 41, **status(199_000))
    assert [reading for reading in readings(home, user).values() if fires(reading)] == []
