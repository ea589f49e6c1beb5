"""Ad-hoc SQL: what it answers, and that it can do nothing else."""

import csv
import hashlib
import io
import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from store.database import NAME
from tests.viewers.peak import run_measured
from viewers.asking import sql
from viewers.trouble import CUT

ROOT = str(Path(__file__).parents[2])
SECONDS = 0.4
SLACK_S = 2.0
"""For starting two interpreters on a busy machine; the limit itself is kept by the kernel."""


def endless(select: str) -> str:
    """A select over all whole numbers."""
    return " ".join(("with recursive n(i) as (select 1 union all select i + 1 from n)", select))


# Each is refused by name.
REFUSED = [
    "attach 'new.db' as other",
    f"attach '{ROOT}/pyproject.toml' as other",
    "attach ':memory:' as other",
    "vacuum",
    "vacuum into 'copy.db'",
    "with s as (select 1) delete from session",
    "with s as (select 1) insert into session select * from session",
    "delete from session",
    "update session set session_id = 'x'",
    "replace into device values (9, 'a', 'b')",
    "pragma query_only = 0",
    "pragma writable_schema = 1",
    "pragma journal_mode = delete",
    "pragma table_info(session)",
    "select * from pragma_table_info('session')",
    "select * from pragma_database_list",
    "create temp table t (a)",
    "create temp view v as select 1",
    "create table t (a)",
    "create virtual table t using fts5(a)",
    "drop table session",
    "alter table session rename to other",
    "reindex",
    "analyze",
    "begin immediate",
    "savepoint s",
    "detach main",
    "select load_extension('evil')",
    "select LOAD_EXTENSION('evil')",
    "select length(zeroblob(900000000))",
    "select hex(randomblob(400000000))",
    "explain delete from session",
]
# Each would take for ever, or all the memory.
GREEDY = [
    "select length(printf('%.*c', 500000000, 'x'))",
    "select replace(replace(printf('%.*c', 9000000, 'x'), 'x', 'yyyy'), 'y', 'zzzz')",
    "select instr(printf('%.*c', 9000000, 'a'), printf('%.*c', 4500000, 'a') || 'b')",
    endless("select count(*) from n"),
    endless("select * from n order by i desc"),
    endless("select group_concat(i) from n"),
    "with recursive n(t) as (select printf('%.*c', 5000000, 'a') union all select t || 'x' from n) select t from n",
    "with recursive n(t) as (select printf('%.*c', 5000000, 'a') union all select t || 'x' from n) "
    "select t from n order by t",
    "select count(*) from sqlite_schema a, sqlite_schema b, sqlite_schema c, sqlite_schema d, sqlite_schema e",
]

# What the fuzzed statements are made of.
NAMES = "session sessions sqlite_schema responses n json_each('[1,2]') pragma_user_version x".split()
VALUES = (
    "1 'a' x'00ff' null -1 9e999 printf('%99999999d',1) zeroblob(9) load_extension(1) hex(randomblob(9)) json('{') "
    "cast(x'ff'as/**/text) (select/**/1) group_concat(1) char(27)"
).split()
HEADS = [
    "select {v}, {v} from {n}",
    "insert into {n} values ({v})",
    "delete from {n} where {v}",
    "update {n} set a = {v}",
    "attach {v} as {n}",
    "vacuum into {v}",
    "pragma {n} = {v}",
    "create temp table {n} as select {v}",
    "drop table {n}",
    "with n as (select {v}) select * from n, {n}",
    "with recursive n(i) as (select {v} union all select {v} from n) select * from n",
    "select {v} union all select {v} from {n} limit 5",
    "select * from {n} order by {v} limit {v}",
    "explain select {v}",
    "{v}",
    ";{v};",
    "select (",
]

MUTANTS = {
    "": "",
    "no authorizer": "from viewers.asking import fence; fence.allow = lambda *_: 0; ",
    "no authorizer, no limits": "from viewers.asking import fence; fence.allow = lambda *_: 0; fence.LIMITS = {}; ",
}


def ask(folder: Path, statement: str, *, mutant: str = "", shape: str = "table", seconds: float = SECONDS) -> Any:
    """Run the sandbox alone, as `fleetmeter sql` does."""
    broken = MUTANTS[mutant]
    script = f"import sys; sys.path.insert(0, {ROOT!r}); {broken}from viewers.asking import sandbox; sandbox.main()"
    words = [str(folder), shape, "1000", str(seconds), "0", statement]
    return subprocess.run(
        [sys.executable, "-X", "utf8", "-c", script, *words],
        capture_output=True, encoding="utf-8", errors="replace", cwd=folder.parent, timeout=60, check=False,
    )  # fmt: skip


def traces(folder: Path) -> dict[str, str]:
    """Every file around, with the hash of the database."""
    files = {str(path.relative_to(folder.parent)): "" for path in folder.parent.rglob("*")}
    return {**files, NAME: hashlib.sha256((folder / NAME).read_bytes()).hexdigest()}


def harm(folder: Path, statement: str, mutant: str = "") -> list[str]:
    """What a statement that should be refused has done, or was allowed to do."""
    before = traces(folder)
    began = time.monotonic()
    done = ask(folder, statement, mutant=mutant)
    took_s = time.monotonic() - began
    found = [] if traces(folder) == before else ["it left traces"]
    found += [] if done.returncode == 1 and "only reading is allowed" in done.stderr else ["it was not refused"]
    return found + ([] if took_s <= SECONDS + 0.2 + SLACK_S else [f"it took {took_s:.1f} s"])


@pytest.fixture
def folder(recorded: Path) -> Path:
    """A data folder that was read once: SQLite then has made its -wal and -shm."""
    assert ask(recorded, "select 1").returncode == 0
    return recorded


@pytest.mark.promise("V6")
@pytest.mark.parametrize("statement", REFUSED)
@pytest.mark.timed
def test_V6_whatever_does_more_than_read_is_refused(statement: str, folder: Path) -> None:
    assert harm(folder, statement) == []


@pytest.mark.mutant("V6")
@pytest.mark.parametrize(
    ("statement", "mutant", "seen"),
    [
        ("create temp table t (a)", "no authorizer", "it was not refused"),
        ("pragma query_only = 0", "no authorizer", "it was not refused"),
        ("vacuum into 'copy.db'", "no authorizer, no limits", "it left traces"),
        ("select length(zeroblob(900000000))", "no authorizer, no limits", "it was not refused"),
    ],
)
def test_V6_the_check_sees_a_fence_without_authorizer(statement: str, mutant: str, seen: str, folder: Path) -> None:
    assert seen in harm(folder, statement, mutant)


@pytest.mark.promise("V6")
@pytest.mark.parametrize("statement", GREEDY)
@pytest.mark.timed
def test_V6_whatever_is_greedy_is_stopped_on_time_and_within_memory(statement: str, folder: Path) -> None:
    before = traces(folder)
    words = [sys.executable, "-I", sql.SANDBOX, str(folder), "json", "1000", str(SECONDS), "0", statement]
    began = time.monotonic()
    code, peak = run_measured(words)
    took_s = time.monotonic() - began
    assert code in (1, CUT, -signal.SIGALRM)
    assert took_s <= SECONDS + 0.2 + SLACK_S
    assert peak < 230_000_000  # its own 200 MB and the interpreter
    assert traces(folder) == before


@pytest.mark.promise("V6")
@pytest.mark.timed
def test_V6_one_endless_call_is_ended_by_the_kernel(folder: Path, run: Any) -> None:
    began = time.monotonic()
    done = run("sql", "select instr(printf('%.*c', 9000000, 'a'), printf('%.*c', 4500000, 'a') || 'b')", "--json")
    assert time.monotonic() - began <= 1.2 + SLACK_S
    assert (done.returncode, done.stdout) == (CUT, "")
    assert done.stderr == "fleetmeter: stopped after 1 s; --seconds N gives it longer\n"


def fuzzed(chance: random.Random) -> str:
    """A statement that nobody would write."""
    text = chance.choice(HEADS)
    while "{" in text and ("{v}" in text or "{n}" in text):
        text = text.replace("{v}", chance.choice(VALUES), 1).replace("{n}", chance.choice(NAMES), 1)
    if chance.random() < 0.2:
        cut = chance.randrange(len(text) + 1)
        text = text[:cut] + chance.choice(["'", '"', "--", "/*", ";", "\x1b", "日", ")"]) + text[cut:]
    return text


@pytest.mark.promise("V6")
@pytest.mark.parametrize("rounds", [100, pytest.param(1_000, marks=pytest.mark.full)])
@pytest.mark.timed
def test_V6_no_statement_leaves_a_trace_or_a_traceback(rounds: int, folder: Path) -> None:
    chance = random.Random(6)
    before = traces(folder)
    for _ in range(rounds):
        statement = fuzzed(chance)
        began = time.monotonic()
        done = ask(folder, statement, seconds=0.2, shape=chance.choice(["table", "json"]))
        assert time.monotonic() - began <= 0.4 + SLACK_S, statement
        assert done.returncode in (0, 1, 2, CUT), statement
        assert "Traceback" not in done.stderr, statement
        assert "\x1b" not in done.stdout + done.stderr, statement
    assert traces(folder) == before


def test_every_view_can_be_asked(folder: Path, run: Any) -> None:
    views = run("sql", "select name from sqlite_schema where type = 'view'", "--csv").stdout.split()[1:]
    assert "responses" in views
    for view in views:
        assert run("sql", " ".join(("select * from", view)), "--json").returncode == 0


def test_json_is_a_list_of_objects(folder: Path, run: Any) -> None:
    done = run("sql", "select 1 as a, 'x' as a, null as b, x'0aff' as c, 9e999 as d, char(27, 8232, 0) as e", "--json")
    assert json.loads(done.stdout) == [
        {"a": 1, "a_2": "x", "b": None, "c": "0aff", "d": "Infinity", "e": "\x1b\u2028\0"}
    ]
    assert "\x1b" not in done.stdout and "\u2028" not in done.stdout
    assert json.loads(run("sql", "select 1 where 0", "--json").stdout) == []


def test_csv_is_read_back_as_it_was(folder: Path, run: Any) -> None:
    done = run("sql", """select 'a,"b' as x, char(10, 13) as y, null as z, 1.5 as n""", "--csv", text=False)
    rows = list(csv.reader(io.StringIO(done.stdout.decode(), newline="")))
    assert rows == [["x", "y", "z", "n"], ['a,"b', "\n\r", "", "1.5"]]
    assert done.stdout.startswith(b"x,y,z,n\r\n")


def test_a_table_is_aligned_and_clean(folder: Path, run: Any) -> None:
    shown = run("sql", "select 'a' as name, 10 as n union all select '日' || char(27), 2").stdout.splitlines()
    assert shown == ["name   n", "a     10", "日\N{REPLACEMENT CHARACTER}    2"]


def test_a_row_too_wide_for_the_terminal_is_a_list(folder: Path, run: Any) -> None:
    shown = run("sql", "select * from responses limit 1", COLUMNS="60").stdout.splitlines()
    assert shown[0] == "row 1" and any(line.split() == ["agent", "claude"] for line in shown)


def test_rows_beyond_the_limit_are_told_and_end_with_3(folder: Path, run: Any) -> None:
    done = run("sql", endless("select i from n"), "--json")
    assert done.returncode == CUT == 3 and len(json.loads(done.stdout)) == 1_000
    assert "--rows" in done.stderr and f"Exit code {CUT}" in run("sql", "--help").stdout
    done = run("sql", endless("select i from n limit 1500"), "--csv", "--rows", "1500")
    assert len(done.stdout.splitlines()) == 1_501 and (done.returncode, done.stderr) == (0, "")


def test_what_came_before_the_time_was_up_is_shown(folder: Path, run: Any) -> None:
    slow = endless("select i from n where i < 4 or i > 900000000")
    done = run("sql", slow, "--json", "--seconds", "0.3")
    assert done.returncode == CUT and "--seconds" in done.stderr
    # Python hands a row over only when it has seen the next: the third was still waiting.
    assert [row["i"] for row in json.loads(done.stdout)] == [1, 2]


@pytest.mark.parametrize("answer", [b'[\n{"i": 1},\n{"i": 2},\n{"i": 3', b'[\n{"i": 1},\n{"i": 2},\n'])
def test_json_that_was_cut_off_is_ended(answer: bytes) -> None:
    assert [row["i"] for row in json.loads(sql.closed(answer))][:1] == [1]
    assert json.loads(sql.closed(b'[\n{"i"')) == []


@pytest.mark.parametrize(
    "statement", ["", "  ", "-- nothing", "select 1; select 2", ";", "select 1; drop table session"]
)
def test_what_is_not_one_statement_ends_with_2(statement: str, folder: Path, run: Any) -> None:
    done = run("sql", statement)
    assert done.returncode == 2
    assert done.stderr.startswith("fleetmeter: ")


def test_a_wrong_name_is_told_with_what_there_is(folder: Path, run: Any) -> None:
    done = run("sql", "select nope from sessions")
    assert done.returncode == 1
    assert done.stderr.startswith("fleetmeter: no such column: nope\n")


@pytest.mark.parametrize(("shape", "empty"), [("--json", "[]\n"), ("--csv", ""), (None, "")])
def test_without_a_database_there_is_an_empty_answer(shape: str | None, empty: str, run: Any) -> None:
    done = run("sql", "select 1", *([shape] if shape else []))
    assert (done.returncode, done.stdout) == (0, empty)
    assert "collect --once" in done.stderr
