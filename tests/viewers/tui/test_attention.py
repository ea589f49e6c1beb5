"""What stands above the sessions, and what needs a person: budgets, limits, alerts, and how they are acknowledged."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from store.alerts import ack
from store.database import open_writer, transaction
from viewers.panels import day
from viewers.panels.fleet_read import Fleet
from viewers.panels.ink import plain
from viewers.panels.plans import Alert, Limit
from viewers.reports.dates import utc
from viewers.tui import attention

TOKEN = "ghp_" + "a1B2c3D4e5" * 4


@pytest.fixture
def alerted(recorded: Path, moment: Callable[..., str]) -> Path:
    """Three alerts are open, one of them with a secret in it, another over a milder one; and a plan limit was read."""
    with closing(sqlite3.connect(recorded / "fleetmeter.db")) as writer, writer:
        for rule, text, detail in (
            ("cost_spike", "today cost 9 times a usual day", None), ("budget", "budget all: 99 % is spent", None),
            ("budget_full", "budget all: 120 % is spent", None), ("tool_failures", "a tool failed", f"token {TOKEN}"),
        ):  # fmt: skip
            writer.execute(
                "insert into alert (rule, subject, level, text, detail, first_at, last_at)"
                " values (?, ?, 1, ?, ?, ?, ?)",
                (rule, text[:10], text, detail, moment(60), moment(60)),
            )
        (account,) = writer.execute("select min(account_id) from account").fetchone()
        soon = utc(datetime.now(UTC).timestamp() + 7200)
        writer.execute(
            "insert into limit_level (account_id, limit_id, span, used_percent, resets_at, window_minutes, source,"
            " first_at, last_at) values (?, 'plan', 'five_hour', 81.0, ?, 300, 'status', ?, ?)",
            (account, soon, moment(60), moment(30)),
        )
    return recorded


def accepting(home: Path) -> Callable[..., dict[str, int]]:
    """Does what a collector does that is asked."""

    def ask(_: str, question: str) -> dict[str, int]:
        id_ = question.removeprefix("ack").strip()
        with closing(open_writer(home)) as connection, transaction(connection):
            return {"acked": ack(connection, int(id_) if id_ else None, utc(datetime.now(UTC).timestamp()))}

    return ask


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_strip_tells_of_limits_alerts_and_budgets(size: tuple[int, int], alerted: Path, look: Any) -> None:
    (alerted / "config.toml").write_text(
        '[budgets.everyday]\nper = "day"\nusd = 30\n[budgets.all]\nper = "month"\nusd = 200\n'
    )

    async def by_keys(eye: Any) -> None:
        text = await eye.until("▲ 3 alerts")
        assert "Today $0.00 of $30.00 ░░░░░" in text and "■ stopped" in text
        assert "81%" in text and "5-hour" in text and "1h59m" in text
        assert "claude 5-hour at 81%" in text
        assert {len(line) for line in eye.lines()} == {size[0]}

    look(by_keys, size)


def test_a_slip_in_the_configuration_takes_nothing_else_away(alerted: Path, look: Any) -> None:
    (alerted / "config.toml").write_text("[budgets.everyday\n")

    async def by_keys(eye: Any) -> None:
        await eye.until("▲ 3 alerts")

    look(by_keys)


@pytest.mark.parametrize("rule", ["limit", "limit_full"])
def test_what_an_alert_says_is_said_once(rule: str) -> None:
    limit = Limit("claude", "work", "plan", "five_hour", 96.0, 300, None, None, utc(0), "5-hour", None)
    alert = Alert(1, rule, "work: 96 % of the 5-hour limit used", None, None, utc(0), "claude work plan five_hour")
    other = alert._replace(subject="claude home plan five_hour")

    def shown(*alerts: Alert) -> list[str]:
        rows = day.attention(Fleet((), (limit,), (), (), alerts=alerts), 60, 60.0).rows
        return [plain(row.lines[0]) for row in rows]

    assert [line.split("  ")[0] for line in shown()] == ["■ claude 5-hour at 96%"]
    assert len(shown(alert)) == 1 and "of the 5-hour limit used" in shown(alert)[0]
    assert len(shown(other)) == 2


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_alerts_are_read_whole_and_acknowledged(
    size: tuple[int, int], alerted: Path, look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attention, "ask", accepting(alerted))

    async def by_keys(eye: Any) -> None:
        await eye.until("▲ 3 alerts")
        await eye.press("n")
        text = await eye.until("a tool failed token ghp_(hidden)")
        assert TOKEN not in text
        await eye.press("a")
        await eye.until("1 alert acknowledged")
        await eye.until("a tool failed", gone=True)
        assert "120 % is spent" in eye.text() and "99 % is spent" not in eye.text()
        await eye.press("A")
        await eye.until("9 times a usual day", gone=True)
        await eye.press("escape")
        await eye.until("alert", gone=True)
        assert eye.app.is_running

    look(by_keys, size)


def test_without_a_collector_it_says_who_could_note_it(alerted: Path, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.press("3", "a")
        await eye.until("a tool failed")
        await eye.press("a")
        await eye.until("no collector runs that could note it")
        await eye.press("q")
        await eye.until("nothing was spent")

    look(by_keys)
