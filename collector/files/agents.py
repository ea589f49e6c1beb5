"""The agents that are known: where each was looked for, whether anything is there, and what its files can tell."""

import os
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from collector.files.discover import roots
from collector.sources import Runs, Source, Told, all_sources
from store.config import load
from store.programs import Program

FOUND, EMPTY, ABSENT = "found", "nothing in it", "not there"
USER = "~"


class Place(NamedTuple):
    """A folder that was looked in. standing: found, nothing in it, not there, or why nobody can tell."""

    path: str
    standing: str


class Agent(NamedTuple):
    """One agent. usual: where it is looked for on every machine; variables: those that name other folders."""

    agent: str
    name: str
    usual: tuple[str, ...]
    variables: tuple[str, ...]
    places: tuple[Place, ...]
    tells: dict[str, Told]
    never: tuple[str, ...]


def look(home: str, environ: Mapping[str, str], user: str) -> list[Agent]:
    """Every agent that is known. No file of theirs is opened: what they hold is in the database."""
    sources = all_sources()
    found = roots(home, sources, load(home, [source.agent for source in sources]), environ, user)
    return [
        Agent(
            source.agent,
            source.name,
            tuple(dict.fromkeys(source.roots({}, USER))),
            variables(source),
            tuple(Place(root.path, standing(root.path, root.trees)) for root in found if root.source is source),
            {what: told for what, told in source.tells._asdict().items() if isinstance(told, Told)},
            source.tells.never,
        )
        for source in sources
    ]


def variables(source: Source) -> tuple[str, ...]:
    """The variables of the environment that say where its files are, found by watching what it asks for."""
    asked: dict[str, None] = {}
    for value in (None, "/folder/sessions"):  # it may ask for one only where another is set
        source.roots(_Watched(asked, value), USER)
    return tuple(asked)


class _Watched(Mapping[str, str]):
    """An environment in which every variable has that value, or none is set. It notes what is asked for."""

    def __init__(self, asked: dict[str, None], value: str | None) -> None:
        self._asked, self._value = asked, value

    def __getitem__(self, name: str) -> str:
        self._asked[name] = None
        if self._value is None:
            raise KeyError(name)
        return self._value

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def standing(root: str, trees: tuple[str, ...]) -> str:
    """Whether the agent's files can be seen in this root: in one of its trees, as far as there are any."""
    trouble = ""
    for path in trees or (root,):
        try:
            os.scandir(path).close()
        except NotADirectoryError:
            return FOUND if trees else ABSENT  # a tree may be one file
        except FileNotFoundError:
            trouble = trouble or ABSENT
        except OSError as error:
            trouble = error.strerror or str(error)
        else:
            return FOUND if trees else EMPTY
    return trouble


def programs() -> tuple[Program, ...]:
    """How the processes of each agent are known among all that run."""
    return tuple(source.program for source in all_sources() if isinstance(source, Runs))
