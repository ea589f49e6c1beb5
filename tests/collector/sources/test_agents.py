"""What the sources say of themselves is true: of the variables they ask for, and of what their files tell."""

import ast
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from collector.files.agents import variables
from collector.recording.once import collect_once
from collector.sources import Source, Tells, Told, all_sources
from tests.collector.database import build
from tests.collector.published import CORPUS, IS_HERE
from tests.collector.recorded import rows
from tests.conftest import AGENT_ROOTS, PLACES

SOURCES = all_sources()
FOLDER = Path(__file__).parent
CODE = Path(__file__).parents[3] / "collector" / "sources"
WHATS = [what for what in Tells._fields if what != "never"]
# What is told → a query that finds something only where it is. Durations are asked of the table: the view also
# reckons them, from the times of lines.
WITNESSES = {
    "forks": "select 1 from sessions where forked_from is not null",
    "tokens": "select 1 from responses where input_tokens > 0 and output_tokens > 0",
    "reasoning": "select 1 from responses where reasoning_tokens > 0",
    "cost": "select 1 from responses where reported_usd_micros > 0",
    "prompts": "select 1 from prompts where kind = 'prompt'",
    "replies": "select 1 from activity where what = 'reply'",
    "tools": "select 1 from tool_calls where outcome = 'error' and target is not null",
    "durations": "select 1 from tool_call where duration_ms is not null",
    "files": "select 1 from touches where lines_added > 0",
    "subagents": "select 1 from runs where kind <> 'main'",
    "compactions": "select 1 from compactions where reason is not null and tokens_before > 0 and tokens_after > 0",
    "turns": "select 1 from turns where started_at is not null and ended_at is not null",
    "limits": "select 1 from limits where used_percent > 0",
}

each = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.agent)


def samples(agent: str) -> list[tuple[Path, Mapping[str, str]]]:
    """Homes with files of this agent, and the environment that each needs."""
    cases = [path.parent for path in sorted(FOLDER.glob(f"{agent}/*/expected.json"))]
    found = [(case / "user", json.loads((case / "expected.json").read_text("utf-8"))) for case in cases]
    real = sorted((CORPUS / "real-clients" / agent).glob("*/home")) if IS_HERE else []
    return [*((user, expected.get("environ", {})) for user, expected in found), *((user, {}) for user in real)]


@pytest.fixture(scope="module")
def witnessed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What is found in the samples of an agent."""
    found: set[str] = set()
    for user, named in samples(request.param.agent):
        place = tmp_path_factory.mktemp("sample")
        shutil.copytree(user, place / "user")
        build(place / "user")
        environ = {name: value.format(user=place / "user") for name, value in named.items()}
        collect_once(str(place / "data"), environ, str(place / "user"))
        found |= {what for what, query in WITNESSES.items() if rows(place / "data", query)}
        shutil.rmtree(place)
    return found


@pytest.mark.parametrize(
    ("witnessed", "source"), [(source, source) for source in SOURCES], indirect=["witnessed"], ids=lambda s: s.agent
)
def test_a_source_tells_what_it_says_and_no_more(witnessed: set[str], source: Source) -> None:
    if not samples(source.agent):
        pytest.skip("needs the corpus in ../shared, which is not here")
    told = {what: getattr(source.tells, what).how_far for what in WHATS}
    assert {what for what in WHATS if told[what] == "yes"} - witnessed == set()
    assert {what for what in WHATS if told[what] == "no"} & witnessed == set()


def test_every_thing_told_has_a_witness() -> None:
    assert list(WITNESSES) == WHATS


@each
def test_a_source_names_itself_and_says_what_is_missing(source: Source) -> None:
    assert source.name and source.tells.never
    for what in WHATS:
        told: Told = getattr(source.tells, what)
        assert told.how_far != "partly" or told.note, what
    assert len({source.name for source in SOURCES}) == len({source.agent for source in SOURCES}) == len(SOURCES)


@each
def test_no_variable_that_a_source_asks_for_is_missed(source: Source) -> None:
    """Watching what it asks for finds what its code names."""
    tree = ast.parse((CODE / f"{source.agent}.py").read_text("utf-8"))
    (body,) = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "roots"]
    texts = {node.value for node in ast.walk(body) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert set(variables(source)) == {text for text in texts if text.isupper()}


def test_the_tests_are_kept_from_every_folder_that_a_variable_may_name() -> None:
    asked = {name for source in SOURCES for name in variables(source)}
    assert asked - {*AGENT_ROOTS, *PLACES} == set()
    assert set(AGENT_ROOTS) <= asked
