"""What ought to stand in a settings file, as the source of its agent says, and how ours is known again."""

import os
import re
import shlex
import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol, cast, runtime_checkable
from urllib.parse import quote

HOOKS, STATUS_LINE, TELEMETRY = "hooks", "statusline", "telemetry"

Place = tuple[str, ...]
"""The names that lead to a value, from the top of a file."""

PACKAGES = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EMIT, STATUS = ("collector", "emit.py"), ("viewers", "status_line.py")
SCRIPTS = frozenset({"fleetmeter-emit", "fleetmeter-statusline"})
HOME = "FLEETMETER_HOME"
ROOT_HEADER = "x-fleetmeter-root"
"""What sends it decodes it once, and then it has to be plain still: its value is encoded twice."""
SINCE_WHEN = (
    "sessions that begin from now on export what they call; `fleetmeter start` starts a collector that takes it"
)
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/hooks/[a-z]+/[0-9a-zA-Z]{16,}\?root=[^?]*").fullmatch


class Address(NamedTuple):
    """The door for HTTP of a collector."""

    port: int
    token: str

    def of(self, agent: str, root: str) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/{agent}/{self.token}?root={quote(root, safe='')}"


class Call(NamedTuple):
    """How an agent's program starts ours: a line for its shell."""

    emit: str
    status: str
    url: str = ""
    """Where it posts to instead of starting anything, if that is wished."""
    export: str = ""
    """Where it exports to."""


def is_ours(value: object) -> bool:
    """Whether this is a command of ours, of whatever installation, or an entry that has one."""
    if isinstance(value, dict):
        told = cast("dict[str, object]", value)
        return is_ours(told.get("command")) or _is_address(told.get("url"))
    if not isinstance(value, str):
        return False
    try:
        words = shlex.split(value.partition(" -- ")[0])
    except ValueError:
        return False
    return any(_is_script(word) for word in words[:6])


def _is_address(value: object) -> bool:
    return isinstance(value, str) and ADDRESS(value) is not None


def _is_script(word: str) -> bool:
    return os.path.basename(word) in SCRIPTS or tuple(word.split("/")[-2:]) in (EMIT, STATUS)


def _is_ours(_: Place, value: object) -> bool:
    return is_ours(value)


class Wanted(NamedTuple):
    """The entries of one file. What stands there already, and is not ours, stays as it is."""

    path: str
    lists: Mapping[Place, Any] = {}
    """An element for the list at each place."""
    members: Mapping[Place, Any] = {}
    """What stands at each place, where nothing does yet."""
    mark: Place | None = None
    """The one of the members that nobody else would set: without it none of the others is ours."""
    wraps: Place | None = None
    """The one of the members whose `command` runs the command that was there before, after `--`."""
    tables: str = ""
    """For a file of TOML: the tables to append."""
    note: str = ""
    """What the user has to do then."""
    is_ours: Callable[[Place, object], bool] = _is_ours


@runtime_checkable
class Configurable(Protocol):
    """A source whose agent can be told to tell us more."""

    def wanted(self, what: str, root: str, project: str | None, call: Call) -> Wanted | None:
        """The entries of that kind; None where the agent has no such thing."""
        ...


def call(
    agent: str, root: str, home: str, usual_home: str, address: Address | None = None, port: int | None = None
) -> Call:
    """Python without its site: that is the fastest start there is. A data folder of the user's choice is said."""
    chosen = "" if home == usual_home else f"{HOME}={shlex.quote(home)} "
    python = f"{chosen}{shlex.quote(sys.executable)} -I -S "
    words = " ".join(map(shlex.quote, (agent, root)))
    emit, status = (f"{python}{shlex.quote(os.path.join(PACKAGES, *script))} {words}" for script in (EMIT, STATUS))
    return Call(emit, status, address.of(agent, root) if address else "", f"http://127.0.0.1:{port or 0}")
