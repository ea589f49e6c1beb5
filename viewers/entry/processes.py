"""Processes: shown, ended, pinned. What the agents' programs look like is the sources' word, passed on to control."""

from store.light import TYPE_CHECKING
from viewers.entry import JSON, Plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from control.acts import Acts
    from control.audit import Request
    from control.standing import Desk
    from store.shown_process import Acted, Shown


def ps(*, is_all: bool = False, as_json: bool = False) -> int:
    from viewers.processes.listing import run

    desk = _desk()

    def look() -> "list[Shown]":
        found = desk.shown()
        desk.remember(found)
        return found

    return run(look, desk.scope.words, is_all=is_all, as_json=as_json)


def kill(*, pid: str, force: bool = False, tree: bool = False, as_json: bool = False) -> int:
    number = _number(pid)
    return _act(lambda acts, by: [acts.kill(by, number, force=force, tree=tree)], as_json)


def kill_stale(*, dry_run: bool = False, as_json: bool = False) -> int:
    return _act(lambda acts, by: acts.kill_stale(by, is_trial=dry_run), as_json)


def pin(*, pid: str, as_json: bool = False) -> int:
    number = _number(pid)
    return _act(lambda acts, by: [acts.pin(by, number)], as_json)


def unpin(*, pid: str, as_json: bool = False) -> int:
    number = _number(pid)
    return _act(lambda acts, by: [acts.pin(by, number, is_on=False)], as_json)


def _act(act: "Callable[[Acts, Request], list[Acted]]", as_json: bool) -> int:
    from control.acts import Acts
    from control.audit import request
    from control.grant import COMMAND_LINE
    from viewers.processes.acting import run

    return run(lambda: act(Acts(_desk()), request(COMMAND_LINE)), as_json=as_json, nothing="no process is stale")


def _desk() -> "Desk":
    from collector.files.agents import programs
    from control.machine import System
    from control.standing import Desk
    from store.home import locate

    return Desk(locate(), programs(), System())


def _number(pid: str) -> int:
    from viewers.trouble import UsageTrouble

    if pid.isascii() and pid.isdecimal() and int(pid) < 2**31:
        return int(pid)
    raise UsageTrouble(f"{pid!r} is no number of a process", hint="`fleetmeter ps` shows which there are")


PLAIN = {
    "ps": Plain(ps, {"--all": "is_all", "-a": "is_all", **JSON}, {}),
    "kill": Plain(kill, {"--force": "force", "--tree": "tree", **JSON}, {}, ("pid",)),
    "kill-stale": Plain(kill_stale, {"--dry-run": "dry_run", **JSON}, {}),
    "pin": Plain(pin, JSON, {}, ("pid",)),
    "unpin": Plain(unpin, JSON, {}, ("pid",)),
}
