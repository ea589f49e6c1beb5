"""K10, K11, K12: what is done is written down first, once for each request, and only from where it is allowed."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from control import grant
from control.acts import Acts
from control.audit import Request, request
from store.control_file import read_control, writing
from store.errors import FleetmeterError
from store.process_config import Processes
from tests.control.fakes import BY, FakeMachine, Unwritten


def rows(home: Path, query: str) -> list[tuple[object, ...]]:
    reader = read_control(home)
    assert reader is not None
    with closing(reader):
        return reader.execute(query).fetchall()


def check_k10(machine: FakeMachine, acting: Acts, home: Path) -> None:
    """Whoever is killed between the book and the act leaves the row behind, and no row is ever changed."""

    def die(pid: int) -> None:
        raise KeyboardInterrupt

    machine.hold = die  # type: ignore[method-assign,assignment] - the last moment before the first signal
    with pytest.raises(KeyboardInterrupt):
        acting.kill(BY, 50)
    found = rows(home, "select who, origin, what, pid, born, agent, exe from act")
    assert found == [("me", "command line", "kill", 50, "50@boot", "zoo", "/bin/zoo-agent")]
    with writing(home, "a test") as writer:
        for statement in ("update act set who = 'x'", "delete from act"):
            with pytest.raises(sqlite3.IntegrityError, match="never rewritten"):
                writer.execute(statement)


@pytest.mark.promise("K10")
def test_K10_the_book_is_written_before_the_act(machine: FakeMachine, acting: Acts, home: Path) -> None:
    check_k10(machine, acting, home)


@pytest.mark.mutant("K10")
def test_K10_fails_for_a_book_that_is_written_afterwards(machine: FakeMachine, acting: Acts, home: Path) -> None:
    with writing(home, "a test"):
        acting.audit = Unwritten()
    with pytest.raises(AssertionError):
        check_k10(machine, acting, home)


@pytest.mark.promise("K10")
def test_K10_pins_and_outcomes_are_in_it_too(acting: Acts, home: Path) -> None:
    acting.pin(request("terminal app"), 50)
    acting.pin(request("terminal app"), 50, is_on=False)
    acting.kill(BY, 50)
    found = rows(home, "select what, origin, step, outcome from acts order by act_id")
    assert found == [
        ("pin", "terminal app", "pin", "done"), ("unpin", "terminal app", "unpin", "done"),
        ("kill", "command line", "INT", "ended"),
    ]  # fmt: skip


def check_k11(machine: FakeMachine, acting: Acts, times: int) -> None:
    """The same request again and again signals once, also where the first did not end it."""
    machine.deadly = ()
    first = acting.kill(BY, 50)
    before = len(machine.signals)
    again = [acting.kill(BY, 50).result for _ in range(times)]
    assert (first.result, set(again), len(machine.signals)) == ("alive", {"again"}, before)


@pytest.mark.promise("K11")
def test_K11_a_thousand_requests_of_one_key_are_one(machine: FakeMachine, acting: Acts) -> None:
    check_k11(machine, acting, 1000)


@pytest.mark.mutant("K11")
def test_K11_fails_where_keys_are_forgotten(machine: FakeMachine, acting: Acts) -> None:
    acting.audit = Unwritten()
    with pytest.raises(AssertionError):
        check_k11(machine, acting, 2)


def check_k12() -> None:
    """From a browser nothing, unless the user says so; then only from this machine."""
    off, on = Processes(), Processes(web=True)
    for origin, limits, peer, is_allowed in (
        ("command line", off, "", True), ("terminal app", off, "", True), ("web", off, "127.0.0.1", False),
        ("web", on, "127.0.0.1", True), ("web", on, "::1", True), ("web", on, "192.168.1.9", False),
        ("web", on, "", False), ("web", on, "localhost", False), ("phone", on, "127.0.0.1", False),
    ):  # fmt: skip
        assert (grant.refusal(origin, limits, peer) == "") is is_allowed, (origin, peer)


@pytest.mark.promise("K12")
def test_K12_control_from_a_browser_is_off_and_for_this_machine_alone(acting: Acts, machine: FakeMachine) -> None:
    check_k12()
    with pytest.raises(FleetmeterError, match="web = true"):
        acting.kill(Request("k", "me", "web"), 50)
    with pytest.raises(FleetmeterError, match="web = true"):
        acting.pin(Request("k", "me", "web"), 50)
    with pytest.raises(FleetmeterError, match="web = true"):
        acting.kill_stale(Request("k", "me", "web"))
    assert machine.signals == []


@pytest.mark.mutant("K12")
@pytest.mark.parametrize("broken", [lambda *_: "", lambda origin, limits, peer: "" if limits.web else "no"])
def test_K12_fails_for_a_grant_that_is_too_wide(broken: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grant, "refusal", broken)
    with pytest.raises(AssertionError):
        check_k12()


def test_a_pin_is_of_one_process_and_not_of_its_pid(machine: FakeMachine, acting: Acts) -> None:
    assert acting.pin(request("command line"), 50).result == "pinned"
    assert [one.is_pinned for one in acting.desk.shown(0.0)] == [True]
    machine.change(50, born="later@boot")
    assert [one.is_pinned for one in acting.desk.shown(0.0)] == [False]
