"""`agents`: which agents are known, where each was looked for, what was found, and what its files can tell."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import NamedTuple, Protocol

from store import home as homes
from store.database import open_reader
from store.errors import NoDatabaseYet
from viewers import query
from viewers.reading import agent_tables
from viewers.screen import output, terminal
from viewers.trouble import UsageTrouble, tell


class Place(Protocol):
    """A folder that was looked in, and whether anything is there."""

    @property
    def path(self) -> str: ...
    @property
    def standing(self) -> str: ...


class Agent(Protocol):
    """What the collector tells of one agent. tells: thing → how far it is told (yes, partly, no), and a note."""

    @property
    def agent(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def usual(self) -> tuple[str, ...]: ...
    @property
    def variables(self) -> tuple[str, ...]: ...
    @property
    def places(self) -> Sequence[Place]: ...
    @property
    def tells(self) -> Mapping[str, tuple[str, str]]: ...
    @property
    def never(self) -> tuple[str, ...]: ...


# The collector's own function. A viewer may not import it, so the command line hands it in.
Look = Callable[[str, Mapping[str, str], str], Sequence[Agent]]


class Recorded(NamedTuple):
    """What the database has of one agent."""

    files: dict[str, int] = {}  # noqa: RUF012 - nobody writes to it
    sessions: int = 0
    last_at: str | None = None
    versions: tuple[str, ...] = ()


def run(look: Look, *, name: str | None, as_json: bool, as_markdown: bool) -> int:
    """Show all agents, or one in detail."""
    if as_markdown and (as_json or name is not None):
        raise UsageTrouble("--markdown prints the table of the README, and goes with nothing else")
    home = homes.locate()
    agents = look(home, os.environ, os.path.expanduser("~"))
    if as_markdown:
        terminal.show(*agent_tables.markdown(agents))
        return 0
    if name is not None:
        agents = [_named(name, agents)]
    known = recorded(home)
    if as_json:
        output.print_json(document(agents, known))
    elif name is not None:
        terminal.show(*agent_tables.detail(agents[0], known.get(agents[0].agent, Recorded())))
    else:
        found = [(agent, known.get(agent.agent, Recorded())) for agent in agents]
        terminal.show(*agent_tables.overview(found), "", *agent_tables.capabilities(agents))
        terminal.say("", "`fleetmeter agents NAME` tells more of one, and what its files never hold")
    return 0


def recorded(home: str) -> dict[str, Recorded]:
    """What the database has, by agent; nothing while there is none."""
    try:
        with closing(open_reader(home)) as reader:
            files, sessions, versions = (
                query.rows(reader, name) for name in ("agent_files", "agent_sessions", "agent_versions")
            )
    except NoDatabaseYet as nothing:
        tell(nothing)
        return {}
    found: dict[str, Recorded] = {}
    for agent in {row[0] for row in (*files, *sessions)}:
        count, last_at = next(((row[1], row[2]) for row in sessions if row[0] == agent), (0, None))
        found[agent] = Recorded(
            {state: number for of, state, number in files if of == agent},
            count,
            last_at,
            tuple(sorted((version for of, version in versions if of == agent), key=_order)),
        )
    return found


def document(agents: Sequence[Agent], known: Mapping[str, Recorded]) -> dict[str, object]:
    """The same for programs."""
    return {
        "schemaVersion": 1,
        "agents": [_document(agent, known.get(agent.agent, Recorded())) for agent in agents],
    }


def _document(agent: Agent, found: Recorded) -> dict[str, object]:
    return {
        "agent": agent.agent,
        "name": agent.name,
        "roots": [{"path": place.path, "standing": place.standing} for place in agent.places],
        "usualRoots": list(agent.usual),
        "variables": list(agent.variables),
        "files": found.files,
        "sessions": found.sessions,
        "lastActivityAt": found.last_at,
        "versions": list(found.versions),
        "tells": {what: {"told": how_far, "note": note} for what, (how_far, note) in agent.tells.items()},
        "never": list(agent.never),
    }


def _named(name: str, agents: Sequence[Agent]) -> Agent:
    """The agent of that name, as programs or as people call it."""
    wanted = name.lower()
    for agent in agents:
        if wanted in (agent.agent, agent.name.lower()):
            return agent
    import difflib

    names = [agent.agent for agent in agents]
    close = difflib.get_close_matches(wanted, names, n=1)
    hint = f"did you mean {close[0]}?" if close else f"the agents are {', '.join(names)}"
    raise UsageTrouble(f"unknown agent {name!r}", hint=hint)


def _order(version: str) -> list[tuple[int, str]]:
    """Versions as they followed each other: 2.1.9 before 2.1.10, and what is no number after every number."""
    return [(int(part), "") if part.isdecimal() else (1 << 62, part) for part in re.split(r"[.+-]", version)]
