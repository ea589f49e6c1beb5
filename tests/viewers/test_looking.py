"""What the terminal app shows, without it: once, as a list, and line by line as it happens."""

import json
import select
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from viewers.entry.looking import ONCE
from viewers.panels.feed import MARKS, kind_of
from viewers.panels.fleet_read import GONE_S, Moment, now_of
from viewers.reports.dates import utc
from viewers.screen.ids import told_apart

HEAVY = ("textual", "typer", "rich")


def test_ids_are_as_long_as_it_takes_to_tell_them_apart() -> None:
    assert told_apart([]) == told_apart(["5f3c0000-0000", "6f3c0000-0000"]) == 8
    assert told_apart(["01a22999-218e-7677", "01a22999-fd7a-7ce9"]) == 10


def test_what_was_silent_for_a_day_does_not_work_whatever_is_said_of_it() -> None:
    row = (1, "id", "claude", "work", "/src/app", "working", utc(0.0), None, 7, utc(0.0), None)
    assert now_of(row, GONE_S - 1).state == "working"
    assert now_of(row, GONE_S + 1).state == "idle"
    assert now_of((*row[:8], None, *row[9:]), GONE_S + 1).state == "ended"


def test_a_call_that_goes_on_in_the_background_did_not_fail() -> None:
    moment = Moment(utc(0.0), "main", "tool", "Agent", "look around", None, None, "background", "tool 1", "toolu_1", 0)
    assert MARKS[kind_of(moment)][0] == "→"
    assert kind_of(moment._replace(status="interrupted")) == "error"


@pytest.mark.parametrize("words", [["--once"], ["list"], ["list", "--all"], ["watch"]])
def test_nothing_of_the_app_is_imported(words: list[str], recorded: Path) -> None:
    script = (
        "import sys; from viewers import cli\n"
        "import viewers.reading.watch; viewers.reading.watch.run.__kwdefaults__['is_over'] = lambda: True\n"
        f"assert cli.run({words!r}) == 0; sys.stdout.flush()\n"
        f"assert not [name for name in {HEAVY!r} if name in sys.modules]"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[2])


def test_once_draws_the_fleet_and_a_session(recorded: Path, run: Any) -> None:
    fleet = run("--once", COLUMNS="80")
    assert "Active sessions" in fleet.stdout and "Plan limits" in fleet.stdout
    assert all(len(line) <= 80 for line in fleet.stdout.splitlines())
    session = run("--once", "--session", "5f3c")
    assert "Tokens and cost" in session.stdout and "» go" in session.stdout


def test_once_is_a_document_for_programs(recorded: Path, run: Any) -> None:
    fleet = json.loads(run("--once", "--json").stdout)
    assert fleet["schemaVersion"] == 1 and fleet["sessions"] == []
    session = json.loads(run("--once", "--json", "--session", "5f3c").stdout)
    assert session["sessionId"].startswith("5f3c") and session["answers"] == 3
    assert [model["tokens"] for model in session["models"]] and session["isLowerBound"] is True
    assert session["usd"] is None and session["unpricedTokens"] == sum(m["tokens"] for m in session["models"])
    assert [moment["kind"] for moment in session["activity"]].count("prompt") == 1


def test_both_forms_say_the_same(recorded: Path, run: Any) -> None:
    plain, typed = run("--once", "--json"), run("--json", "--once")
    assert json.loads(plain.stdout).keys() == json.loads(typed.stdout).keys()
    assert {**ONCE.flags, **{word: value[0] for word, value in ONCE.values.items()}}.keys() == {
        "--once", "--json", "-j", "--session",
    }  # fmt: skip


@pytest.mark.parametrize("words", [["--json"], ["--session", "5f3c"], ["--once", "daily"]])
def test_options_that_need_once_say_so(words: list[str], recorded: Path, run: Any) -> None:
    done = run(*words)
    assert done.returncode == 2 and "--once" in done.stderr and "Traceback" not in done.stderr


def test_a_list_has_a_line_for_each_session(recorded: Path, run: Any) -> None:
    assert "list --all" in run("list").stderr
    lines = run("list", "--all").stdout.splitlines()
    assert lines[0].startswith("STATE") and "app" in lines[1] and len(lines) == 2
    (session,) = json.loads(run("list", "--all", "--json").stdout)["sessions"]
    assert session["project"] == "/src/app" and session["tokens"]["output"] == 117


@pytest.mark.parametrize("words", [["--once"], ["list"], ["--once", "--json"], ["list", "--json"]])
def test_nothing_recorded_is_a_state_and_no_failure(words: list[str], run: Any) -> None:
    done = run(*words)
    assert done.returncode == 0
    if "--json" in words:
        assert json.loads(done.stdout)["sessions"] == []
    else:
        assert "nothing is recorded yet" in done.stderr


@pytest.mark.parametrize("is_json", [False, True])
def test_watch_tells_what_happens_while_it_runs(
    is_json: bool, recorded: Path, transcript: Path, history: list[Any], command: list[str], tmp_path: Path
) -> None:
    words = [*command, "watch", *(["--json"] if is_json else [])]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as watching:
        try:
            assert watching.stdout
            for number in range(20):  # until it looks: what is there before is not told
                now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
                line = {**history[0], "uuid": f"u-new-{number}", "timestamp": now}
                line["message"] = {"role": "user", "content": "\x1b[31mred alert"}
                with transcript.open("a") as file:
                    file.write(json.dumps(line) + "\n")
                subprocess.run([*command, "collect", "--once"], check=True, capture_output=True, cwd=tmp_path)
                if select.select([watching.stdout], [], [], 0.5)[0]:
                    break
            else:
                pytest.fail("nothing was told")
            told = watching.stdout.readline()
        finally:
            watching.kill()
    assert "\x1b" not in told
    if is_json:
        event = json.loads(told)
        assert event["kind"] == "prompt" and event["text"].endswith("red alert") and event["project"] == "/src/app"
    else:
        assert "red alert" in told and "»" in told and "app" in told
