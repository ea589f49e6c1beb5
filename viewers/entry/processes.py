"""Processes: shown, ended, pinned. What the agents' programs look like is the sources' word, passed on to control."""

from viewers.entry import JSON, Plain


def ps(*, is_all: bool = False, is_watching: bool = False, as_json: bool = False) -> int:
    from control.grant import COMMAND_LINE
    from viewers.processes.listing import run, watch

    show = watch if is_watching else run
    return show(office(COMMAND_LINE), is_all=is_all, as_json=as_json)


def kill(*, pid: str, force: bool = False, tree: bool = False, as_json: bool = False) -> int:
    from control.grant import COMMAND_LINE
    from viewers.processes.acting import number, run

    process = number(pid)
    return run(lambda: [office(COMMAND_LINE).kill(process, force=force, tree=tree)], as_json=as_json)


def kill_stale(*, dry_run: bool = False, as_json: bool = False) -> int:
    from control.grant import COMMAND_LINE
    from viewers.processes.acting import run

    return run(lambda: office(COMMAND_LINE).kill_stale(is_trial=dry_run), as_json=as_json, nothing="none is stale")


def pin(*, pid: str, as_json: bool = False) -> int:
    return _pin(pid, is_on=True, as_json=as_json)


def unpin(*, pid: str, as_json: bool = False) -> int:
    return _pin(pid, is_on=False, as_json=as_json)


def _pin(pid: str, *, is_on: bool, as_json: bool) -> int:
    from control.grant import COMMAND_LINE
    from viewers.processes.acting import number, run

    process = number(pid)
    return run(lambda: [office(COMMAND_LINE).pin(process, is_on=is_on)], as_json=as_json)


def sample() -> int:
    from collector.files.agents import programs
    from control.machine import System
    from control.sampling import sample, until_end_of
    from control.standing import Desk
    from store.home import locate

    home = locate()
    sample(home, lambda: Desk(home, programs(), System()), until_end_of(0))
    return 0


def office(origin: str, peer: str = ""):
    """Who looks and acts, for those who ask from there."""
    from collector.files.agents import programs
    from control.machine import System
    from control.office import Office
    from store.home import locate

    return Office(locate(), programs(), origin, System(), peer=peer)


PLAIN = {
    "ps": Plain(ps, {"--all": "is_all", "-a": "is_all", "--watch": "is_watching", "-w": "is_watching", **JSON}, {}),
    "kill": Plain(kill, {"--force": "force", "--tree": "tree", **JSON}, {}, ("pid",)),
    "kill-stale": Plain(kill_stale, {"--dry-run": "dry_run", **JSON}, {}),
    "pin": Plain(pin, JSON, {}, ("pid",)),
    "unpin": Plain(unpin, JSON, {}, ("pid",)),
    "sample": Plain(sample, {}, {}),
}
