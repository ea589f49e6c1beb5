"""The imaginary fleet: the same from the same seed, recorded without a reject, and billed what it says."""

import hashlib
import re
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from collector.demo.fleet import Fleet, actors, on_stage, run
from collector.demo.script import SAID
from collector.demo.stage import Bill, Dice, MemoryPen, Scene, Tokens
from collector.demo.work import KINDS, projects
from collector.sources import all_sources
from tests.collector.recorded import record, rows

NOW = 1_795_000_000_000
BILLED = """
select agent, session_id, model, count(*), sum(input_tokens), sum(cache_read_tokens), sum(cache_write_5m_tokens),
    sum(cache_write_1h_tokens), sum(output_tokens), sum(coalesce(reasoning_tokens, 0))
from responses
group by agent, session_id, model
"""
SHOWN = """
select 'run ' || kind from runs union all select 'prompt ' || kind from prompts union all
select 'call ' || outcome from tool_calls union all select 'turn ' || state from turns union all
select 'compaction' from compactions union all select 'workflow ' || state from workflows union all
select 'limit' from limits union all select 'touch ' || action from touches where lines_added is not null union all
select 'task ' || status from tasks union all select 'account ' || account from sessions union all
select 'fork' from sessions where forked_from is not null union all
select 'agent thread' from sessions where parent_session_id is not null union all
select 'error ' || coalesce(status, 0) from activity where what = 'error' union all
select 'titled' from sessions where title is not null
"""
WANTED = {
    "run main", "run subagent", "run workflow", "prompt prompt", "prompt queued", "prompt interruption",
    "prompt notification", "call ok", "call error", "call rejected", "turn completed", "turn aborted", "compaction",
    "workflow completed", "limit", "touch edit", "touch write", "task completed", "fork", "agent thread", "error 529",
    "error 429", "titled",
}  # fmt: skip


class Ticking:
    """A clock that goes on by the same step each time somebody looks."""

    def __init__(self, step_ms: int = 41) -> None:
        self._step_ms, self._ms = step_ms, NOW

    def __call__(self) -> int:
        self._ms += self._step_ms
        return self._ms


def play(home: Path, seed: int, *, size: int = 2, steps: int = 150) -> Fleet:
    """A past, and some steps of a present."""
    fleet = Fleet(str(home), seed, Ticking())
    for _ in fleet.past(size):
        pass
    going = fleet.live(size)
    for _ in islice(going, steps):
        pass
    return fleet


def digest(folder: Path) -> str:
    """Of all files below a folder, by name and content."""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes().replace(bytes(folder), b"<home>")  # it stands in the lines
        total.update(f"{path.relative_to(folder)}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def check_truth(home: Path, bill: Bill) -> None:
    """What was recorded is what the fleet says that it was billed, for every session and model."""
    found = {(agent, session, model): list(sums) for agent, session, model, *sums in rows(home, BILLED)}
    assert found == bill.sums


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> tuple[Fleet, Path]:
    """A fleet that has played, and the database that it was recorded into."""
    place = tmp_path_factory.mktemp("fleet")
    fleet = play(place / "user", 7, size=5)
    record(place / "fm", place / "user", fleet.environ())
    return fleet, place / "fm"


def test_a_seed_and_a_clock_give_the_same_files(tmp_path: Path) -> None:
    # The names of folders are made of the home's: both are as long, and differ in one place only.
    one, other, third = (tmp_path / name for name in "abc")
    for home, seed in ((one, 3), (other, 3), (third, 4)):
        play(home / "u", seed, size=1, steps=60)
    trees = [_named_alike(home / "u", tmp_path) for home in (one, other, third)]
    assert trees[0] == trees[1] != trees[2]


def _named_alike(home: Path, above: Path) -> dict[str, bytes]:
    """Every file, with the home's own name taken out of names and contents."""
    names = [str(home), re.sub(r"[^A-Za-z0-9]", "-", str(home))]
    found: dict[str, bytes] = {}
    for path in home.rglob("*"):
        if path.is_file():
            name, content = str(path.relative_to(home)), path.read_bytes()
            for own in names:
                name, content = name.replace(own, "~"), content.replace(own.encode(), b"~")
            found[name] = content
    return found


def test_what_it_writes_is_recorded_without_rejects_and_billed_as_it_says(stage: tuple[Fleet, Path]) -> None:
    fleet, home = stage
    check_truth(home, fleet.bill)
    assert rows(home, "select reason from rejects") == []
    assert rows(home, "select path, state, reason from sources where state <> 'read'") == []
    assert rows(home, "select count(*) from sources where rejected + mended") == [(0,)]


def test_a_wrong_bill_is_seen(stage: tuple[Fleet, Path]) -> None:
    fleet, home = stage
    wrong = Bill()
    wrong.sums = {key: list(sums) for key, sums in fleet.bill.sums.items()}
    key = next(iter(wrong.sums))
    wrong.add(*key, Tokens(0, 0, 0, 0, 1))
    with pytest.raises(AssertionError):
        check_truth(home, wrong)


def test_it_shows_something_of_everything(stage: tuple[Fleet, Path]) -> None:
    seen = Counter(what for (what,) in rows(stage[1], SHOWN))
    assert set(seen) >= WANTED, WANTED - set(seen)
    assert len(rows(stage[1], "select distinct project from sessions")) == len(projects())
    assert len(rows(stage[1], "select distinct branch from sessions where branch is not null")) > 8
    assert len(rows(stage[1], "select distinct day from responses")) > 20


def test_it_writes_nothing_outside_its_home_and_all_its_variables_lead_there(tmp_path: Path) -> None:
    play(tmp_path / "user", 1, size=1, steps=40)
    assert [path.name for path in tmp_path.iterdir() if path.name not in ("home",)] == ["user"]
    fleet = Fleet(str(tmp_path / "user"), 1, Ticking())
    for value in fleet.environ().values():
        assert all(part.startswith(str(tmp_path / "user")) for part in value.split(","))
    for source in all_sources():
        for root in source.roots(fleet.environ(), str(tmp_path / "user")):
            assert Path(root).is_relative_to(tmp_path / "user")


def test_what_is_live_has_an_entry_in_the_registry_until_it_ends(tmp_path: Path) -> None:
    fleet = Fleet(str(tmp_path), 5, Ticking())
    going = fleet.live(4)
    for _ in islice(going, 60):
        pass
    assert list(tmp_path.glob("*/sessions/*.json"))
    going.close()
    assert not list(tmp_path.glob("*/sessions/*.json"))


def test_the_pace_is_that_which_was_asked_for(tmp_path: Path) -> None:
    fleet = Fleet(str(tmp_path), 5, Ticking())
    left = iter(range(10**6))
    with on_stage(fleet, 3) as going:
        run(fleet, going, 1e6, lambda: fleet.pen.lines > 300 or next(left) > 10_000)
    assert fleet.pen.lines > 300
    with on_stage(fleet, 3) as going:
        before = fleet.pen.lines
        looks = iter(range(5))
        run(fleet, going, 0.001, lambda: next(looks, None) is None)  # a line in a quarter of an hour
        assert fleet.pen.lines - before < 12


def test_every_actor_plays_an_agent_that_is_known() -> None:
    known = {source.agent for source in all_sources()}
    assert {actor.agent for actor in actors()} <= known
    assert sum(actor.share for actor in actors()) == pytest.approx(1.0)


def test_every_kind_of_step_has_words() -> None:
    assert set(SAID) == set(KINDS)


def test_with_a_mark_a_session_can_be_made_another_by_replacing_it() -> None:
    mark, project = "5eed5eed", projects()[0]
    for actor in actors():
        pen = MemoryPen()
        scene = Scene(Dice("x", mark), Ticking(), pen, Bill(), "/home/x", "/home/x/y", project, project.tasks, False)
        for _ in actor.play(scene):
            pass
        lines = b"".join(line for lines in pen.files.values() for line in lines)
        other = lines.replace(mark.encode(), b"00000001")
        ids = re.compile(rb'"(?:uuid|id|requestId|call_id|response_id|sessionId|thread_id)":"([^"]{12,})"')
        assert set(ids.findall(lines)).isdisjoint(ids.findall(other))
