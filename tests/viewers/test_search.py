"""`fleetmeter search`: what was said and called is found again, and nothing that is typed is an error."""

import json
import random
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store import words
from store.database import open_reader, open_writer
from tests.viewers.conftest import COMMAND, SESSION, billed, spoken
from viewers.panels import search as drawing
from viewers.panels.search_read import Found, expression, search, understood

TOKEN = "ghp_" + "a1B2c3D4e5" * 4
OTHER = "7a110000-0000-4000-8000-000000000002"


def lines() -> dict[str, list[Any]]:
    """Two sessions of two projects."""
    call = billed(1, "2026-11-18T10:00:10.000Z")
    call["message"]["content"] = [
        {"type": "text", "text": "The advisory lock is taken before the row exists.\nTwo ways out."},
        {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {"command": "psql -c 'select advisory'"}},
    ]

    def asked(number: int, at: str, text: str, **more: Any) -> Any:
        return spoken(type="user", uuid=f"u-{number}", timestamp=at, message={"role": "user", "content": text}, **more)

    failed = asked(9, "2026-11-18T10:00:20.000Z", "")
    failed["message"]["content"] = [
        {"type": "tool_result", "tool_use_id": "toolu_1", "content": "no", "is_error": True}
    ]
    return {
        SESSION: [
            asked(1, "2026-11-18T10:00:00.000Z", "why does the refund worker hit an advisory lock?"), call, failed,
            asked(2, "2026-11-18T11:00:00.000Z", f"the token is {TOKEN} for refunds"),
        ],
        OTHER: [
            asked(3, "2025-01-05T10:00:00.000Z", "an old refund", cwd="/src/ledger", sessionId=OTHER),
            asked(4, "2026-11-19T10:00:00.000Z", "naïve naming of the LOCK", cwd="/src/ledger", sessionId=OTHER),
        ],
    }  # fmt: skip


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with both sessions in it."""
    user = tmp_path_factory.mktemp("user")
    for session, said in lines().items():
        path = user / ".claude" / "projects" / f"-{session[:4]}" / f"{session}.jsonl"
        path.parent.mkdir(parents=True)
        path.write_text("".join(json.dumps(line) + "\n" for line in said))
    environ = {"HOME": str(user), "FLEETMETER_HOME": str(user / "data"), "PATH": "/usr/bin:/bin"}
    subprocess.run([*COMMAND, "collect", "--once"], check=True, capture_output=True, env=environ)
    return user / "data"


@pytest.fixture
def here(searched: Path, home: Path) -> Path:
    shutil.copytree(searched, home)
    return home


@pytest.fixture
def ask(searched: Path) -> Any:
    """Asks as a person types."""

    def asking(text: str) -> Found:
        with closing(open_reader(str(searched))) as reader:
            return search(reader, understood(text), 1_795_000_000.0)

    return asking


def texts(found: Found) -> list[str]:
    return [match.text for match in found.matches]


def test_prompts_replies_and_calls_are_found(ask: Any) -> None:
    found = ask("advisory")
    assert sorted(match.kind for match in found.matches) == ["error", "prompt", "reply"]
    assert found.total == 3 and not found.is_least and not found.left


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("refund", 3), ("REF", 3), ("refund advisory", 1), ('"advisory lock"', 2), ('"lock advisory"', 0), ("naive", 1),
        ("psql", 1), ("bash", 1), ("refund project:ledger", 1), ("refund project:nowhere", 0), ("refund agent:x", 0),
        ("refund since:2026-01-01", 2), ("refund until:2025-12-31", 1), ("lock is:prompt", 2), ("advisory is:error", 1),
        ("lock is:reply", 1), ("nothing-like-it", 0), ("", 0), ("the", 4),
    ],
)  # fmt: skip
def test_words_mean_what_people_expect(text: str, number: int, ask: Any) -> None:
    assert ask(text).total == number


def test_of_the_same_words_the_newer_come_first(ask: Any) -> None:
    assert texts(ask("refund is:prompt"))[-1] == "an old refund"


@pytest.mark.parametrize(
    "text",
    ['"', '""', "*", "a*", "NEAR(a b)", "AND", "NOT a", "OR OR", "words:a", "search:b", "^a", "{a}", "-a", "a:b:c",
     "→", "\0", "a\0b", "\ud800", "')--", "is:", "is:x", "since:x", "since:99999999", "until:9999-12-31", "+", "a + b"],
)  # fmt: skip
def test_nothing_that_is_typed_is_an_error(text: str, ask: Any) -> None:
    assert ask(text).total >= 0


def test_nor_is_anything_that_nobody_would_type(ask: Any) -> None:
    chance = random.Random(7)
    signs = "ab\"'*()^:+-{}\\/ \t\nANDORNOT\0é日→\U0001f600\ud800"
    for _ in range(100):
        ask("".join(chance.choice(signs) for _ in range(chance.randrange(12))))


def test_an_expression_without_quotes_is_seen(searched: Path) -> None:
    with closing(open_reader(str(searched))) as reader, pytest.raises(Exception, match=r"fts5|syntax|no such column"):
        reader.execute("select rowid from search where search match ?", ("a AND NEAR(",)).fetchall()
    assert expression(('a" OR "b',)) == '"a  OR  b" *'


def test_what_is_not_indexed_yet_is_told(here: Path, ask: Any) -> None:
    with closing(open_writer(here)) as writer:
        writer.execute("delete from search_cursor")
        writer.execute("insert into search_cursor values ('prompt', 0), ('message', 0), ('tool_call', 0)")
        with closing(open_reader(str(here))) as reader:
            assert search(reader, understood("refund"), 0.0).left > 0
        words.index_all(writer, lambda: None)
    with closing(open_reader(str(here))) as reader:
        assert search(reader, understood("refund"), 0.0).left == 0


@pytest.mark.promise("V14")
def test_V14_a_secret_is_found_and_not_shown(here: Path, run: Any) -> None:
    for words_ in (["search", "token"], ["search", "--json", "token"], ["search", TOKEN]):
        done = run(*words_)
        assert "(hidden)" in done.stdout and TOKEN not in done.stdout
        assert done.returncode == 0


@pytest.mark.mutant("V14")
def test_V14_a_search_that_does_not_hide_is_seen(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "hide", lambda text: text)
    assert TOKEN in str(drawing.document(ask("token")))


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_a_match_stands_in_its_surroundings(columns: int, here: Path, run: Any) -> None:
    done = run("search", "two", "ways", COLUMNS=str(columns))
    assert "Two ways out" in done.stdout and done.returncode == 0
    assert all(len(line) <= columns for line in done.stdout.splitlines())


def test_it_is_a_document_for_programs(here: Path, run: Any) -> None:
    found = json.loads(run("search", "advisory lock", "--json", "--limit", "1", "--since", "20261101").stdout)
    (match,) = found["matches"]
    assert found["total"] == 2 and match["sessionId"] == SESSION and match["role"] in ("prompt", "reply")


@pytest.mark.parametrize(
    ("words_", "said"),
    [
        (["search", "x", "--project", "nope"], "no project 'nope'"), (["search", "x", "--agent", "nope"], "no agent"),
        (["search", "x", "--since", "soon"], "is not a date"), (["search", "→"], "no words to search for"),
        (["search", "x", "--limit", "0"], "is not a whole number"), (["search", "is:nothing x"], "is none of"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(words_: list[str], said: str, here: Path, run: Any) -> None:
    done = run(*words_)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr


def test_nothing_found_is_no_failure(here: Path, run: Any) -> None:
    done = run("search", "zebra")
    assert done.returncode == 0 and not done.stdout and "nothing says" in done.stderr


def test_where_nothing_is_recorded_it_says_so(run: Any) -> None:
    done = run("search", "x", "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["matches"] == []


def test_nothing_heavy_is_imported(here: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r}); from viewers.cli import run\n"
    code += "assert run(['search', 'refund']) == 0\nassert not {'typer', 'textual', 'msgspec'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
