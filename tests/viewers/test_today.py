"""Bare `fleetmeter`: it shows what is recorded, whatever became of the files, and whoever else records."""

import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from collector.recording import once
from store.lock import PATIENCE_S
from viewers.reports import today


def test_history_is_shown_when_the_files_are_gone(recorded: Path, transcript: Path, run: Any, tmp_path: Path) -> None:
    transcript.unlink()
    done = run()
    assert done.returncode == 0
    assert "no agent data" in done.stderr and str(tmp_path / "home") in done.stderr
    assert "The last day with tokens, 2026-11-19" in done.stdout or "Today, 2026-11-19" in done.stdout
    assert "model-a" in done.stdout


def test_without_history_one_line_says_so(transcript: Path, run: Any) -> None:
    done = run()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("no agent data") and len(done.stdout.splitlines()) == 1


def test_while_another_records_it_says_whom_it_waits_for(holder: subprocess.Popen[str], run: Any) -> None:
    began = time.monotonic()
    done = run()
    assert time.monotonic() - began >= once.LOCK_WAIT_S
    assert done.stderr.splitlines()[0] == f"waiting for pid {holder.pid}, which is recording…"
    assert f"another fleetmeter process is writing: recording (pid {holder.pid})" in done.stderr
    assert done.returncode == 0
    assert "model-a" in done.stdout and "2026-11-19" in done.stdout


def test_collect_fails_when_the_other_does_not_end(
    holder: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from viewers import cli

    monkeypatch.setattr(once, "LOCK_WAIT_S", PATIENCE_S + 0.1)
    assert cli.run(["collect", "--once"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("waiting for pid") == 1 and f"kill {holder.pid}" in told.err


def test_a_database_that_another_is_about_to_make_is_no_failure(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from store import lock

    home.mkdir(mode=0o700)
    monkeypatch.setattr(once, "LOCK_WAIT_S", 0.05)
    with lock.hold(home, "recording"):
        assert today.run(once.collect_once) == 0
    assert "nothing is recorded yet" in capsys.readouterr().err
