"""C13: of a sidecar the last complete version counts, whenever it is looked at; a torn one never becomes a row."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.collector.claude_tree import described, lay_tree
from tests.collector.files.sidecar_child import ENOUGH
from tests.collector.recorded import check_same, dicts, record, rows, source, views

CHILD = Path(__file__).with_name("sidecar_child.py")
LONG_S = float(os.environ.get("SIDECAR_SECONDS", "600"))


def start(*arguments: object) -> "subprocess.Popen[str]":
    command = [sys.executable, str(CHILD), *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def end(process: "subprocess.Popen[str]") -> dict[str, Any]:
    out, _ = process.communicate()
    assert process.returncode == 0
    return json.loads(out)


def sidecars(project: Path) -> tuple[Path, Path]:
    """A subagent's description and a workflow's snapshot."""
    (meta,) = project.rglob("agent-a1111.meta.json")
    (snapshot,) = project.rglob("wf_one.json")
    return meta, snapshot


def check_c13(home: Path, project: Path, seconds: float, mutant: str = "none") -> None:
    """Look while both kinds of sidecars are rewritten in place: no row mixes versions, and the last one stays."""
    user = project.parents[2]
    lay_tree(project, turns=1)
    for sidecar in sidecars(project):
        sidecar.write_bytes(b"")
    writer = start("rewrite", *sidecars(project))
    looker = start("look", mutant, home, user)
    with suppress(subprocess.TimeoutExpired):
        looker.wait(seconds)  # a torn row ends it at once
    looked, written = end(looker), end(writer)
    assert looked["torn"] == 0, looked
    assert written["versions"] > looked["found"] >= ENOUGH
    record(home, user)
    last = (written["last"],) * 2
    assert rows(home, "select agent_type, description from runs where run_id = 'a1111'") == [last]
    assert rows(home, "select name, summary from workflows") == [last]


def check_like_clean(home: Path, user: Path, tmp_path: Path) -> None:
    record(tmp_path / "clean_home", user)
    check_same(views(home), views(tmp_path / "clean_home"))


@pytest.mark.promise("C13")
def test_C13_a_torn_sidecar_never_becomes_a_row(home: Path, project: Path) -> None:
    check_c13(home, project, seconds=3)


@pytest.mark.full
@pytest.mark.promise("C13")
def test_C13_ten_minutes_of_rewriting_tear_no_row(home: Path, project: Path) -> None:
    check_c13(home, project, seconds=LONG_S)


@pytest.mark.mutant("C13")
def test_C13_fails_without_a_second_look(home: Path, project: Path) -> None:
    with pytest.raises(AssertionError, match="torn"):
        check_c13(home, project, seconds=60, mutant="blind")


@pytest.mark.promise("C13")
@pytest.mark.promise("C22")
@pytest.mark.parametrize(
    "content",
    [b"", b" ", b"[]", b'["agentType"]', b"null", b"7", b'{"agentType": "cut', b"\0" * 300, b"\xff\xfe{", None],
    ids=["empty", "blank", "array", "array-of-text", "null", "number", "torn", "NUL", "not-text", "missing"],
)
def test_C13_a_sidecar_that_says_nothing_is_harmless_and_seen(
    content: bytes | None, home: Path, project: Path, tmp_path: Path
) -> None:
    """B80."""
    user = project.parents[2]
    lay_tree(project, turns=1)
    record(home, user)
    before = rows(home, "select run_id, agent_type, description from runs order by 1, 2")
    both = sidecars(project)
    for sidecar in both:
        if content is None:
            sidecar.unlink()
        else:
            sidecar.write_bytes(content)
    record(home, user)
    # What was said once stays: the last complete version wins.
    assert rows(home, "select run_id, agent_type, description from runs order by 1, 2") == before
    for sidecar in both:
        assert source(home, sidecar)["state"] == ("gone" if content is None else "unreadable")
        assert source(home, sidecar)["reason"]
    # And where nothing was said before, the transcripts beside it count all the same.
    record(tmp_path / "late_home", user)
    counted = "select count(*), sum(output_tokens) from responses"
    assert rows(tmp_path / "late_home", counted) == rows(home, counted)


@pytest.mark.promise("C13")
def test_C13_a_huge_sidecar_is_not_read(home: Path, project: Path) -> None:
    """B80."""
    lay_tree(project, turns=1)
    for sidecar in sidecars(project):
        os.truncate(sidecar, 100_000_000)
    summary = record(home, project.parents[2])
    assert summary.bytes < 1_000_000
    for sidecar in sidecars(project):
        assert source(home, sidecar)["state"] == "unreadable"
        assert "larger" in source(home, sidecar)["reason"]
    assert len(dicts(home, "select * from runs where kind <> 'main'")) == 3


@pytest.mark.promise("C13")
def test_C13_the_last_version_wins_whole(home: Path, project: Path, tmp_path: Path) -> None:
    """Nothing of an earlier version shines through: not a word that came later in the alphabet, not one left out."""
    user = project.parents[2]
    lay_tree(project, turns=1)
    record(home, user)
    meta, snapshot = sidecars(project)
    meta.write_bytes(described("Another")[:-1].replace(b'"name": "Another", ', b"") + b"}")
    snapshot.write_bytes(b'{"runId": "wf_one", "workflowName": "a", "status": "aborted", "workflowProgress": []}')
    record(home, user)
    check_like_clean(home, user, tmp_path)
