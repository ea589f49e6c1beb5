"""`sources` and `rejects`: nothing that was refused stays hidden, and nothing of it acts."""

import json
import os
import pty
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from viewers import query
from viewers.reading import sources

EVIL = "\x1b]52;c;cm0=\x07\x1b[2J\x1b]0;t\x07\x1bP1$r\x1b\\\x9b31m\u202egnp\u2066\rover\x08\u200b"
# Only what we ourselves write: a style and its end.
OURS = re.compile(r"\x1b\[[0-2]?m")


@pytest.fixture
def hostile(transcript: Path, write: Callable[[list[Any]], None], answer: Any, run: Any) -> None:
    """A history in which everything that can hold text holds an attack."""
    write(
        [
            answer(1, "2026-11-18T10:00:01.000Z", f"model{EVIL}") | {"version": f"2{EVIL}"},
            f"{{broken {EVIL}".encode(),
            b"\x1b]0;x\x07\x00\xff{",
        ]
    )
    other = transcript.with_name(f"a{EVIL}b.jsonl")
    other.write_bytes(b"{more\x1b[2J\n")
    os.mkfifo(transcript.with_name("pipe.jsonl"))
    assert run("collect", "--once").returncode == 0


def screen(command: list[str], *words: str) -> str:
    """What reaches a terminal."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [*command, *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "200"},
    )
    os.close(theirs)
    shown = bytearray()
    try:
        while chunk := os.read(ours, 65_536):
            shown += chunk
    except OSError:  # Linux says so when the other side is closed
        pass
    os.close(ours)
    assert child.wait() == 0
    return shown.decode("utf-8")


@pytest.mark.promise("V4")
@pytest.mark.parametrize(
    "words",
    [["daily"], ["daily", "--json"], ["sources"], ["sources", "--json"], ["rejects"], ["rejects", "--json"],
     ["sql", "select model from responses"], ["sql", "select * from rejects", "--json"],
     ["sql", "select path, excerpt from rejects"], ["sql", "select model, char(27) from responses", "--csv"],
     ["sql", "select model as \"a\x1b[2J\" from responses"], ["collect", "--once"],
     ["agents"], ["agents", "claude"], ["agents", "--json"]],
    ids=" ".join,
)  # fmt: skip
def test_V4_the_terminal_gets_only_our_own_escapes(words: list[str], hostile: None, command: list[str]) -> None:
    shown = OURS.sub("", screen(command, *words))
    steering = {character for character in shown if not character.isprintable() and character not in "\r\n\xa0"}
    assert steering == set()
    # The terminal driver makes \r\n of \n, and \r\r\n of the end of a CSV line.
    assert "\r" not in re.sub("\r+\n", "", shown)


@pytest.mark.mutant("V4")
def test_V4_the_check_sees_what_is_not_cleaned(hostile: None, command: list[str]) -> None:
    unclean = "from viewers.screen import table; table.clean = str; "
    script = command[-1].replace("from viewers.cli", f"{unclean}from viewers.cli")
    assert "\x1b]52" in OURS.sub("", screen([*command[:-1], script], "daily"))


def test_problems_come_first_and_are_counted(hostile: None, run: Any) -> None:
    shown = run("sources").stdout.splitlines()
    assert shown[0].startswith("3 files: ") and "1 skipped" in shown[0] and "3 rejected" in shown[0]
    told = json.loads(run("sources", "--json").stdout)
    assert told["states"]["skipped"] == 1
    (pipe,) = [source for source in told["sources"] if source["path"].endswith("pipe.jsonl")]
    assert pipe["state"] == "skipped" and pipe["reason"]


def test_rejects_are_counted_by_reason_and_listed(hostile: None, run: Any) -> None:
    told = json.loads(run("rejects", "--json").stdout)
    assert sum(told["reasons"].values()) == len(told["rejects"]) == 3
    assert {"path", "byteOffset", "length", "reason", "excerpt"} <= set(told["rejects"][0])
    shown = run("rejects", "--limit", "1")
    assert shown.stdout.startswith("Rejected") and "2 more rejected lines" in shown.stderr
    assert len(json.loads(run("rejects", "--json", "--limit", "2").stdout)["rejects"]) == 2


def test_no_rejects_is_said(recorded: Path, run: Any) -> None:
    assert run("rejects").stdout == "no line was rejected\n"


def source(path: str, **more: Any) -> sources.Source:
    plain = sources.Source("a", "acc", "transcript", "read", None, 1, 10, 10, 1, 0, "t", "t", path, 0)
    return plain._replace(**more)


def test_the_newest_are_listed_and_every_problem() -> None:
    found = [source(f"bad{n}", is_problem=1) for n in range(30)] + [source(f"good{n}") for n in range(30)]
    assert [one.path for one in sources.listed(found)] == [f"bad{n}" for n in range(30)] + [
        f"good{n}" for n in range(20)
    ]


def test_columns_that_say_nothing_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert sources.table([source("x"), source("y")])[0].split() == [
        "State",
        "Read",
        "Bytes",
        "Records",
        "Rejected",
        "Path",
    ]
    shown = sources.table([source("x", account="one", generation=2), source("y", reason="why", state="skipped")])
    assert shown[0].split() == ["State", "Account", "Gen", "Read", "Bytes", "Records", "Rejected", "Why", "Path"]


# What must be quick reads the sums, and the facts of one session, by their keys: the views, made for strangers, do not
# show those. It says so.
OF_TABLES = "\n-- Of tables, by keys that no view shows.\n"


def test_every_query_states_its_question_and_reads_views_or_says_that_it_does_not(recorded: Path, run: Any) -> None:
    names = "select name from sqlite_schema where type = 'table'"
    tables = set(run("sql", names, "--csv").stdout.split()) - {"name"}
    for path in sorted(Path(query.FOLDER).iterdir()):
        text = path.read_text("utf-8")
        assert re.match(r"-- [A-Z][^.?]+[.?](\s|$)", text), path.stem
        asked = set(re.findall(r"(?:from|join)\s+(\w+)", text))
        assert bool(asked & tables) == (OF_TABLES in text), path.stem


def test_what_is_out_of_reach_is_told_by_folder_and_not_by_file(
    write: Any, history: list[Any], transcript: Path, run: Any
) -> None:
    write(history)
    assert run("collect", "--once").returncode == 0
    root = transcript.parents[2]
    root.rename(root.with_name("away"))
    assert run("collect", "--once").returncode == 0
    shown = run("sources").stdout.splitlines()
    assert "1 unreachable" in shown[0]
    assert shown[1] == f"not reachable now: 1 file below {root / 'projects'}: No such file or directory"
    assert json.loads(run("sources", "--json").stdout)["states"] == {"unreachable": 1}


def test_a_closed_folder_is_out_of_reach(
    write: Any, history: list[Any], transcript: Path, run: Any, unprivileged: list[str]
) -> None:
    write(history)
    assert run("collect", "--once").returncode == 0
    transcript.parent.chmod(0)
    assert run("collect", "--once", before=unprivileged).returncode == 0
    transcript.parent.chmod(0o700)
    shown = run("sources").stdout
    assert f"not reachable now: 1 file below {transcript.parent}: Permission denied" in shown
