"""Alerts of the imaginary fleet: its five weeks of history are no news, and its present is told of."""

from contextlib import closing
from pathlib import Path

from collector.alerting.alert_judge import judge
from collector.alerting.alert_readings import of_accounts, of_sessions
from store.alert_rules import DEFAULTS, Setting
from store.alerts import Reading
from store.budget_config import Budget
from store.database import open_reader
from tests.collector.demo.test_demo import NOW, play
from tests.collector.recorded import record

LOW = {name: Setting(True, {"disk": 0.0}.get(name, 0.01), 0.0) for name in DEFAULTS}


def fired(home: Path, now_s: float, rules: dict[str, Setting]) -> list[Reading]:
    with closing(open_reader(home)) as reader:
        budgets = (Budget("team", "week", usd_nanos=10**9),)
        found = [*of_sessions(reader, now_s), *of_accounts(reader, budgets, now_s)]
    return [change.reading for change in judge(found, [], rules, now_s).changes if change.reading]


def test_the_fleet_has_its_alerts_and_its_history_none(home: Path, tmp_path: Path) -> None:
    user = tmp_path / "fleet"
    play(user, 3, steps=400)
    record(home, user)
    now_s = NOW / 1000 + 60
    low = {reading.rule for reading in fired(home, now_s, LOW)}
    assert {"limit_full", "cost_spike", "budget_full", "long_turn"} <= low
    assert {reading.rule for reading in fired(home, now_s, DEFAULTS)} == {"budget_full", "cost_spike"}
    assert fired(home, now_s + 10 * 86_400, DEFAULTS) == []
