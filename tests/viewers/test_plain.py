"""The plain forms of the command line: those that Typer declares, with its defaults, and nothing heavy imported."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from viewers import cli
from viewers.commands import app
from viewers.entry import Plain
from viewers.reports.flags import EXPORT, REPORTS, SPENDING, WHY, Asked

OPTIONS = {**{name: taken[1] for name, taken in (REPORTS | SPENDING).items()}, "why": WHY, "export": EXPORT}
HEAVY = {"typer", "rich", "click", "pydantic", "sqlite_utils", "msgspec", "textual"}
COMMANDS: Any = typer.main.get_command(app)


def declared(name: str) -> list[Any]:
    return [option for option in COMMANDS.commands[name].params if option.name != "help"]


def form(name: str) -> Plain:
    found = cli.form(name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", COMMANDS.commands)
def test_the_plain_forms_are_those_that_typer_declares(name: str) -> None:
    plain, options = form(name), declared(name)
    flags = {word: option.name for option in options if getattr(option, "is_flag", False) for word in option.opts}
    words = [option.name for option in options if option.param_type_name == "argument"]
    values = {
        word: option.name
        for option in options
        for word in option.opts
        if option.name not in words and word not in flags
    }
    assert plain.flags == flags
    assert {word: value[0] for word, value in plain.values.items()} == values
    assert [*plain.words, *plain.more] == words
    assert not any(option.secondary_opts for option in options)


@pytest.mark.parametrize("name", COMMANDS.commands)
def test_a_plain_form_has_the_defaults_of_typer(name: str) -> None:
    defaults: Any = getattr(form(name).run, "__kwdefaults__", None) or {}
    defaults = {**defaults, **{option: Asked._field_defaults[option] for option in OPTIONS.get(name, ())}}
    assert defaults == {option.name: option.default for option in declared(name) if not option.required}


def test_every_command_has_a_plain_form_and_help() -> None:
    for area, here in cli.AREAS.items():
        assert list(cli.forms(area)) == list(here.commands)
    assert [name for here in cli.AREAS.values() for name in here.commands] == list(COMMANDS.commands)
    assert all(command.help for command in COMMANDS.commands.values())


@pytest.mark.parametrize(
    ("words", "command"),
    [
        ([], {}),
        (["--version"], {}),
        (["daily", "-s", "20261101", "--until=2026-11-02", "-j"],
         {"since": "20261101", "until": "2026-11-02", "as_json": True}),
        (["sql", "select 1", "--rows", "5", "--seconds", "2.5"], {"statement": "select 1", "rows": 5, "seconds": 2.5}),
        (["sql", "--csv", "-- a question\nselect 1"], {"statement": "-- a question\nselect 1", "as_csv": True}),
        (["rejects", "--limit", "3"], {"limit": 3}),
        (["agents"], {}),
        (["agents", "some", "--json"], {"name": "some", "as_json": True}),
    ],
)  # fmt: skip
def test_plain_forms_are_read(words: list[str], command: dict[str, object]) -> None:
    found = cli.plain(words)
    assert found is not None and found[1] == command


@pytest.mark.parametrize(
    "words",
    ["--help", "daily --help", "daily --since", "daily --since --json", "daily extra", "daly", "daily --jsno", "export",
     "sql a b", "sql a --rows x", "sql a --rows 0", "sql a --seconds 1e9", "sql a --seconds .", "daily -s=3",
     "sql a --rows \uff14", "--version daily", "agents a b"],
)  # fmt: skip
def test_all_other_forms_are_left_to_typer(words: str) -> None:
    assert cli.plain(words.split()) is None


@pytest.mark.parametrize(
    "words",
    [
        ["collect", "--once"],
        ["daily", "--json"],
        ["daily"],
        ["sources"],
        ["rejects", "--json"],
        ["agents"],
        [],
        ["sql", "select 1"],
    ],
)
def test_a_plain_form_imports_nothing_heavy(words: list[str], recorded: Path, run: Any) -> None:
    run("collect", "--once")  # decoding is imported only for what is new
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r}); from viewers.cli import run; "
        f"code = run({words!r}); print(*sorted(sys.modules), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = set(done.stderr.splitlines()[-1].split())
    assert "viewers.cli" in modules
    assert {module.partition(".")[0] for module in modules} & HEAVY == set()


@pytest.mark.parametrize("words", [["daily", "--json"], ["daily", "--csv"], ["monthly", "--json"], ["model", "--csv"]])
def test_a_report_for_programs_imports_what_it_needs_and_no_more(words: list[str], recorded: Path) -> None:
    root = str(Path(__file__).parents[2])
    ours = f"import sys; sys.path.insert(0, {root!r}); from viewers.cli import run; assert run({words!r}) == 0"
    loaded: list[set[str]] = []
    for code in ("import sys", ours):
        code += "; print(*sys.modules, file=sys.stderr)"
        environ = {**os.environ, "TZ": "UTC"}
        done = subprocess.run(
            [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True, env=environ
        )
        loaded.append(set(done.stderr.splitlines()[-1].split()))
    slow = {
        "typing",
        "re",
        "enum",
        "json",
        "csv",
        "zoneinfo",
        "decimal",
        "dataclasses",
        "argparse",
        "pathlib",
        "tomllib",
    }
    assert (loaded[1] - loaded[0]) & (slow | HEAVY) == set()
    assert "viewers.reports.report" in loaded[1]
