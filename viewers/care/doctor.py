"""`fleetmeter doctor`: every check on one screen, with what to do; `--fix` does what is safe."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence

from store import home as homes
from store import lock
from store.errors import FleetmeterError, LockHeld
from viewers.care.ailments import BAD, NOTE, OK, WARN, Check, Finding, Health, Patient
from viewers.care.ailments import CHECKS as OF_THE_FOLDER
from viewers.care.ailments_recorded import CHECKS as OF_WHAT_IS_RECORDED
from viewers.screen import format, output, terminal
from viewers.screen.text import clean
from viewers.trouble import FAILED, explain

LOCK_WAIT_S = 0.5
MARKS = {OK: "ok", NOTE: "-", WARN: "!", BAD: "✗"}

Look = Callable[[str, Mapping[str, str], str], Sequence[Health]]
CHECKS: tuple[tuple[str, Check], ...] = (*OF_THE_FOLDER, *OF_WHAT_IS_RECORDED)


def run(look: Look, record: Callable[[], object], *, is_fixing: bool, as_json: bool) -> int:
    """Make all checks, mend what is safe to mend if so asked, and say it; the exit code tells of what is bad."""
    home = homes.locate()
    patient = Patient(home, lambda: look(home, os.environ, os.path.expanduser("~")))
    found = list(findings(patient))
    done = mend(patient, found, record) if is_fixing else []
    if done:
        patient = Patient(home, patient.look)
        found = list(findings(patient))
    if as_json:
        output.print_json(document(home, found, done))
    else:
        terminal.show(*map(clean, lines(found)))
        terminal.show(*(f"mended: {clean(words)}" for words in done))
        if not is_fixing and any(one.fix for one in found):
            terminal.say("`fleetmeter doctor --fix` mends what is safe to mend")
    return FAILED if any(one.state == BAD for one in found) else 0


def findings(patient: Patient) -> Iterator[Finding]:
    """What each check finds; one that fails is a finding too."""
    for name, check in CHECKS:
        try:
            yield from check(patient, name)
        except Exception as error:
            told = explain(error)
            if told is None:
                raise
            yield Finding(name, BAD, *told)


def mend(patient: Patient, found: list[Finding], record: Callable[[], object]) -> list[str]:
    """Only by whoever may write: beside a collector, what it does itself is left to it."""
    fixes = [one.fix for one in found if one.fix is not None]
    if not fixes:
        return []
    try:
        with lock.hold(patient.home, "mending", wait_s=LOCK_WAIT_S):
            done = [words for fix in fixes if (words := fix(patient.home))]
    except LockHeld as held:
        raise FleetmeterError(
            f"another fleetmeter writes (pid {held.pid}), and nothing was mended", hint="`fleetmeter stop` first"
        ) from held
    if any(one.needs_recording for one in found):
        record()
    return done


def lines(found: list[Finding]) -> list[str]:
    """A line for each, and under what is not well what to do."""
    width = max(len(one.name) for one in found)
    said: list[str] = []
    last = ""
    for one in found:
        name = "" if one.name == last else one.name
        last = one.name
        said.append(f"{MARKS[one.state]:<3}{name:<{width}}  {one.words}")
        if one.advice and one.state != OK:
            said.append(f"{'':<{width + 5}}→ {one.advice}")
    bad, warn = (sum(one.state == state for one in found) for state in (BAD, WARN))
    return [
        *said,
        "",
        f"{format.things(bad, 'trouble')}, {format.things(warn, 'warning')}" if bad or warn else "all is well",
    ]


def document(home: str, found: list[Finding], done: list[str]) -> dict[str, object]:
    return {
        "schemaVersion": 1, "home": home, "isWell": all(one.state != BAD for one in found), "mended": done,
        "checks": [
            {"name": one.name, "state": one.state, "words": one.words, "advice": one.advice or None} for one in found
        ],
    }  # fmt: skip
