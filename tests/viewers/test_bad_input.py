"""Whatever is typed or written wrong, in any command: one line that says what, the nearest thing, and no traceback."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from viewers import cli
from viewers.reports.flags import EXPORT, FLAGS, REPORTS, WHY

COMMANDS = [name for area in cli.AREAS.values() for name in area.commands]
OPTIONS = {**{name: options for name, (_, options) in REPORTS.items()}, "why": WHY, "export": EXPORT}
# Option → a value that cannot be, and what is said of it.
WRONG = {
    "since": ("2026-13-01", "20261120"), "until": ("2026-02-30", "20261120"), "last": ("soon", "28d"),
    "timezone": ("Europe/Belrin", "Europe/Berlin"), "project": ("zzz", "app"), "branch": ("zzz", "main"),
    "account": ("zzz", "claude"), "agent": ("cluade", "claude"), "model": ("modle-a", "model-a"),
    "order": ("x", "cost"), "limit": ("many", "20"), "mode": ("calc", "calculate"), "week_start": ("someday", "sunday"),
    "id": ("zzz", "5f3c"), "token_limit": ("many", "20"), "format": ("xlsx", "csv"),
}  # fmt: skip
REPORT_ONLY = ("order", "mode", "week_start")
BROKEN = {
    "not toml": "plan = \n",
    "an unknown key": "plam = 'max'\n",
    "a price that is none": '[prices."model-a"]\ninput = "two"\noutput = 8\n',
    "a price without output": '[prices."model-a"]\ninput = 2\n',
    "a price below zero": '[prices."model-a"]\ninput = -2\noutput = 8\n',
    "a price of a kind that is none": '[prices."model-a"]\ninput = 2\noutput = 8\ncached = 1\n',
}
READS_CONFIG = [*REPORTS, "why", "reprice", "collect --once", "prices model-a"]

Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ask(recorded: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Runs a command line: exit code, output, and what was said."""
    monkeypatch.setenv("TZ", "UTC")

    def run(*words: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = cli.run(list(words))
        told = capfd.readouterr()
        return code, told.out, told.err

    return run


def complaint(code: int, out: str, said: str) -> str:
    """What is wrong with the way in which something wrong was told."""
    if code != 2 or out:
        return f"exit code {code}, {out!r}"
    if not said.startswith("fleetmeter: ") or len(said.splitlines()) > 2 or "Traceback" in said:
        return f"said {said!r}"
    return ""


@pytest.mark.parametrize("name", COMMANDS)
def test_an_unknown_option_is_told_by_every_command(name: str, ask: Ask) -> None:
    code, out, said = ask(name, "--jsno")
    assert complaint(code, out, said) == ""
    assert "--jsno" in said and f"fleetmeter {name} --help" in said


def test_an_unknown_command_is_told_with_the_nearest(ask: Ask) -> None:
    for name in COMMANDS:
        code, out, said = ask(name + "x")
        assert complaint(code, out, said) == "" and name in said


@pytest.mark.parametrize("name", OPTIONS)
def test_a_wrong_value_is_told_with_the_nearest_right_one(name: str, ask: Ask) -> None:
    values = [option for option in OPTIONS[name] if FLAGS[option].metavar and option != "output"]
    assert set(values) <= set(WRONG), "a new option needs a wrong value here"
    for option in values:
        subject = [] if name != "export" else ["weekly" if option in REPORT_ONLY else "responses"]
        wrong, near = WRONG[option]
        code, out, said = ask(name, *subject, FLAGS[option].words[0], wrong)
        assert complaint(code, out, said) == "", (option, said)
        assert near in said, (option, said)


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_without_its_value_is_told(name: str, ask: Ask) -> None:
    words = [FLAGS[option].words[0] for option in OPTIONS[name] if FLAGS[option].metavar]
    code, out, said = ask(name, *(["daily"] if name == "export" else []), words[-1])
    assert complaint(code, out, said) == "" and words[-1] in said


@pytest.mark.parametrize("name", OPTIONS)
def test_an_empty_range_is_no_failure(name: str, ask: Ask) -> None:
    if "since" not in OPTIONS[name]:
        return
    code, _, said = ask(name, *(["responses"] if name == "export" else []), "--since", "2090-01-01")
    assert (code, said) == (0, "nothing in this range\n")


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_configuration_is_told_with_its_file(what: str, ask: Ask, recorded: Path) -> None:
    (recorded / "config.toml").write_text(BROKEN[what])
    told = 0
    for words in READS_CONFIG:
        code, _, said = ask(*words.split())
        assert code in (0, 1, 2) and "Traceback" not in said, (words, said)
        if code:
            assert said.startswith("fleetmeter: ") and "config.toml" in said and len(said.splitlines()) <= 2, said
            told += 1
    assert told >= 4


def test_U27_no_report_opens_a_connection(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for name in OPTIONS:
        code, _, said = ask(name, *(["responses"] if name == "export" else []))
        assert code == 0 and "Traceback" not in said
    assert ask("prices", "claude-opus-4-5")[0] == 0


def test_the_check_sees_a_bad_way_to_tell() -> None:
    assert complaint(1, "", "fleetmeter: no\n") and complaint(2, "x", "fleetmeter: no\n")
    assert complaint(2, "", "Traceback\n") and complaint(2, "", "fleetmeter: a\nb\nc\n")
    assert complaint(2, "", "fleetmeter: no\n  try yes\n") == ""
