"""The agents as tables: where each was looked for and what was found, and what the files of each can tell."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from viewers.screen import format, terminal
from viewers.screen.table import Column, Row, lines
from viewers.screen.text import clean, short_path

if TYPE_CHECKING:
    from viewers.reading.agents import Agent, Recorded

OVERVIEW = (
    Column("Agent"),
    Column("Looked in", least=16, keeps_end=True),
    Column("", least=9),
    Column("Files", least=8),
    Column("Sessions", is_number=True),
    Column("Last activity", dispensable=2),
    Column("Versions", dispensable=3),
)
PLACES = (Column("Looked in", least=16, keeps_end=True), Column("", least=9))
DETAIL = (Column("Its files tell"), Column(""), Column("", least=24))
NEWEST = 5
"""How many versions are named."""
SHOWN = {"yes": "yes", "partly": "partly", "no": format.NONE}


def overview(found: "Sequence[tuple[Agent, Recorded]]") -> list[str]:
    """A line for each folder that was looked in; what the database has of an agent stands on its first."""
    rows: list[Row] = []
    for agent, known in found:
        cells = (
            files(known),
            format.count(known.sessions) if known.sessions else format.NONE,
            format.minute(known.last_at),
            span(known.versions),
        )
        for number, place in enumerate(agent.places):
            first = (agent.name, cells) if number == 0 else ("", ("",) * len(cells))
            rows.append(Row((first[0], short_path(place.path), place.standing, *first[1])))
    return list(lines(OVERVIEW, rows, terminal.columns()))


def capabilities(agents: "Sequence[Agent]") -> list[str]:
    """A line for each thing that files may tell, with a column for each agent."""
    columns = (Column("Its files tell"), *(Column(agent.agent) for agent in agents))
    rows = [Row((what, *(SHOWN[agent.tells[what][0]] for agent in agents))) for what in agents[0].tells]
    return list(lines(columns, rows, terminal.columns()))


def detail(agent: "Agent", known: "Recorded") -> list[str]:
    """All there is to say of one agent."""
    room = terminal.columns()
    named = f"and where {', '.join(agent.variables)} {'says' if len(agent.variables) == 1 else 'say'}"
    versions = numbered(known.versions)
    newest = ", ".join(versions[-NEWEST:]) + (f"; {len(versions)} in all" if len(versions) > NEWEST else "")
    facts = {
        "Files": files(known),
        "Sessions": f"{format.count(known.sessions)}, the last at {format.minute(known.last_at)}"
        if known.sessions
        else "",
        "Versions": clean(newest),
    }
    told = [Row((what, SHOWN[how_far], note)) for what, (how_far, note) in agent.tells.items()]
    return [
        terminal.paint(f"{agent.name} ({agent.agent})", "bold"),
        "",
        *lines(PLACES, [Row((short_path(place.path), place.standing)) for place in agent.places], room),
        *(_wrapped(named, room) if agent.variables else ()),
        "",
        *(f"{title:<10}{text or format.NONE}" for title, text in facts.items()),
        "",
        *lines(DETAIL, told, room),
        "",
        terminal.paint("They never hold", "dim"),
        *(line for one in agent.never for line in _wrapped(one, room)),
    ]


def markdown(agents: "Sequence[Agent]") -> list[str]:
    """Both tables as the README has them: the same on every machine."""
    names = [agent.name for agent in agents]
    shown = [
        "| its files tell | " + " | ".join(names) + " |",
        "|---|" + "---|" * len(agents),
        *(
            f"| {what} | " + " | ".join(SHOWN[agent.tells[what][0]] for agent in agents) + " |"
            for what in agents[0].tells
        ),
        "",
        "| agent | looked for in | named by | partly | never in its files |",
        "|---|---|---|---|---|",
    ]
    for agent in agents:
        partly = [f"{what}: {note}" for what, (how_far, note) in agent.tells.items() if how_far == "partly"]
        cells = (
            f"{agent.name}: `{agent.agent}`",
            ", ".join(f"`{path}`" for path in agent.usual),
            ", ".join(f"`{name}`" for name in agent.variables),
            "<br>".join(partly),
            "<br>".join(agent.never),
        )
        shown.append(f"| {' | '.join(cells)} |")
    return shown


def files(known: "Recorded") -> str:
    """How many files are in which state."""
    return ", ".join(f"{format.count(number)} {state}" for state, number in known.files.items()) or format.NONE


def span(versions: tuple[str, ...]) -> str:
    """From the oldest to the newest."""
    found = numbered(versions)
    return clean(" … ".join(dict.fromkeys((found[0], found[-1])))) if found else format.NONE


def numbered(versions: tuple[str, ...]) -> list[str]:
    """Those that are numbers; where none is, all of them."""
    return [version for version in versions if version[:1].isdecimal()] or list(versions)


def _wrapped(text: str, room: int | None) -> list[str]:
    import textwrap

    return textwrap.wrap(clean(text), room or 1_000, initial_indent="  ", subsequent_indent="    ")
