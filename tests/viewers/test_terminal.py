"""Data and talk in one pipe: they come in the order in which they were said."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from viewers.screen import terminal

ROOT = Path(__file__).parents[2]


def test_talk_comes_after_the_data_that_was_shown_before(recorded: Path, run: Any) -> None:
    shown = run("sql", "select session_id from sessions union all select 'b'", "--rows", "1", is_merged=True)
    assert [line.split()[0] for line in shown.stdout.splitlines()] == [
        "session_id",
        shown.stdout.split()[1],
        "fleetmeter:",
    ]


def test_show_then_say_then_show_in_one_file() -> None:
    script = "from viewers.screen.terminal import say, show; show('one'); say('two'); show('three')"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {script}"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["one", "two", "three"]


def test_talk_is_heard_also_where_the_data_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pipe that nobody reads costs the data; the trouble is met again when the command ends, and told then."""
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", encoding="utf-8") as stdout:
        monkeypatch.setattr(sys, "stdout", stdout)
        terminal.show("data")
        terminal.say("talk")
        with pytest.raises(BrokenPipeError):
            stdout.flush()
        os.dup2(os.open(os.devnull, os.O_WRONLY), writing)  # the last flush is when it is closed
    assert capsys.readouterr().err == "talk\n"
