"""`fleetmeter kill`, `kill-stale`, `pin` and `unpin`: what became of each process, in words."""

from collections.abc import Callable, Sequence

from store.shown_process import Acted
from viewers.panels.words import folder
from viewers.screen import output, terminal
from viewers.screen.text import clean
from viewers.trouble import FAILED, UsageTrouble

DONE = ("ended", "pinned", "unpinned", "again", "trial")


def run(act: Callable[[], Sequence[Acted]], *, as_json: bool = False, nothing: str = "") -> int:
    """Do it, and say what became of each; 1 where one is not as it was wished."""
    done = act()
    if as_json:
        output.print_json({"schemaVersion": 1, "processes": [document(one) for one in done]})
    elif not done:
        terminal.say(nothing)
    else:
        for one in done:
            terminal.show(clean(line(one)))
    return 0 if all(one.result in DONE for one in done) else FAILED


def number(pid: str) -> int:
    """The pid that somebody typed."""
    if pid.isascii() and pid.isdecimal() and int(pid) < 2**31:
        return int(pid)
    raise UsageTrouble(f"{pid!r} is no number of a process", hint="`fleetmeter ps` shows which there are")


def line(one: Acted) -> str:
    """What became of one."""
    name = f"{one.agent} process {one.pid}" if one.agent else f"process {one.pid}"
    where = f" ({folder(one.project)})" if one.project else ""
    asked = f" [{', '.join(f'{pid} {step}: {outcome}' for pid, step, outcome in one.steps)}]" if one.steps else ""
    return f"{name}{where}: {'would be ended: ' if one.result == 'trial' else ''}{one.words}{asked}"


def document(one: Acted) -> dict[str, object]:
    """The same for programs."""
    return {
        "pid": one.pid, "agent": one.agent or None, "project": one.project, "sessionId": one.session_id,
        "act": one.what, "result": one.result, "words": one.words,
        "steps": [{"pid": pid, "step": step, "outcome": outcome} for pid, step, outcome in one.steps],
    }  # fmt: skip
