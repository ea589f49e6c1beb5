"""`prices` and `reprice`: what models cost, why, and what a change of prices changes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from store import price_update
from store.database import open_reader
from store.price_table import version
from tests.store.price_site import OPUS, serving, with_opus_at
from viewers import cli

Run = Callable[..., Any]
NOON = "2026-11-18T10:00:01.000Z"


@pytest.fixture
def seen(write: Any, answer: Any, run: Run) -> None:
    """An answer of a model with a price, two of one without."""
    write([answer(1, NOON, "claude-opus-4-6"), answer(2, NOON, "model-b"), answer(3, NOON, "model-b")])
    assert run("collect", "--once").returncode == 0


def configure(home: Path, text: str) -> None:
    home.mkdir(mode=0o700, exist_ok=True)
    (home / "config.toml").write_text(text)


def test_models_without_a_price_come_first(seen: None, run: Run) -> None:
    """USERS 26."""
    done = run("prices")
    assert done.returncode == 0
    rows = [line.split() for line in done.stdout.splitlines()[3:]]
    assert rows[0][:3] == ["model-b", "standard", "unpriced"]
    assert rows[1][:9] == ["claude-opus-4-6", "*", "standard", "5", "0.5", "6.25", "10", "25", "0.01"]
    assert "2 answers (206 tokens) without a price" in done.stderr
    assert '`[prices."MODEL"]`' in done.stderr


def test_the_same_for_programs(seen: None, run: Run) -> None:
    found = json.loads(run("prices", "--json").stdout)["models"]
    assert [(one["model"], one["responses"], one["cost"], one["unpricedTokens"]) for one in found] == [
        ("model-b", 2, None, 206),
        ("claude-opus-4-6", 1, 0.000710, 0),
    ]
    first = found[1]["prices"][0]
    assert (first["since"], first["aboveTokens"], first["input"], first["output"]) == (None, None, 5.0, 25.0)
    assert found[1]["prices"][1]["aboveTokens"] == 200_000


def test_a_price_is_explained(run: Run) -> None:
    """Of any model, seen or not; nothing need be recorded."""
    done = run("prices", "us.anthropic.claude-opus-4-5-20251101-v1:0")
    assert done.returncode == 0
    assert "Found as aws regional.anthropic.claude-opus-4-5-v1:0, an id of aws" in done.stdout
    assert f"In {version('/none')}" in done.stdout
    assert done.stdout.splitlines()[-1].split()[:6] == ["always", "5.5", "0.55", "6.875", "11", "27.5"]


@pytest.mark.parametrize(
    ("at", "rates"),
    [("2026-03-12", ["always", "always", "200,000"]), ("20260313", ["2026-03-13"])],
)
def test_the_price_of_a_day(run: Run, at: str, rates: list[str]) -> None:
    rows = [line.split() for line in run("prices", "claude-opus-4-6", "--at", at).stdout.splitlines()[7:]]
    assert [word for row in rows for word in row if word in (*rates, "200,000")] == rates
    assert [row[0] for row in rows] == rates[: len(rows)]


def test_the_price_of_a_tier(run: Run) -> None:
    fast = run("prices", "claude-opus-5", "--tier", "fast").stdout.splitlines()
    assert fast[0] == "claude-opus-5 (fast)"
    assert fast[-1].split()[:2] == ["always", "10"]
    none = run("prices", "claude-haiku-4-5", "--tier", "fast").stdout
    assert "claude-haiku-4-5 (fast): unpriced" in none
    assert "Because: no price for `fast`" in none


def test_an_unknown_model_is_unpriced_and_says_why(run: Run) -> None:
    done = run("prices", "claude-opus-9")
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == "claude-opus-9: unpriced"
    assert f"Because: no such model in {version('/none')}" in done.stdout
    found = json.loads(run("prices", "claude-opus-9", "--json").stdout)["prices"]
    assert [price["input"] for price in found] == [None]


def test_the_users_own_price_is_explained(run: Run, home: Path) -> None:
    configure(home, 'prices."claude-opus-5" = {input = 4, output = 20}\nprices.gateway.like = "claude-opus-5"\n')
    own = run("prices", "claude-opus-5").stdout
    assert "Found as config claude-opus-5, by your configuration" in own
    assert "In config " in own
    assert own.splitlines()[-1].split()[:6] == ["always", "4", "4", "4", "4", "20"]
    like = run("prices", "gateway").stdout
    assert "like `claude-opus-5`, by your configuration" in like
    assert like.splitlines()[-1].split()[:2] == ["always", "4"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--at", "2026-11-20"], "--at and --tier go with a model"),
        (["--tier", "fast"], "--at and --tier go with a model"),
        (["m", "--at", "yesterday"], "--at 'yesterday' is not a date"),
        (["m", "--at", "2026-02-30"], "--at '2026-02-30' is not a date"),
    ],
)
def test_what_cannot_be_asked(run: Run, words: list[str], said: str) -> None:
    done = run("prices", *words)
    assert done.returncode == 2
    assert done.stderr.startswith(f"fleetmeter: {said}")
    assert done.stdout == ""


def test_nothing_seen_is_no_failure(run: Run) -> None:
    done = run("prices")
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads(run("prices", "--json").stdout) == {"schemaVersion": 1, "models": []}


def test_a_broken_price_is_one_line(run: Run, home: Path) -> None:
    configure(home, "prices.m = {input = 'x', output = 1}\n")
    for words in (["prices", "m"], ["collect", "--once"]):
        done = run(*words)
        assert done.returncode == 1
        assert "`prices.m.input` should be US dollars" in done.stderr
        assert "Traceback" not in done.stderr


def costs(home: Path) -> list[Any]:
    reader = open_reader(home)
    try:
        return reader.execute("select model, usd from usage_quarter_hours order by model").fetchall()
    finally:
        reader.close()


def test_repricing_says_what_changed(seen: None, run: Run, home: Path) -> None:
    before = costs(home)
    assert before == [("claude-opus-4-6", 0.000710), ("model-b", None)]
    assert "nothing changes: 3 answers would be priced as before" in run("reprice", "--dry-run").stdout
    configure(home, "prices.model-b = {input = 2, output = 8}\n")
    dry = run("reprice", "--dry-run")
    assert dry.stdout.startswith("1 model would change\n")
    assert costs(home) == before
    done = run("reprice")
    row = next(line.split() for line in done.stdout.splitlines() if line.startswith("model-b"))
    assert row == ["model-b", "2", "unpriced", "$0.0005"]
    assert costs(home) == [("claude-opus-4-6", 0.000710), ("model-b", 0.000532)]
    assert "nothing changes" in run("reprice").stdout
    assert costs(home) == [("claude-opus-4-6", 0.000710), ("model-b", 0.000532)]


def test_the_next_recording_follows_the_configuration(seen: None, run: Run, home: Path) -> None:
    """USERS 30: also one that finds nothing new."""
    configure(home, "prices.model-b = {input = 2, output = 8}\n")
    assert "nothing new" in run("collect", "--once").stdout
    assert costs(home)[1] == ("model-b", 0.000532)
    (home / "config.toml").unlink()
    run("collect", "--once")
    assert costs(home)[1] == ("model-b", None)


def test_repricing_for_programs(seen: None, run: Run, home: Path) -> None:
    configure(home, "prices.model-b = {input = 2, output = 8}\n")
    found = json.loads(run("reprice", "--json", "--dry-run").stdout)
    assert found["isDry"] is True
    assert found["models"][1] == {
        "model": "model-b", "responses": 2, "costBefore": None, "costAfter": 0.000532, "unpricedBefore": 2,
        "unpricedAfter": 0,
    }  # fmt: skip


def test_an_update_is_fetched_and_prices_anew(
    seen: None, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And by nothing but this command."""
    with serving() as site:
        monkeypatch.setattr(price_update, "URL", site.url)
        site.content = with_opus_at(4.5)
        for words in (["prices"], ["prices", OPUS], ["reprice"], ["collect", "--once"]):
            assert cli.run(words) == 0
        assert site.asked == 0
        assert cli.run(["prices", "update"]) == 0
        assert site.asked == 1
        capsys.readouterr()
        assert cli.run(["prices", OPUS]) == 0
        said = capsys.readouterr().out
        assert " + update 20" in said and said.splitlines()[-1].split()[:2] == ["always", "4.5"]
        site.status = 500
        assert cli.run(["prices", "update"]) == 1
        assert f"{site.url} cannot be fetched: HTTP Error 500" in capsys.readouterr().err
    assert cli.run(["prices", "update", "--tier", "fast"]) == 2


def test_nothing_to_reprice_is_no_failure(run: Run, home: Path) -> None:
    done = run("reprice")
    assert done.returncode == 0
    assert "nothing is recorded yet" in done.stderr
    assert not (home / "fleetmeter.db").exists()
