"""A process of an agent as control tells viewers of it. None is what nobody can tell."""

from store.light import NamedTuple


class Child(NamedTuple):
    """What a process started, or what that started."""

    pid: int
    parent: int | None
    name: str
    state: str | None
    memory: int | None


class Shown(NamedTuple):
    """One process, how it is, and which session it is in."""

    pid: int
    born: str
    """When it began, in the system's words: with the pid, what tells it from every other."""
    parent: int | None
    agent: str
    role: str
    """session, headless, background, server, helper, launcher."""
    exe: str | None
    state: str
    """working, waiting, idle, stale, stopped, zombie, orphaned, runaway."""
    reason: str
    is_pinned: bool
    sessions: tuple[tuple[str, str, str], ...]
    """Those that it is in: the id, how sure that is (certain, likely, possible), and what says so."""
    account: str | None
    project: str | None
    terminal: str | None
    """"" where it has none."""
    cwd: str | None
    began_s: float | None
    last_s: float | None
    """When anything was last told of its sessions."""
    window_s: float
    """So long its use of processors was watched."""
    cpu_percent: float | None
    children_cpu_percent: float | None
    memory: int | None
    tree_memory: int | None
    children: int
    started: tuple[Child, ...] = ()
    """All of them, the elder first."""


class Acted(NamedTuple):
    """What became of a process that something was to be done to."""

    pid: int
    agent: str
    project: str | None
    session_id: str | None
    what: str
    """kill, pin, unpin."""
    result: str
    """ended, alive, gone, refused, pinned, unpinned, again: it had been asked for already."""
    words: str
    steps: tuple[tuple[int, str, str], ...] = ()
    """The pid, what was done, and what came of it."""
