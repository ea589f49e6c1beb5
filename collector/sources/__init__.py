"""The agents that are known, found by looking: each file here that ends in SOURCE is one."""

import os
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from msgspec import Struct

    from store.batch import Batch
    from store.edit import Edit
    from store.facts import Record
    from store.programs import Program

Past = Callable[[int], "Iterable[tuple[str, int, int | None]]"]
"""The latest so many records of a file that have an id, and the heads of their threads: id, offset, head."""


def no_past(_most: int) -> "Iterable[tuple[str, int, int | None]]":
    """What is recorded of a file that was never read."""
    return ()


class Lines(Protocol):
    """The reader of one file of lines, from its cursor on. Pure: no clock, no disk, no SQL of its own."""

    @property
    def shape(self) -> Any: ...
    @property
    def version(self) -> str: ...
    @property
    def foreign(self) -> str: ...
    def decode(self, line: bytes | memoryview, /) -> Any: ...
    def is_record(self, value: dict[str, Any]) -> bool: ...
    def take(self, line: Any, byte_offset: int, length: int, out: "Batch") -> "Record": ...
    def carried(self) -> bytes: ...
    def carry_on(self, carried: bytes) -> None: ...


class Told(NamedTuple):
    """How far an agent's files tell one thing. note: what there is of it, or what is missing, in a few words."""

    how_far: Literal["yes", "partly", "no"]
    note: str = ""


def yes(note: str = "") -> Told:
    return Told("yes", note)


def partly(note: str) -> Told:
    return Told("partly", note)


def no(note: str = "") -> Told:
    return Told("no", note)


class Tells(NamedTuple):
    """What the files of an agent tell, as far as its source reads them; a test holds it to what becomes of samples."""

    forks: Told
    """Which session another one begins with the history of."""
    tokens: Told
    """What each answer was billed, by kind."""
    reasoning: Told
    """Which part of the output was reasoning."""
    cost: Told
    """What the agent itself says an answer cost."""
    prompts: Told
    replies: Told
    tools: Told
    """Which tools were called, and with what outcome."""
    durations: Told
    """How long a call took, as the agent measured it."""
    files: Told
    """Which files calls read, wrote, edited or deleted, and how many lines they changed."""
    subagents: Told
    compactions: Told
    turns: Told
    """When work on a prompt begins and ends: whether a session is at work now."""
    limits: Told
    """How much of the plan is used."""
    never: tuple[str, ...]
    """What happens, and is billed perhaps, and stands in no file."""


class Source(Protocol):
    """One agent: where its files are, how to read them, and what they can tell. A version that rises says that the
    facts read from the same lines are others now: those of older versions are made anew."""

    @property
    def agent(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def tells(self) -> Tells: ...
    @property
    def version(self) -> int: ...
    def roots(self, environ: Mapping[str, str], user: str) -> list[str]: ...
    def trees(self, root: str) -> list[str]: ...
    def kind(self, path: bytes) -> str | None: ...
    def is_whole(self, kind: str) -> bool: ...
    def lines(self, kind: str, path: str, generation_id: int, carried: bytes, past: Past) -> Lines: ...
    def whole(self, kind: str, path: str, content: bytes, out: "Batch") -> None: ...


DATABASE = "database"  # the kind of a file of which rows are read, not bytes: see collector/files/rows.py


class Log(NamedTuple):
    """A table that only grows. after: rows above place ?1, at most ?2: place, id, columns, data. last: place of ids."""

    after: str
    last: str


class Table(NamedTuple):
    """A table whose rows change in place. changed: place and time of the rows changed after; rows: those of places."""

    name: str
    changed: str
    rows: str


class Layout(NamedTuple):
    """The statements that read one version of an agent's database. known says if one of the witnesses is there."""

    log: Log | None
    tables: tuple[Table, ...]
    newest: str
    witnesses: str
    known: str


@runtime_checkable
class RowSource(Protocol):
    """A source whose files of kind DATABASE are read by rows. skips: folders that are not walked."""

    def skips(self, folder: bytes) -> bool: ...
    def layout(self, tables: frozenset[str]) -> Layout: ...


@runtime_checkable
class Beside(Protocol):
    """A source whose files have others beside them that go with them. Gives folders and how the names in them begin."""

    def beside(self, kind: str, root: str, path: bytes) -> list[tuple[bytes, bytes]]: ...


@runtime_checkable
class Keeps(Protocol):
    """A source whose agent removes its old files by itself: after so many days; None when it does not."""

    def keep_days(self, root: str) -> float | None: ...


@runtime_checkable
class Reporting(Protocol):
    """A source whose programs can export telemetry. services: how the names of those begin, or of their scopes."""

    @property
    def services(self) -> tuple[str, ...]: ...


@runtime_checkable
class Runs(Protocol):
    """A source that knows how its agent's programs look among all processes of a machine."""

    @property
    def program(self) -> "Program": ...


class Shown(Protocol):
    """Takes lines of one file in their order, and gives what calls change in files: the call, the change, and whether
    it was done, not only asked for."""

    @property
    def shape(self) -> "type[Struct]": ...
    def take(self, line: Any, /) -> "Iterable[tuple[str, Edit, bool]]": ...


@runtime_checkable
class Shows(Protocol):
    """A source whose lines hold what was changed in a file."""

    def edits(self) -> Shown: ...


class Question(NamedTuple):
    """What a vendor is asked. The secret stands in one of the headers."""

    url: str
    headers: Mapping[str, str]
    secret: str
    is_answer: Callable[[bytes], bool]


@runtime_checkable
class Metered(Protocol):
    """A source whose vendor can be asked how much of a plan is used: what to ask for an account, or why nobody can."""

    def question(self, root: str, now_s: float) -> Question | str: ...


def all_sources() -> list[Source]:
    """Every agent that has a file here."""
    found: list[Source] = []
    names = sorted(name for folder in __path__ for name in os.listdir(folder))
    for name in names:  # pkgutil would take as long as a look at a thousand files
        if name.endswith(".py") and "_" not in name:  # claude_wire is a part of claude
            found.append(import_module(f"{__name__}.{name[:-3]}").SOURCE)
    return found
