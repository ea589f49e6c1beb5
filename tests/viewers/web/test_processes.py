"""K10, K11, K12 from a browser: off by default, of this machine alone, written down before it is done, done once."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from control import audit
from control.grant import WEB
from control.office import Office
from store.control_file import read_control
from tests.control import conftest as zoo
from tests.control.fakes import FakeMachine
from tests.viewers.web.site import Reply, Site

guard, machine = zoo.guard, zoo.machine
PHONE = "192.168.1.9"
KILL = {"act": "kill", "pid": 50, "born": "50@boot", "key": "one press"}


@pytest.fixture
def home(once_recorded: Path, tmp_path: Path) -> Path:
    """A data folder of our own, so that it may be written to."""
    folder = tmp_path / "ours"
    folder.mkdir(mode=0o700)
    for path in once_recorded.glob("*.db"):
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


@pytest.fixture
def site(machine: FakeMachine, home: Path) -> Site:
    (home / "config.toml").write_text("[processes]\nweb = true\n")
    return Site(home, desks=lambda peer: Office(home, [zoo.PROGRAM], WEB, machine, peer=peer))


def book(home: Path) -> list[tuple[Any, ...]]:
    reader = read_control(home)
    if reader is None:
        return []
    with closing(reader):
        return reader.execute("select origin, what, pid, step, outcome from acts").fetchall()


def kill(site: Site, **more: Any) -> Reply:
    return site.post("/processes/act", {**KILL, **more})


def test_the_page_names_what_it_would_do_and_whom_it_is_about(site: Site, home: Path) -> None:
    text = site.ask("GET", "/processes").text
    assert 'data-act="kill" data-pid="50" data-born="50@boot"' in text and "Stop process 50" in text
    assert 'data-tree="yes"' in text and "Stop process 50 and all it started" in text
    (home / "config.toml").write_text("")
    text = site.ask("GET", "/processes").text
    assert "data-act=" not in text and "web = true" in text
    token = site.access.enter(site.access.pairing(), "phone", PHONE, is_near=False)
    far = site.ask("GET", "/processes", token=token, client=PHONE).text
    assert '<body class="far"' in far and "only looked at from the network" in far


def test_a_process_ends_with_all_that_it_started(site: Site, machine: FakeMachine) -> None:
    assert kill(site, tree=True).json()["result"] == "ended"
    assert {pid for pid, _, number in machine.signals if number} == {50, 51}


@pytest.mark.promise("K10")
def test_K10_what_a_browser_does_is_written_down_before_it_is_done(
    site: Site, machine: FakeMachine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before: list[list[tuple[Any, ...]]] = []
    hold = machine.hold

    def held(pid: int) -> Any:
        before.append(book(home))
        return hold(pid)

    monkeypatch.setattr(machine, "hold", held)
    assert kill(site).json()["result"] == "ended"
    assert before[0][0][:3] == ("web", "kill", 50)
    assert book(home)[0][3:] == ("INT", "ended")


@pytest.mark.mutant("K10")
def test_K10_an_act_that_is_not_written_down_is_seen(site: Site, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit.Audit, "enter", lambda *_, **__: 1)
    monkeypatch.setattr(audit.Audit, "step", lambda *_: None)
    assert kill(site).json()["result"] == "ended" and book(home) == []


def pressed(site: Site, machine: FakeMachine) -> list[str]:
    machine.deadly = ()
    return [kill(site).json()["result"] for _ in range(20)]


@pytest.mark.promise("K11")
def test_K11_pressing_again_does_it_once(site: Site, machine: FakeMachine) -> None:
    assert pressed(site, machine) == ["alive", *["again"] * 19]
    assert [number for _, _, number in machine.signals if number] == [2, 15]


@pytest.mark.mutant("K11")
def test_K11_a_key_that_nobody_keeps_is_seen(site: Site, machine: FakeMachine, monkeypatch: pytest.MonkeyPatch) -> None:
    enter, numbers = audit.Audit.enter, iter(range(100))

    def forgetful(self: audit.Audit, by: audit.Request, what: str, **target: object) -> int | None:
        return enter(self, by._replace(key=str(next(numbers))), what, **target)

    monkeypatch.setattr(audit.Audit, "was_asked", lambda *_: False)
    monkeypatch.setattr(audit.Audit, "enter", forgetful)
    assert pressed(site, machine).count("again") == 0


def let_through(site: Site, machine: FakeMachine, home: Path) -> list[str]:
    """Who may act that should not."""
    token = site.access.enter(site.access.pairing(), "phone", PHONE, is_near=False)
    asks: dict[str, Callable[[], Reply]] = {
        "a phone": lambda: site.post("/processes/act", KILL, token=token, client=PHONE),
        "a phone's token here": lambda: site.post("/processes/act", KILL, token=token),
        "a stranger": lambda: site.post("/processes/act", KILL, token=None),
        "a token of here elsewhere": lambda: site.post("/processes/act", KILL, client=PHONE),
    }
    passed = [name for name, ask in asks.items() if ask().status not in (401, 403)]
    (home / "config.toml").write_text("")
    if kill(site).status != 403:
        passed.append("anybody, by default")
    return passed


@pytest.mark.promise("K12")
def test_K12_a_browser_acts_only_on_this_machine_and_only_if_the_user_says_so(
    site: Site, machine: FakeMachine, home: Path
) -> None:
    assert let_through(site, machine, home) == []
    assert machine.signals == [] and book(home) == []


@pytest.mark.mutant("K12")
def test_K12_a_grant_for_everybody_is_seen(
    site: Site, machine: FakeMachine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("control.grant.refusal", lambda *_: "")
    assert let_through(site, machine, home) == ["anybody, by default"]


@pytest.mark.parametrize("wrong", [{"act": "restart"}, {"born": ""}, {"key": ""}, {"key": "x" * 65}, {"pid": "50"},
                                   {"more": 1}])  # fmt: skip
def test_what_our_page_does_not_send_is_refused(site: Site, machine: FakeMachine, wrong: dict[str, Any]) -> None:
    assert kill(site, **wrong).status == 400
    assert machine.signals == []


def test_a_process_that_was_shown_is_pinned_and_a_later_one_is_left_alone(site: Site, machine: FakeMachine) -> None:
    assert kill(site, act="pin", key="p").json()["result"] == "pinned"
    assert "(pinned)" in site.ask("GET", "/processes").text
    machine.change(50, born="later@boot")
    assert kill(site, key="k").json()["result"] == "refused"
    assert machine.signals == []
