"""The command as a user starts it, in a terminal of its own."""

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.mark.skipif(shutil.which("tmux") is None, reason="no tmux here: apt-get install tmux")
@pytest.mark.parametrize("words", [["tui"], []], ids=["tui", "alone"])
def test_the_installed_command_opens_in_tmux_and_quits(
    words: list[str], recorded: Path, tmp_path: Path, command: list[str]
) -> None:
    import shlex

    def tmux(*asked: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", str(tmp_path / "tmux"), "-f", "/dev/null", *asked],
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout

    line = shlex.join([*command, *words]) + "; echo ended with $?; sleep 60"
    tmux("new-session", "-d", "-x", "80", "-y", "24", f"LANG=C.UTF-8 {line}")
    try:
        _until(lambda: "Active sessions" in tmux("capture-pane", "-p"), lambda: tmux("capture-pane", "-p"))
        tmux("send-keys", "a")
        _until(lambda: "last word" in tmux("capture-pane", "-p"), lambda: tmux("capture-pane", "-p"))
        tmux("send-keys", "q")
        _until(lambda: "ended with 0" in tmux("capture-pane", "-p"), lambda: tmux("capture-pane", "-p"))
    finally:
        tmux("kill-server")


def _until(is_there: Callable[[], bool], tell: Callable[[], str]) -> None:
    end = time.monotonic() + 20
    while not is_there():
        assert time.monotonic() < end, tell()
        time.sleep(0.1)
