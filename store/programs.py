"""How the programs of agents are known among all that run: told by the sources of the agents, used by control."""

from store.light import NamedTuple


class Program(NamedTuple):
    """The processes of one agent, as the system shows them."""

    agent: str
    names: tuple[str, ...] = ()
    """What its executable is called."""
    scripts: tuple[str, ...] = ()
    """What a script is called that is the program, run by an interpreter."""
    places: tuple[str, ...] = ()
    """A part of the path of its executable or script that no other program's has: the executable lies right in it."""
    launchers: tuple[str, ...] = ()
    """Scripts that only start the program proper, and wait for it."""
    inner: tuple[str, ...] = ()
    """Other programs that its executable is too, called by these names."""
    helpers: tuple[str, ...] = ()
    """Arguments of processes that do no work of their own."""
    servers: tuple[str, ...] = ()
    """Arguments of those that work for many sessions, behind other processes."""
    background: tuple[str, ...] = ()
    """Arguments of those that are sessions without a terminal of theirs."""
    headless: tuple[str, ...] = ()
    """Arguments that say that nobody sits before it."""
    resumes: tuple[str, ...] = ()
    """How one types that a session is to go on; its id follows."""
