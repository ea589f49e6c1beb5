"""`fleetmeter rebuild`: facts made anew from the lines they came from."""

from collections.abc import Callable
from typing import Protocol

from store import home as homes
from viewers.collecting.recording import tell_waiting
from viewers.screen import format, output, terminal
from viewers.screen.progress import bar
from viewers.trouble import FAILED, UsageTrouble


class Rebuilt(Protocol):
    """What the collector tells of it."""

    @property
    def made(self) -> int: ...
    @property
    def left(self) -> int: ...
    @property
    def is_behind(self) -> bool: ...


Make = Callable[..., Rebuilt]


def run(make: Make, agents: list[str], *, agent: str | None, as_json: bool) -> int:
    """Do it, and say what was done; exit code 1: some could not be made anew."""
    if agent is not None and agent not in agents:
        raise UsageTrouble(f"no agent is called {agent!r}", hint=f"they are {', '.join(agents)}")
    home = homes.locate()
    with bar("rebuilding") as step:
        done = make(home, agent, step, tell_waiting)
    if as_json:
        output.print_json({"schemaVersion": 1, "isBehind": done.is_behind, "made": done.made, "left": done.left})
    else:
        terminal.show(*lines(done))
    return FAILED if done.left else 0


def lines(done: Rebuilt) -> list[str]:
    """The same for people."""
    groups = format.things(done.made, "group")
    if done.is_behind:
        return [f"the collector that runs makes {groups} of sessions anew; `fleetmeter status` tells how far it is"]
    said = [f"{groups} of sessions made anew"]
    if done.left:
        said.append(f"{format.things(done.left, 'group')} left as before: lines of theirs are gone and not archived")
    return said
