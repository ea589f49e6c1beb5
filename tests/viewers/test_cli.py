"""The command line as a user meets it: what it prints where, how it ends, and what it imports."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer

from store.database import NAME
from viewers import cli, trouble
from viewers.commands import app

COMMANDS: Any = typer.main.get_command(app)


@pytest.mark.parametrize("name", [[], *([name] for name in COMMANDS.commands)], ids=" ".join)
def test_help_is_shown(name: list[str], run: Any) -> None:
    done = run(*name, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: fleetmeter")


@pytest.mark.parametrize(
    ("words", "near"),
    [("daily --jsno", "--json"), ("daly", "daily"), ("sources --al", "--all"), ("daily --since", "--since"),
     ("sql", "select"), ("export", "NAME"), ("sql x --rows 0", "--rows"), ("rejects --limit x", "--limit"),
     ("daily --since 2026-02-30", "20261120"), ("daily --since 2026-W01-1", "20261120"),
     ("daily --since 20261102 --until 20261101", "after"), ("daily --timezone Europe/Belrin", "Europe/Berlin"),
     ("sql x --json --csv", "--csv"), ("collect --json", "--once"), ("agents --markdown --json", "--markdown"),
     ("agents claud", "claude"), ("agents none", "codex")],
)  # fmt: skip
def test_a_wrong_command_line_is_told_in_a_line_and_ends_with_2(words: str, near: str, run: Any) -> None:
    done = run(*words.split())
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("fleetmeter: ") and near in done.stderr
    assert len(done.stderr.splitlines()) <= 2


def test_without_agent_data_it_says_where_it_looked(run: Any, tmp_path: Path) -> None:
    for words in ([], ["collect", "--once"]):
        done = run(*words)
        assert done.returncode == 0
        assert "no agent data" in done.stdout and str(tmp_path / "home") in done.stdout


@pytest.mark.parametrize("words", ["daily", "sources", "rejects"])
def test_without_a_database_json_stays_valid(words: str, run: Any) -> None:
    plain, as_json = run(words), run(words, "--json")
    assert plain.returncode == as_json.returncode == 0
    assert plain.stdout == "" and "collect --once" in plain.stderr
    assert json.loads(as_json.stdout)["schemaVersion"] == 1


def test_collect_tells_what_was_recorded_and_then_that_nothing_is_new(write: Any, run: Any) -> None:
    write([*[{"type": "user", "uuid": "u"}], b"{broken"])
    first = run("collect", "--once")
    assert first.stdout.startswith("recorded ") and "1 rejected" in first.stdout and " from 1 file (" in first.stdout
    assert run("collect", "--once").stdout.startswith("nothing new in 1 file (")
    told = json.loads(run("collect", "--once", "--json").stdout)
    assert told["sources"] == 1 and told["changed"] == told["records"] == told["bytes"] == 0
    assert set(told) >= {"rejected", "responses", "seconds", "lookedIn", "foundIn", "unreadable"}


@pytest.mark.promise("C22")
def test_C22_a_file_that_cannot_be_read_is_told_and_listed(transcript: Path, run: Any) -> None:
    os.mkfifo(transcript)
    assert "1 file was not read" in run("collect", "--once").stderr
    listed = run("sources").stdout
    assert "1 skipped" in listed and transcript.name in listed


def test_a_broken_config_is_told_in_a_line(recorded: Path, run: Any) -> None:
    (recorded / "config.toml").write_text("acounts = 1\n")
    done = run("collect", "--once")
    assert done.returncode == 1
    assert "acounts" in done.stderr and "accounts" in done.stderr and "Traceback" not in done.stderr


def test_a_damaged_database_is_put_aside_by_the_next_recording(recorded: Path, run: Any) -> None:
    damaged = b"no database " * 1_000
    (recorded / NAME).write_bytes(damaged)
    done = run("collect", "--once")
    assert done.returncode == 0 and "aside" in done.stderr
    (kept,) = (recorded / "aside").rglob(NAME)
    assert kept.read_bytes() == damaged


@pytest.mark.parametrize("words", [["daily"], ["sources"], ["agents"], ["sql", "select 1"]])
def test_a_damaged_database_is_told_in_a_line(words: list[str], recorded: Path, run: Any) -> None:
    (recorded / NAME).write_bytes(b"no database " * 1_000)
    done = run(*words)
    assert done.returncode == 1
    assert done.stderr.startswith("fleetmeter: ") and "Traceback" not in done.stderr


@pytest.mark.promise("V1")
def test_V1_looking_changes_nothing(recorded: Path, run: Any) -> None:
    before = (recorded / NAME).read_bytes(), (recorded / NAME).stat().st_mtime_ns
    for words in (["daily"], ["sources", "--json"], ["rejects"], ["agents"], ["sql", "select * from sessions"]):
        assert run(*words).returncode == 0
    assert ((recorded / NAME).read_bytes(), (recorded / NAME).stat().st_mtime_ns) == before


@pytest.mark.promise("V3")
@pytest.mark.parametrize("words", [["daily", "--json"], ["sources"], ["rejects"], ["agents"], ["sql", "select 1"], []])
def test_V3_a_database_of_a_newer_version_is_told_and_left_alone(words: list[str], recorded: Path, run: Any) -> None:
    connection = sqlite3.connect(recorded / NAME)
    connection.execute("pragma user_version = 999")
    connection.close()
    before = (recorded / NAME).read_bytes()
    done = run(*words)
    assert done.returncode == 1
    assert "999" in done.stderr and "upgrade" in done.stderr and "Traceback" not in done.stderr
    assert (recorded / NAME).read_bytes() == before


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (OSError(28, "No space left on device", "/x/fleetmeter.db"), 1, "/x/fleetmeter.db: No space left on device"),
        (PermissionError(13, "Permission denied", "/x"), 1, "/x: Permission denied"),
        (MemoryError(), 1, "memory"),
        (trouble.UsageTrouble("a\x1b[2Jb"), 2, "a\N{REPLACEMENT CHARACTER}[2Jb"),
    ],
)
def test_foreseeable_trouble_is_a_line(
    error: Exception, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert trouble.tell(error) == code
    assert words in capsys.readouterr().err


def test_trouble_of_sqlite_is_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    connection = sqlite3.connect(tmp_path / "small.db", isolation_level=None)
    connection.execute("pragma max_page_count = 2")
    with pytest.raises(sqlite3.OperationalError) as caught:
        connection.execute("create table a as select zeroblob(100000)")
    connection.close()
    assert trouble.tell(caught.value) == 1
    assert "the disk is full" in capsys.readouterr().err


def test_a_mistake_of_ours_is_not_hidden() -> None:
    assert trouble.tell(KeyError("x")) is None
    assert trouble.tell(sqlite3.ProgrammingError("x")) is None


def test_a_reader_that_goes_away_is_no_trouble(recorded: Path, command: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*command, "daily"], stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert (done.returncode, done.stderr) == (cli.BROKEN_PIPE, "")


def test_an_interruption_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(**_: object) -> int:
        signal.raise_signal(signal.SIGINT)
        return 0

    daily = cli.forms("reports")["daily"]
    monkeypatch.setitem(cli.forms("reports"), "daily", daily._replace(run=interrupted))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts what runs behind it without
    try:
        assert cli.run(["daily"]) == cli.INTERRUPTED
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_full_disk_behind_stdout_is_told(recorded: Path, command: list[str]) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full")
    with open("/dev/full", "w") as full:
        done = subprocess.run([*command, "daily"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert "No space left" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("words", ["daily --json", "sources", "rejects", "agents", "sql 1", "collect --once", ""])
def test_a_data_folder_without_permission_is_told_and_ends_with_1(
    words: str, recorded: Path, run: Any, unprivileged: list[str]
) -> None:
    recorded.chmod(0)
    done = run(*words.split(), before=unprivileged)
    recorded.chmod(0o700)
    assert (done.returncode, done.stdout) == (1, "")
    assert str(recorded) in done.stderr and "permission" in done.stderr and "Traceback" not in done.stderr
    assert "nothing is recorded yet" not in done.stderr


def test_a_data_folder_that_may_not_be_written_is_told(recorded: Path, run: Any, unprivileged: list[str]) -> None:
    recorded.chmod(0o500)
    done = run("collect", "--once", before=unprivileged)
    recorded.chmod(0o700)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"fleetmeter: {recorded} may not be written") and "chmod 700" in done.stderr


def test_a_read_only_file_system_is_told(recorded: Path, run: Any) -> None:
    mount = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
    before = ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, str(recorded)]
    if not shutil.which(before[0]) or subprocess.run([*before, "true"], check=False, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    done = run("collect", "--once", before=before)
    assert (done.returncode, done.stdout) == (1, "")
    assert "mounted read-only" in done.stderr and "FLEETMETER_HOME" in done.stderr
