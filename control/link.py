"""Which sessions a process is in, and how sure that is: what its agent says, then its files, then time and place.

Pure: whatever is known is passed in."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from control.process import Link, Process
from control.recognise import HELPER, LAUNCHER, SERVER

CERTAIN, LIKELY, POSSIBLE = "certain", "likely", "possible"
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SAME_S = 5.0
"""Two clocks tell the same moment, if they are no further apart."""
SOON_S = 120.0
"""A session that began so soon after a process, in its folder, is likely its own."""


class Registered(NamedTuple):
    """What an agent says of a process of its own. ticks: its birth, as the system counts it; "" where not told."""

    agent: str
    account: str
    session_id: str
    pid: int
    ticks: str
    started_s: float | None

    def is_of(self, pid: int, born: str, began_s: float | None) -> bool:
        """Whether this is that process, and not an earlier one of its pid."""
        if pid != self.pid:
            return False
        if self.ticks:
            return self.ticks == born.partition("@")[0]
        return None not in (self.started_s, began_s) and abs((self.started_s or 0) - (began_s or 0)) <= SAME_S


class Lately(NamedTuple):
    """A session that went on since some process began."""

    agent: str
    account: str
    session_id: str
    cwd: str | None
    first_s: float | None
    last_s: float


def said(process: Process, registered: Iterable[Registered]) -> tuple[Link, ...]:
    """The sessions that the agent itself names."""
    return tuple(
        Link(one.session_id, one.account, CERTAIN, "its agent says so")
        for one in registered
        if one.agent == process.agent and one.is_of(process.pid, process.entry.born, process.entry.began_s)
    )


def ids(process: Process) -> list[str]:
    """What in its arguments may be the id of a session; prompts are no such word."""
    return [word for word in (one.rpartition("=")[2] for one in process.argv) if ID.fullmatch(word)]


def placed(open_: Sequence[Process], lately: Sequence[Lately], taken: set[str]) -> dict[tuple[int, str], Link]:
    """By folder and time alone: for processes of which nothing else is known, and sessions that nobody has."""
    found: dict[tuple[int, str], Link] = {}
    waiting = [process for process in open_ if process.role not in (HELPER, LAUNCHER, SERVER)]
    for process in waiting:
        fit = [one for one in _fitting(process, lately, taken) if _is_soon(process, one)]
        if len(fit) == 1 and len([o for o in waiting if _is_soon(o, fit[0]) and o.cwd == process.cwd]) == 1:
            found[process.key] = Link(fit[0].session_id, fit[0].account, LIKELY, "it began with it, in its folder")
    taken = {*taken, *(link.session_id for link in found.values())}
    for process in waiting:
        rivals = [o for o in waiting if o.key not in found and o.cwd == process.cwd and o.agent == process.agent]
        fit = _fitting(process, lately, taken)
        if process.key not in found and len(fit) == 1 and len(rivals) == 1:
            found[process.key] = Link(fit[0].session_id, fit[0].account, POSSIBLE, "no other went on in its folder")
    return found


def _fitting(process: Process, lately: Sequence[Lately], taken: set[str]) -> list[Lately]:
    began_s = process.entry.began_s
    if process.cwd is None or began_s is None:
        return []
    return [
        one
        for one in lately
        if one.agent == process.agent
        and one.cwd == process.cwd
        and one.last_s >= began_s
        and one.session_id not in taken
    ]


def _is_soon(process: Process, one: Lately) -> bool:
    began_s = process.entry.began_s
    return began_s is not None and one.first_s is not None and -SAME_S <= one.first_s - began_s <= SOON_S
