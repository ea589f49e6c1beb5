"""config.toml says what the user means, or the error says what is wrong with it."""

from pathlib import Path

import pytest

from store.config import NOTHING, Archiving, Config, load
from store.errors import FleetmeterError


def configured(home: Path, text: str) -> Config:
    home.mkdir(mode=0o700, exist_ok=True)
    (home / "config.toml").write_text(text)
    return load(home, ["agent", "another"])


def test_without_a_file_there_are_defaults(home: Path) -> None:
    assert load(home, []) == NOTHING == Config({}, {}, {}, None)


def test_every_key_is_read(home: Path, tmp_path: Path) -> None:
    text = """
    device_name = "desk"
    [accounts]
    "~/.agent" = "private"
    "/srv/agent" = "work"
    [projects]
    "/src/app" = "App"
    old-name = "App"
    [roots]
    agent = ["/extra/root", "~/more"]
    """
    assert configured(home, text) == Config(
        accounts={str(tmp_path / "home" / ".agent"): "private", "/srv/agent": "work"},
        projects={"/src/app": "App", "old-name": "App"},
        roots={"agent": ("/extra/root", str(tmp_path / "home" / "more"))},
        device_name="desk",
    )


def test_the_archive_is_switched_or_limited(home: Path) -> None:
    assert configured(home, "archive = 'off'").archive == Archiving(is_on=False)
    assert configured(home, "archive = 'full'").archive == Archiving()
    limits = configured(home, "[archive]\nmax_gb = 1.5\nkeep_days = 30").archive
    assert limits == Archiving(True, 1_500_000_000, 30)
    assert configured(home, "[archive]\nkeep = 'off'").archive == Archiving(is_on=False)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("[acounts]", "unknown key `acounts`", "did you mean `accounts`?"),
        ("device = 'x'", "unknown key `device`", "did you mean `device_name`?"),
        ("accounts = 'x'", "`accounts` should be a table", "fix the line"),
        ("[accounts]\na = 1", "`accounts.a` should be a text", "fix the line"),
        ("[projects]\na = ''", "`projects.a` should be a text", "fix the line"),
        ("[roots]\nagent = '/x'", "`roots.agent` should be a list of folders", "fix the line"),
        ("[roots]\nagent = [1]", "`roots.agent` should be a text", "fix the line"),
        ("[roots]\nagent = ['/x', 'x/y']", "begin with / or ~/, not `x/y`", "fix the line"),
        ("[roots]\nagent = ['./x']", "`roots.agent` should be a list of folders that begin", "fix the line"),
        ("[roots]\nagent = ['~nobody-at-all/x']", "not `~nobody-at-all/x`", "fix the line"),
        ("[roots]\nagnet = ['/x']", "unknown agent `agnet` in `roots`", "did you mean `agent`?"),
        ("[roots]\nzzz = ['/x']", "unknown agent `zzz` in `roots`", "it may be `agent`, `another`"),
        ("telemetry = 4318", "`telemetry` should be a table", "fix the line"),
        ("[telemetry]\nport = 80", "`telemetry.port` should be the number of a port, 1024 to 65535", "fix the line"),
        ("[telemetry]\nprt = 4318", "unknown key `prt` in `telemetry`", "did you mean `port`?"),
        ("device_name = 1", "`device_name` should be a text", "fix the line"),
        ("archive = 'no'", '`archive` should be "full" or "off"', "fix the line"),
        ("archive = { max = 1 }", "unknown key `max` in `archive`", "did you mean `max_gb`?"),
        ("archive = { max_gb = 0 }", "`archive.max_gb` should be a number above 0", "fix the line"),
        ("archive = { keep_days = true }", "`archive.keep_days` should be a number above 0", "fix the line"),
        ("archive = { keep = 1 }", '`archive.keep` should be "full" or "off"', "fix the line"),
        ("device_name = ", "Invalid value", "fix the line"),
    ],
)
def test_a_broken_file_is_named_with_its_key(home: Path, text: str, message: str, hint: str) -> None:
    with pytest.raises(FleetmeterError) as raised:
        configured(home, text)
    assert message in str(raised.value)
    assert str(home / "config.toml") in str(raised.value)
    assert hint in raised.value.hint


def test_bytes_that_are_no_text_are_refused(home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_bytes(b"device_name = '\xff'")
    with pytest.raises(FleetmeterError, match=r"config\.toml"):
        load(home, [])


def test_prices_are_read(home: Path) -> None:
    text = """
    [prices."house-model"]
    input = 2
    output = 8.50
    cache_write_1h = 0.000001
    [prices."house-model".fast]
    input = 4.0
    output = 1e3
    [prices.other]
    like = "house-model"
    [prices.only-fast.fast]
    input = 0
    output = 0.25
    """
    assert configured(home, text).prices == {
        "house-model": {
            "standard": {"input": "2", "output": "8.5", "cache_write_1h": "0.000001"},
            "fast": {"input": "4", "output": "1E+3"},
        },
        "other": {"like": "house-model"},
        "only-fast": {"fast": {"input": "0", "output": "0.25"}},
    }


DOLLARS = "should be US dollars, a number from 0 to 10,000 with at most six decimals"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("prices = 3", "`prices` should be a table for each model", "fix the line"),
        ("prices.m = 3", "`prices.m` should be a table", "fix the line"),
        ("prices.m = {}", "`prices.m` has no `input`", "US dollars for a million tokens"),
        ("prices.m = {input = 3}", "`prices.m` has no `output`", "`like` alone"),
        ("prices.m = {input = 3, outptu = 3}", "unknown key `outptu` in `prices.m`", "did you mean `output`?"),
        ("prices.m = {input = 3, zzz = 3}", "unknown key `zzz` in `prices.m`", "it may have `input`, `output`"),
        ("prices.m = {input = '3', output = 3}", f"`prices.m.input` {DOLLARS}", "fix the line"),
        ("prices.m = {input = true, output = 3}", f"`prices.m.input` {DOLLARS}", "fix the line"),
        ("prices.m = {input = -1, output = 3}", f"`prices.m.input` {DOLLARS}", "fix the line"),
        ("prices.m = {input = nan, output = 3}", f"`prices.m.input` {DOLLARS}", "fix the line"),
        ("prices.m = {input = inf, output = 3}", f"`prices.m.input` {DOLLARS}", "fix the line"),
        ("prices.m = {input = 10001, output = 3}", f"`prices.m.input` {DOLLARS}", "fix the line"),
        ("prices.m = {input = 3, output = 0.0000001}", f"`prices.m.output` {DOLLARS}", "fix the line"),
        ("prices.m.fast = {input = 3}", "`prices.m.fast` has no `output`", "US dollars"),
        ("prices.m = {like = 'n', input = 3}", "`prices.m` should be either `like` alone, or rates", "fix the line"),
        ("prices.m = {like = 3}", "`prices.m.like` should be the name of a model", "fix the line"),
        ("prices.m = {like = 'm'}", "`prices.m.like` should be a model that has a price itself", "fix the line"),
        ("prices.m.like = 'n'\nprices.n.like = 'o'", "`prices.m.like` should be a model that has a", "fix the line"),
    ],
)
def test_a_broken_price_is_named_with_its_key(home: Path, text: str, message: str, hint: str) -> None:
    with pytest.raises(FleetmeterError) as raised:
        configured(home, text)
    assert message in str(raised.value)
    assert hint in raised.value.hint


def test_another_reader_need_not_know_the_agents(home: Path) -> None:
    configured(home, "[roots]\nagent = ['/x']")
    assert load(home).roots == {"agent": ("/x",)}
