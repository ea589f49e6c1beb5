"""O4: whatever goes wrong, no text of a transcript gets into a log, an answer of the door, or a message on stderr."""

import json
import os
from pathlib import Path

import pytest

from store.database import NAME
from tests.collector.daemons import calm, count, lay, running, status, until
from tests.collector.transcript import answer, prompt

CANARY = "Zebrafinch-canary"


def check_o4(home: Path, project: Path, mutant: str = "none") -> None:
    """Faults of every kind over lines that all hold the canary; then everything that was said is searched for it."""
    said, full = list[str](), home.with_name("full")
    bad = project / "bad.jsonl"
    bad.write_bytes(b'{"' + CANARY.encode() + b"\n" + answer(1, CANARY) + b"\xff" + CANARY.encode() + b"\n")
    (project / "agent-x.meta.json").write_text(f'{{"{CANARY}')
    lay(project, 3, 30, CANARY)
    user = project.parents[2]
    with running(home, user, mutant) as process:
        calm(home)
        (home / "config.toml").write_text("[accounts\n")
        until(lambda: status(home)["lastError"])
        said.append(json.dumps(status(home)))
        (home / "config.toml").unlink()
        full.touch()
        with bad.open("ab") as file:
            file.write(b"".join(prompt(n, CANARY * 100, uuid=f"f{n}") for n in range(200)))
        until(lambda: "full" in (status(home)["lastError"] or {}).get("words", ""))
        said.append(json.dumps(status(home)))
        full.unlink()
        until(lambda: count(home) > 250)
        (home / NAME).unlink()
        until(lambda: status(home)["replacements"] == 1 and (home / NAME).exists())
        calm(home)
    assert process.stderr is not None
    with (home / NAME).open("r+b") as file:
        os.pwrite(file.fileno(), bytes(4096 * 4), (home / NAME).stat().st_size // 8192 * 4096)
    with running(home, user, mutant):
        until(lambda: (home / "aside").exists() and status(home)["lastError"])
        calm(home)
        said.append(json.dumps(status(home)))
    logs = [path.read_text() for path in home.glob("fleetmeter.log*")]
    assert all(any(words in text for text in logs) for words in ("full", "put aside"))  # it may have been rotated
    assert all(CANARY not in text for text in (*said, *logs)), "a transcript is quoted"


@pytest.mark.promise("O4")
def test_O4_no_fault_brings_a_transcript_into_a_log(home: Path, project: Path) -> None:
    check_o4(home, project, "full-disk")


@pytest.mark.mutant("O4")
def test_O4_fails_for_a_log_that_quotes_what_it_read(home: Path, project: Path) -> None:
    with pytest.raises(AssertionError, match="quoted"):
        check_o4(home, project, "talkative")


@pytest.mark.promise("O4")
def test_O4_logs_are_kept_small_and_private(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from collector.daemon import log

    monkeypatch.setattr(log, "MOST_BYTES", 1000)
    for number in range(100):
        log.Log(str(home)).write(f"{number} " + "x" * 90)
    logs = sorted(home.glob("fleetmeter.log*"))
    assert len(logs) == log.KEPT + 1
    assert all(path.stat().st_size <= 1200 and path.stat().st_mode & 0o777 == 0o600 for path in logs)
