"""The files that Codex's patches change: as an event tells them, or, where none does, as the patch itself asks."""

import os
import re
from collections.abc import Mapping
from typing import Any, cast

from collector.lines.text import kept, lines_changed, lines_in
from collector.sources.codex_spot import FILES_KEPT, Patched, Spot
from collector.sources.codex_wire import Arguments, Change
from store.facts import Touch

PATH_KEPT = 1000
FILES_NAMED = 200  # by a patch of which no event tells
ACTIONS = {"add": "write", "update": "edit", "delete": "delete"}
PATCHED = re.compile(r"^\*\*\* (Add|Update|Delete) File: (.+)$|^\*\*\* Move to: (.+)$|^([+-])", re.MULTILINE)
BEGINS, ENDS = "*** Begin Patch", "*** End Patch"
# A patch given to a shell: the program reads it from there too.
BY_SHELL = re.compile(r"\s*(?:cd\s+(?:'([^']+)'|\"([^\"]+)\"|([^\s;&]+))\s*&&\s*)?(?:apply_patch|applypatch)\b")


def changed(spot: Spot, call_id: str, changes: Mapping[str, Change] | None) -> None:
    """The files that a patch changed, as an event tells them."""
    touch(spot, call_id, _told(changes, spot.state.cwd))


def changed_inside(spot: Spot, changes: Mapping[str, Change] | None) -> None:
    """The same for a patch inside a script: its files are those of the script, which may patch one many times."""
    inside = spot.state.inside
    if not spot.state.script:
        return
    for file in _told(changes, spot.state.cwd):
        added, removed = inside.get(file.path, (0, 0))
        file.added, file.removed = (file.added or 0) + added, (file.removed or 0) + removed
        if file.path in inside or len(inside) < FILES_KEPT:
            inside[file.path] = (file.added, file.removed)
        touch(spot, spot.state.script, [file])


def touch(spot: Spot, call_id: str, files: list[Patched]) -> None:
    for file in files:
        fact = Touch(spot.run.index, call_id, file.path, file.action, file.added, file.removed)
        spot.out.touch(fact, spot.run)


def asked_to_change(name: str, script: Any, arguments: Arguments, cwd: str) -> list[Patched]:
    """The files that a call's patch names, with the lines it adds to each and takes away."""
    patch, inside = patch_in(name, script, arguments)
    if not patch:
        return []
    folder = os.path.join(cwd, arguments.workdir if isinstance(arguments.workdir, str) else "", inside)
    return _files_in(patch, folder)


def patch_in(name: str, script: Any, arguments: Arguments) -> tuple[str, str]:
    """The patch that a call is given, and the folder that it goes to before."""
    if name == "apply_patch":
        patch = next((text for text in (script, arguments.input, arguments.patch) if isinstance(text, str)), "")
        inside = ""
    else:
        patch, inside = _by_shell(arguments.cmd if arguments.cmd is not None else arguments.command)
    return patch.partition(BEGINS)[2].partition(ENDS)[0], inside


def patched_first(script: str) -> str | None:
    """The first file of a patch."""
    found = PATCHED.search(script) if BEGINS in script else None
    return found[2] if found else None


def _told(changes: Mapping[str, Change] | None, cwd: str) -> list[Patched]:
    found: list[Patched] = []
    for path, change in (changes or {}).items():
        action = ACTIONS.get(change.type or "", "edit")
        added, removed = lines_changed(change.unified_diff or "")
        if change.content is not None:
            size = lines_in(change.content)
            added, removed = (0, size) if action == "delete" else (size, 0)
        if change.move_path:
            found.append(Patched(_full(path, cwd), "delete"))
        found.append(Patched(_full(change.move_path or path, cwd), action, added, removed))
    return found


def _by_shell(command: Any) -> tuple[str, str]:
    """A patch inside a command, and the folder that the command goes to before."""
    words = cast("list[object]", command) if isinstance(command, list) else [command]
    if len(words) == 2 and words[0] in ("apply_patch", "applypatch"):
        return str(words[1]), ""
    line = words[-1] if words else None
    if not isinstance(line, str) or BEGINS not in line:
        return "", ""
    called = BY_SHELL.match(line)
    if called is None:
        return "", ""
    return line, next((folder for folder in called.groups() if folder), "")


def _files_in(patch: str, cwd: str) -> list[Patched]:
    found: list[Patched] = []
    for match in PATCHED.finditer(patch):
        action, path, moved, sign = match.groups()
        if path:
            if len(found) == FILES_NAMED:
                break
            lines = None if action == "Delete" else 0
            found.append(Patched(_full(path.strip(), cwd), ACTIONS[action.lower()], lines, lines))
        elif not found:
            continue
        elif moved:
            found.append(Patched(_full(moved.strip(), cwd), found[-1].action, 0, 0))
            found[-2] = Patched(found[-2].path, "delete")
        elif sign == "+":
            found[-1].added = (found[-1].added or 0) + 1
        else:
            found[-1].removed = (found[-1].removed or 0) + 1
    return found


def _full(path: str, cwd: str) -> str:
    return kept(os.path.normpath(os.path.join(cwd, path)) if cwd else path, PATH_KEPT)
