"""Entries in agents' settings: what would change is shown, then asked, then done."""

import difflib
import os
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from store.errors import FleetmeterError
from store.home import locate
from viewers.screen import terminal
from viewers.screen.output import print_json
from viewers.screen.text import clean
from viewers.trouble import FAILED, UsageTrouble, explain

INSTALL, UNINSTALL, STATUS = "install", "uninstall", "status"
ACTS = (INSTALL, UNINSTALL, STATUS)


class Side(NamedTuple):
    """What knows agents' settings, and changes them."""

    agents_with: Callable[[str], list[str]]
    targets: Callable[..., list[Any]]
    plan: Callable[..., Any]
    make: Callable[..., None]


class Asked(NamedTuple):
    """What the user wants."""

    what: str
    act: str
    agent: str | None
    project: str | None
    is_dry: bool
    is_agreed: bool
    as_json: bool
    is_http: bool = False


def run(side: Side, asked: Asked) -> int:
    """One command of a kind of entries."""
    home = locate()
    targets = _targets(side, asked, home)
    planned = [(target, *_planned(side, home, target, asked)) for target in targets]
    changes = [(target, change) for target, change, _ in planned if change is not None]
    todo = [(target, change) for target, change in changes if change.is_needed and asked.act != STATUS]
    if not asked.as_json:
        _show(asked, targets, changes, todo)
    troubles = {target.wanted.path: error for target, _, error in planned if error is not None}
    made: set[str] = set()
    if todo and not asked.is_dry:
        _agree(asked)
        for target, change in todo:
            try:
                side.make(home, target, change, is_install=asked.act == INSTALL)
                made.add(target.wanted.path)
            except (FleetmeterError, OSError) as error:
                troubles[target.wanted.path] = error
    if asked.as_json:
        print_json(_document(side, home, asked, targets, todo, made, troubles))
    for error in troubles.values():
        message, hint = explain(error) or (str(error), "")
        terminal.say(f"fleetmeter: {clean(message)}", *([f"  {clean(hint)}"] if hint else []))
    if not asked.as_json:
        _tell(asked, [target for target, _ in todo if target.wanted.path in made])
    return FAILED if troubles else 0


def _targets(side: Side, asked: Asked, home: str) -> list[Any]:
    if asked.act not in ACTS:
        raise UsageTrouble(f"`{asked.what}` can {', '.join(ACTS[:-1])} and {ACTS[-1]}, not {asked.act}")
    known = side.agents_with(asked.what)
    if asked.agent is not None and asked.agent not in known:
        raise UsageTrouble(f"there is no `{asked.what}` for {asked.agent}", hint=f"there is for {', '.join(known)}")
    project = os.path.abspath(asked.project) if asked.project else None
    if project is not None and not os.path.isdir(project):
        raise UsageTrouble(f"{project} is not a folder")
    agents = (asked.agent,) if asked.agent else ()
    return side.targets(
        home, asked.what, os.environ, os.path.expanduser("~"), project, agents,
        is_http=asked.is_http, is_install=asked.act == INSTALL,
    )  # fmt: skip


def _planned(side: Side, home: str, target: Any, asked: Asked) -> tuple[Any, Exception | None]:
    try:
        return side.plan(home, target, is_install=asked.act == INSTALL), None
    except (FleetmeterError, OSError) as error:
        return None, error


def _show(asked: Asked, targets: list[Any], changes: list[Any], todo: list[Any]) -> None:
    if not targets:
        terminal.say("no agent is here that could be told: none of their folders exists")
    if asked.act == STATUS:
        terminal.show(*(f"{target.agent}: {clean(target.wanted.path)}: {now.standing}" for target, now in changes))
        return
    for target, change in changes:
        if not change.is_needed:
            standing = "is there already" if asked.act == INSTALL else "is not there"
            terminal.show(f"{clean(target.wanted.path)}: nothing to do, it {standing}")
    for target, change in todo:
        terminal.show(*difference(target.wanted.path, change.text, change.after))


def difference(path: str, before: str, after: str) -> list[str]:
    """What would change, as a patch has it."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), path, path, lineterm="")
    return [clean(line.replace("\t", "    ")) for line in lines]


def _agree(asked: Asked) -> None:
    if asked.is_agreed:
        return
    if asked.as_json or not sys.stdin.isatty():
        raise FleetmeterError("nothing was changed: nobody could be asked", hint="say `--yes` if this should be done")
    sys.stdout.flush()
    sys.stderr.write("Change this? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise FleetmeterError("nothing was changed")


def _tell(asked: Asked, targets: list[Any]) -> None:
    for target in targets:
        terminal.show(f"{asked.act}ed: {clean(target.wanted.path)}")
    if asked.act == INSTALL:
        terminal.say(*dict.fromkeys(target.wanted.note for target in targets if target.wanted.note))


def _document(
    side: Side, home: str, asked: Asked, targets: list[Any], todo: list[Any], made: set[str],
    troubles: dict[str, Exception],
) -> dict[str, Any]:  # fmt: skip
    needed = {target.wanted.path for target, _ in todo}
    files: list[dict[str, Any]] = []
    for target in targets:
        now, _ = _planned(side, home, target, asked)
        path, trouble = target.wanted.path, troubles.get(target.wanted.path)
        files.append(
            {
                "agent": target.agent, "root": target.root, "path": path, "standing": now.standing if now else None,
                "wouldChange": path in needed and path not in made, "changed": path in made,
                "trouble": str(trouble) if trouble else None,
            }
        )  # fmt: skip
    return {"schemaVersion": 1, "what": asked.what, "files": files}
