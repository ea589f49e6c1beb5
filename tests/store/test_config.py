"""config.toml says what the user means, or the error says what is wrong with it."""

from pathlib import Path

import pytest

from store.config import NOTHING, Config, load
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
        ("device_name = 1", "`device_name` should be a text", "fix the line"),
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
