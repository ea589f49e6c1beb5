"""Budgets of the configuration: every key checked, and the error names the file, the key and what may stand there."""

from pathlib import Path

import pytest

from store.budget_config import Budget
from store.config import load
from store.errors import FleetmeterError


def test_budgets_are_read_in_the_order_of_the_file(home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text(
        '[budgets.team]\nper = "month"\nusd = 200\n[budgets."a b"]\nper = "day"\nusd = 0.1\ntokens = 5_000\n'
        'model = "opus"\naccount = "work"\nagent = "one"\nproject = "/src/app"\n'
    )
    assert load(home).budgets == (
        Budget("team", "month", 200 * 10**9),
        Budget("a b", "day", 10**8, 5_000, "work", "one", "/src/app", "opus"),
    )


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("budgets = 3", "`budgets` should be a table for each budget", "fix the line"),
        ("[budgets]\nteam = 3", "`budgets.team` should be a table", "fix the line"),
        (
            '[budgets.t]\nper = "month"\nusd = 1\nmodle = "x"',
            "unknown key `modle` in `budgets.t`",
            "did you mean `model`?",
        ),
        ('[budgets.t]\nper = "month"\nusd = 1\nxyz = 1', "unknown key `xyz` in `budgets.t`", "it may be `per`, `usd`"),
        ("[budgets.t]\nusd = 1", "`budgets.t` has no `per`", "day, week or month"),
        ('[budgets.t]\nper = "monthly"\nusd = 1', "`budgets.t.per` cannot be 'monthly'", "did you mean `month`?"),
        ("[budgets.t]\nper = 3\nusd = 1", "`budgets.t.per` cannot be '3'", "it may be `day`"),
        ('[budgets.t]\nper = "day"', "`budgets.t` has no amount", "give `usd`, `tokens`, or both"),
        ('[budgets.t]\nper = "day"\nusd = -1', "`budgets.t.usd` should be US dollars, a number above 0", "fix"),
        ('[budgets.t]\nper = "day"\nusd = nan', "`budgets.t.usd` should be US dollars", "fix"),
        ('[budgets.t]\nper = "day"\nusd = inf', "`budgets.t.usd` should be US dollars", "fix"),
        ('[budgets.t]\nper = "day"\nusd = true', "`budgets.t.usd` should be US dollars", "fix"),
        ('[budgets.t]\nper = "day"\nusd = "5"', "`budgets.t.usd` should be US dollars", "fix"),
        ('[budgets.t]\nper = "day"\ntokens = 1.5', "`budgets.t.tokens` should be a whole number of tokens", "fix"),
        ('[budgets.t]\nper = "day"\nusd = 1\nproject = ""', "`budgets.t.project` should be a text", "fix"),
    ],
)
def test_a_broken_budget_is_an_error_that_says_where(text: str, message: str, hint: str, home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text(text + "\n")
    with pytest.raises(FleetmeterError) as error:
        load(home)
    assert str(home / "config.toml") in str(error.value) and message in str(error.value)
    assert hint in error.value.hint
