"""From the system to the screen: processes beside the sessions that are recorded, and what was seen of them before."""

import json
import os
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from control.acts import Acts
from control.audit import request
from control.machine import System
from control.standing import Desk
from store.control_file import CONTROL, read_control
from store.programs import Program
from store.shown_process import Shown
from tests.control.conftest import BUSY, Zoo
from tests.control.fakes import FakeMachine
from viewers import cli
from viewers.processes import listing

IDS = [f"5f3c0000-0000-4000-8000-00000000000{number}" for number in range(3)]
AGENT = Program("claude", names=("zoo-agent",))
HOUR = 3600.0

Run = Callable[..., "Done"]


class Done(NamedTuple):
    """What a command said."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line, in this process: the guard watches it too."""

    def command(*words: str) -> Done:
        capsys.readouterr()
        code = cli.run(list(words))
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return command


def written(folder: Path, id_: str, at_s: float) -> None:
    """A transcript of one prompt and its answer."""
    at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(at_s))
    common: dict[str, Any] = {"sessionId": id_, "cwd": os.getcwd(), "version": "2.1.49", "timestamp": at}
    lines = [
        {**common, "type": "user", "uuid": "u", "parentUuid": None, "message": {"role": "user", "content": "go"}},
        {**common, "type": "assistant", "uuid": "a", "parentUuid": "u", "requestId": "r", "message": {
            "id": "m", "role": "assistant", "model": "x", "content": [], "stop_reason": "end_turn",
            "usage": {"input_tokens": 1, "output_tokens": 1}}},
    ]  # fmt: skip
    path = folder / "projects" / "-src" / f"{id_}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


@pytest.fixture
def agents(zoo: Zoo, tmp_path: Path, run: Run) -> dict[str, int]:
    """Four processes: one that its agent knows, renamed; one that was started with an id; a busy one; a new one."""
    folder = tmp_path / "home" / ".claude"
    old_s = time.time() - 20 * HOUR
    named = zoo.start("sleep 60; :", exe="renamed")
    pids = {"named": named, "resumed": zoo.start("sleep 60; :", "--resume", IDS[1]), "busy": zoo.start(BUSY)}
    for id_ in IDS[:2]:
        written(folder, id_, old_s)
    (folder / "sessions").mkdir()
    entry = System().entry(named)
    assert entry is not None
    said = {
        "pid": named, "sessionId": IDS[0], "procStart": entry.born.partition("@")[0], "cwd": "/src", "status": "idle",
        "startedAt": int(old_s * 1000), "updatedAt": int(old_s * 1000), "statusUpdatedAt": int(old_s * 1000),
    }  # fmt: skip
    (folder / "sessions" / f"{named}.json").write_text(json.dumps(said))
    done = run("collect", "--once")
    assert done.code == 0, done.err
    return pids


def test_processes_are_linked_judged_remembered_and_ended_when_stale(
    agents: dict[str, int], home: Path, run: Run
) -> None:
    hours = 15 * HOUR  # later, so that who is silent has been for long
    desk = Desk(home, [AGENT], System(), clock=lambda: time.time() + hours)
    shown = desk.shown()
    by_pid = {one.pid: one for one in shown}
    assert by_pid.keys() == set(agents.values())
    assert by_pid[agents["named"]].sessions == ((IDS[0], "certain", "its agent says so"),)
    assert by_pid[agents["resumed"]].sessions == ((IDS[1], "likely", "it was started with its id"),)
    states = {name: by_pid[pid].state for name, pid in agents.items()}
    assert states == {"named": "stale", "resumed": "stale", "busy": "working"}

    desk.remember(shown)
    with closing(read_control(home) or pytest.fail("nothing was remembered")) as reader:
        peaks = reader.execute("select session_id, processes, peak_memory_bytes from session_peaks").fetchall()
        health = reader.execute("select pid, state, is_pinned from process_health").fetchall()
    assert [(id_, processes) for id_, processes, memory in peaks if memory > 0] == [(IDS[0], 1), (IDS[1], 1)]
    assert sorted(health) == sorted((pid, states[name], 0) for name, pid in agents.items())
    assert (home / CONTROL.name).stat().st_mode & 0o777 == 0o600

    acts = Acts(desk)
    acts.pin(request("command line"), agents["named"])
    would = acts.kill_stale(request("command line"), is_trial=True)
    assert [(one.pid, one.result) for one in would] == [(agents["resumed"], "trial")]
    done = acts.kill_stale(request("command line"))
    assert [(one.pid, one.result) for one in done] == [(agents["resumed"], "ended")]
    left = {one.pid: one.state for one in desk.shown()}
    assert (left[agents["named"]], left[agents["busy"]]) == ("idle", "working")
    assert left.get(agents["resumed"], "zombie") == "zombie"


def test_the_command_line_shows_only_its_scope_and_ends_only_what_is_named(
    zoo: Zoo, run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = zoo.start("sleep 60; :", exe="codex"), zoo.start("sleep 60; :", exe="codex")
    document = json.loads(run("ps", "--json").out)
    assert {process["pid"] for process in document["processes"]} == {one, other}
    assert document["scope"] == f"process {os.getpid()} and what it started"
    first = document["processes"][0]
    assert (first["agent"], first["role"], first["sessions"], first["cwd"]) == ("codex", "session", [], os.getcwd())
    text = run("ps")
    assert str(one) in text.out and "2 processes" in text.out and "is looked at" in text.err
    killed = run("kill", str(one), "--json")
    assert killed.code == 0 and json.loads(killed.out)["processes"][0]["result"] == "ended"
    assert run("kill", "1").code == 1
    assert run("kill", "x").code == 2
    assert run("pin", str(other)).code == 0
    (home / "config.toml").write_text('processes = { scope = "env:NO_SUCH=scope" }')  # and below this process
    assert "no process of an agent runs" in run("ps").err
    (home / "config.toml").unlink()
    (home / "fleetmeter.db").write_bytes(b"no database" * 500)
    text = run("ps")
    assert str(other) in text.out and "which sessions they are in is not known: " in text.err
    monkeypatch.setenv("FLEETMETER_SCOPE", "everything")
    assert run("ps").code == 1


def test_what_is_remembered_is_bounded_and_widens_the_window(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLEETMETER_SCOPE", "pid:40")
    home.mkdir(mode=0o700)
    machine, now_s = FakeMachine(), [1_800_000_000.0]
    machine.add(40, 1, "sh")
    machine.add(50, 40, memory=1_000)
    desk = Desk(home, [AGENT], machine, clock=lambda: now_s[0])
    shown = desk.shown()
    for step in range(160):
        now_s[0] += 5
        machine.wait(5)
        entry = machine.entries[50]
        machine.change(50, cpu_s=(entry.cpu_s or 0) + 12.5, memory=1_000 + step)
        shown = desk.shown()
        if step % 8 == 0:
            desk.remember(shown)
    assert (shown[0].state, shown[0].cpu_percent) == ("runaway", 250.0)
    assert "250% of a core for" in shown[0].reason
    with closing(read_control(home) or pytest.fail("nothing was remembered")) as reader:
        assert reader.execute("select count(*) from sample").fetchone()[0] <= 16
        assert reader.execute("select sum(samples), max(memory), max(cpu_percent) from peak").fetchone() == (
            20, 1_152, 250.0,
        )  # fmt: skip
    now_s[0] += 40 * 86_400
    del machine.entries[50]
    desk.remember(desk.shown())
    with closing(read_control(home) or pytest.fail("it is gone")) as reader:
        for table in ("sample", "peak", "watched"):
            assert reader.execute(f"select count(*) from {table}").fetchone() == (0,)  # noqa: S608 - three words


def test_watching_goes_on_until_it_is_interrupted() -> None:
    looks: list[int] = []

    def rest(seconds: float) -> None:
        if len(looks) == 3:
            raise KeyboardInterrupt

    class Here:
        scope = trouble = ""

        def look(self) -> list[Shown]:
            looks.append(1)
            return []

    with pytest.raises(KeyboardInterrupt):
        listing.watch(Here(), rest=rest)
    assert len(looks) == 3
