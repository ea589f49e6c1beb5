"""`doctor`: what is broken is named with what to do, and --fix mends what is safe; the line below what viewers show."""

import json
import os
import pty
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store import lock, process
from store.database import open_writer, transaction
from tests.collector.daemons import until
from tests.collector.recorded import rows
from viewers.collecting import notice


def told(run: Any, *words: str) -> dict[str, dict[str, str]]:
    """The worst finding of each check."""
    done = run("doctor", "--json", *words)
    document = json.loads(done.stdout)
    assert done.returncode == int(not document["isWell"]), done.stderr
    order = ["ok", "note", "warning", "bad"]
    return {one["name"]: one for one in sorted(document["checks"], key=lambda one: order.index(one["state"]))}


def test_a_healthy_history_has_nothing_broken(run: Any, recorded: Path) -> None:
    found = told(run)
    assert {name for name, one in found.items() if one["state"] == "bad"} == set()
    assert found["database"]["state"] == "ok" and "sums are right" in found["database"]["words"]
    assert found["collector"]["state"] == "warning" and "fleetmeter start" in found["collector"]["advice"]
    assert {"disk", "configuration", "sqlite", "agents", "recorded", "prices", "backups"} <= set(found)
    shown = run("doctor")
    assert shown.returncode == 0 and "→ `fleetmeter start`" in shown.stdout


def test_only_what_lacks_a_price_is_named(run: Any, recorded: Path) -> None:
    assert told(run)["prices"]["words"] == "no price is known of model-a, model-b"
    with closing(open_writer(recorded)) as writer, transaction(writer):
        writer.execute("update usage_quarter_hour set unpriced_tokens = 0")  # a tier that no answer had is no trouble
    assert rows(recorded, "select 1 from prices where is_unpriced")
    assert "no price is known" not in told(run)["prices"]["words"]


def test_nothing_recorded_is_no_trouble(run: Any, home: Path) -> None:
    assert told(run)["database"]["words"] == "nothing is recorded yet"
    assert not home.exists()


def test_a_damaged_database_is_named_and_mended(run: Any, recorded: Path) -> None:
    database = recorded / "fleetmeter.db"
    before = json.loads(run("daily", "--json").stdout)
    content = bytearray(database.read_bytes())
    content[4096 * 20 : 4096 * 24] = bytes(4096 * 4)
    database.write_bytes(content)
    found = told(run)
    assert found["database"]["state"] == "bad" and "--fix" in found["database"]["advice"]
    assert "`fleetmeter doctor --fix`" in run("doctor").stderr
    mended = run("doctor", "--fix")
    assert mended.returncode == 0 and "mended: the database was damaged" in mended.stdout
    (aside,) = (recorded / "aside").iterdir()
    assert (aside / "fleetmeter.db").read_bytes() == content
    assert json.loads(run("daily", "--json").stdout) == before
    assert told(run)["aside"]["state"] == "warning"


def test_modes_and_leftovers_are_mended(run: Any, recorded: Path) -> None:
    (recorded / "fleetmeter.db").chmod(0o644)
    recorded.chmod(0o755)
    (recorded / "fleetmeter.db.new").write_text("half")
    assert told(run)["data folder"]["state"] == "warning"
    assert told(run, "--fix")["data folder"]["state"] == "ok"
    assert (recorded / "fleetmeter.db").stat().st_mode & 0o777 == 0o600
    assert not (recorded / "fleetmeter.db.new").exists()


def test_a_configuration_that_is_wrong_is_named(run: Any, recorded: Path) -> None:
    (recorded / "config.toml").write_text("[backup]\nkeep = 0\n")
    found = told(run)
    assert found["configuration"]["state"] == "bad" and "backup.keep" in found["configuration"]["words"]


def test_backups_from_the_command_line(run: Any, recorded: Path, tmp_path: Path) -> None:
    path = json.loads(run("backup", "--json").stdout)["path"]
    assert "1 older one" not in run("backup", "--keep", "5").stdout
    assert "deleted 2 older ones" in run("backup", "--keep", "1").stdout
    assert not os.path.exists(path)
    assert "proven" in run("backup", "--to", str(tmp_path / "x.db")).stdout
    again = run("backup", "--to", str(tmp_path / "x.db"))
    assert again.returncode == 1 and "nothing is overwritten" in again.stderr
    assert run("backup", "--to", "y", "--keep", "2").returncode == 2
    restored = run("restore-backup", str(tmp_path / "x.db"))
    assert restored.returncode == 0 and "lies in" in restored.stdout
    assert run("restore-backup", str(tmp_path / "none")).returncode == 1


@pytest.fixture
def ended(home: Path) -> Iterator[None]:
    """Whatever a test started for its data folder ends with it."""
    yield
    holder = lock.holder(home)
    if holder is not None and holder.born:
        process.send(holder.pid, holder.born, signal.SIGKILL)


@pytest.mark.usefixtures("ended")
def test_a_viewer_that_finds_no_collector_starts_one_and_says_so(run: Any, recorded: Path) -> None:
    for words in ((), ("today",)):
        assert "started" not in run(*words, "--no-start", FLEETMETER_NO_START=None).stderr
        assert "started" not in run(*words, FLEETMETER_NO_START="1").stderr
    assert "started" not in run("today", "--json", FLEETMETER_NO_START=None).stderr
    (recorded / "config.toml").write_text("start = false\n")
    assert "started" not in run(FLEETMETER_NO_START=None).stderr
    (recorded / "config.toml").unlink()
    assert lock.holder(recorded) is None
    started = run("today", FLEETMETER_NO_START=None)
    (pid,) = re.findall(r"started a collector \(pid (\d+)\)", started.stderr)
    until(lambda: lock.holder(recorded))  # else `start` would begin one beside it, and either may win
    run("start")  # waits until it answers
    holder = lock.holder(recorded)
    assert holder is not None and holder.pid == int(pid)
    assert "started" not in run(FLEETMETER_NO_START=None).stderr
    until(lambda: notice.trouble(str(recorded)) == "", 30)
    assert run("stop").returncode == 0
    assert "no collector runs" in notice.trouble(str(recorded))


def test_a_person_is_told_below_a_report_that_nothing_is_recorded(recorded: Path, command: list[str]) -> None:
    for words, is_told in ((["daily"], True), (["daily", "--json"], False), (["backup"], False)):
        ours, theirs = pty.openpty()
        done = subprocess.run(
            [*command, *words], stdout=subprocess.PIPE, stderr=theirs, check=True, env={**os.environ, "TERM": "xterm"}
        )
        os.close(theirs)
        os.set_blocking(ours, False)
        try:
            said = os.read(ours, 4096)
        except (BlockingIOError, OSError):
            said = b""
        os.close(ours)
        assert (b"no collector runs" in said) == is_told
        assert b"no collector" not in done.stdout


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"state": "waiting", "lastError": {"words": "disk is full"}}, "waits: disk is full"),
        ({"state": "held up"}, "held up"),
        ({"state": "importing", "backlog": {"share": 0.43}}, "43% done"),
        ({"state": "watching", "lagSeconds": 12.3, "lagBytes": 5_000_000}, "5 MB and 12 s behind"),
        ({"state": "watching", "lastError": {"words": "it was put aside"}}, "recorded anew"),
    ],
)
def test_what_troubles_a_collector_is_one_line(said: dict[str, Any], words: str) -> None:
    assert words in notice.told(said)
