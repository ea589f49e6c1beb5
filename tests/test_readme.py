"""The README and VIEWS.md are true: every command, option and key of the configuration is there, and every column."""

import re
from pathlib import Path

import pytest

from collector.files.agents import look
from collector.sources import all_sources
from store import alert_config, alert_rules, schema
from store.config import Config
from store.database import OLDEST_SQLITE, open_reader, open_writer
from viewers.reading import agent_tables

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
DESCRIBED = (ROOT / "migrations" / "VIEWS.md").read_text("utf-8")
NAMES = re.compile(r"`([a-z0-9_]+)`")
PREFIX = ("agent", "device", "account", "project", "session_id", "run_id")
VIEWS = sorted(path.stem for path in (Path(schema.FOLDER) / "views").glob("*.sql"))


def section(title: str, document: str = README) -> str:
    parts = re.split(r"^#{1,3} ", document, flags=re.MULTILINE)
    return next((part for part in parts if part.split("\n", 1)[0] == title), "")


def documented(view: str) -> list[str]:
    """The names in the first cells of a view's table, in their order."""
    rows = [line.split("|")[1] for line in section(view, DESCRIBED).splitlines() if line.startswith("| `")]
    return [name for cell in rows for name in NAMES.findall(cell)]


@pytest.mark.parametrize("view", VIEWS)
def test_every_column_of_a_view_is_documented_and_no_other(view: str, home: Path) -> None:
    open_writer(home).close()
    reader = open_reader(home)
    columns = [row[1] for row in reader.execute(f"pragma table_info({view})")]
    reader.close()
    assert sorted(set(columns) - set(PREFIX)) == sorted(set(documented(view)) - set(PREFIX))
    assert not set(documented(view)) & set(PREFIX)


def test_the_views_of_the_issue_are_there() -> None:
    promised = "sessions runs prompts responses tool_calls touches compactions workflows activity sources rejects"
    assert {*promised.split(), "usage_quarter_hours"} <= set(VIEWS)


@pytest.mark.parametrize("key", Config._fields)
def test_every_key_of_the_configuration_is_documented(key: str) -> None:
    assert f"`{key}`" in section("Configuration") or f"`[{key}]`" in section("Configuration")


def test_every_command_is_documented() -> None:
    from viewers.cli import AREAS, forms

    for name, command in (item for area in AREAS for item in forms(area).items()):
        assert f"`fleetmeter {name}" in section("Commands"), name
        options = [option for option in (*command.flags, *command.values) if option.startswith("--")]
        for option in options:
            assert option in section("Commands"), f"{name} {option}"


def test_every_exit_code_is_documented() -> None:
    from viewers import cli, trouble

    codes = {0, trouble.FAILED, trouble.USAGE, trouble.CUT, cli.INTERRUPTED, cli.BROKEN_PIPE}
    rows = re.findall(r"^\| (\d+) \| ", section("Commands"), flags=re.MULTILINE)
    assert sorted(codes) == sorted(map(int, rows))


def test_the_tables_of_agents_are_those_that_the_sources_make() -> None:
    written = section("Agents").partition("<!-- agents -->\n")[2].partition("<!-- /agents -->")[0]
    assert written.splitlines() == ["", *agent_tables.markdown(look("/none", {}, "/none")), ""]


def test_every_agent_is_named_where_its_column_is_described() -> None:
    (row,) = [line for line in section("Views", DESCRIBED).splitlines() if line.startswith("| `agent` |")]
    assert NAMES.findall(row)[1:] == [source.agent for source in all_sources()]


def test_the_oldest_sqlite_is_documented() -> None:
    assert f"SQLite {'.'.join(map(str, OLDEST_SQLITE))} or later" in README


def test_the_table_of_alerts_is_that_of_the_rules() -> None:
    written = section("Alerts").partition("<!-- alerts -->\n")[2].partition("<!-- /alerts -->")[0]
    assert written.splitlines() == ["", *alert_rules.markdown(), ""]


@pytest.mark.parametrize("key", (*alert_config.RULE_KEYS, *alert_config.SINK_KEYS))
def test_every_key_of_alerts_is_documented(key: str) -> None:
    assert f"| `{key}` |" in section("Alerts") or f"\n{key} = " in section("Alerts")


@pytest.mark.parametrize("word", (*alert_config.KINDS, *alert_config.FORMS))
def test_every_kind_and_form_of_a_sink_is_documented(word: str) -> None:
    assert f"`{word}`" in section("Alerts")
