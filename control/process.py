"""What is known of one process of an agent. None is what nobody can tell, and never a guess."""

from typing import NamedTuple

from control.machine import Entry, Terminal


class Link(NamedTuple):
    """A session that a process is in. sure: certain, likely, possible; why: what says so."""

    session_id: str
    account: str
    sure: str
    why: str


class Process(NamedTuple):
    """One process of an agent, at one moment."""

    entry: Entry
    agent: str
    role: str
    exe: str | None
    uid: int | None
    terminal: Terminal
    cwd: str | None
    argv: tuple[str, ...]
    """Looked at for ids of sessions, and never shown or stored: prompts stand in it."""
    files: tuple[str, ...]
    """The files that it holds open."""
    children: tuple[Entry, ...]
    """All that it started, and what those started."""

    @property
    def pid(self) -> int:
        return self.entry.pid

    @property
    def key(self) -> tuple[int, str]:
        """What tells it from every other process, now or later."""
        return self.entry.pid, self.entry.born

    @property
    def tree_memory(self) -> int | None:
        """What it and its children hold; None where that of one is unknown."""
        sizes = [entry.memory for entry in (self.entry, *self.children)]
        return None if None in sizes else sum(size for size in sizes if size is not None)
