"""Which processes are those of agents, by what their sources tell of them; and what part each plays. Pure."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from store.programs import Program

SESSION, HEADLESS, BACKGROUND, SERVER, HELPER, LAUNCHER = (
    "session", "headless", "background", "server", "helper", "launcher",
)  # fmt: skip
RUNTIMES = frozenset({"node", "nodejs", "bun", "deno", "python", "pypy"})
SHELLS = frozenset({"sh", "bash", "dash", "zsh", "fish", "ksh", "env"})
GIVEN = frozenset({"-c", "-e", "-m", "-p", "--eval", "--print", "-lc", "-ic"})
"""What an interpreter runs that has one of these is no script, but text that stands in the arguments."""
VALUED = frozenset({
    "-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions", "--env-file", "--title",
    "--preload", "--cwd", "--config", "-W", "-X",
})  # fmt: skip
"""Options of interpreters that stand before a value which is no script."""
RUN = "run"
"""What may stand before a script in those interpreters that have commands."""
LOOKED_AT = 8
"""Arguments; further ones are prompts, or may be."""
SCRIPT_ENDS = (".js", ".mjs", ".cjs", ".ts", ".py", ".sh", ".exe", ".cmd")
PACKAGES = "/node_modules/"
DRIVE = re.compile(r"[A-Za-z]:\\")
NAME_KEPT = 15  # what Linux keeps of a process's name


class Part(NamedTuple):
    """Whose process it is, and the part it plays."""

    agent: str
    role: str


def is_candidate(name: str, exe: str | None, programs: Sequence[Program]) -> bool:
    """Whether its arguments are worth asking for: by its name and its executable alone."""
    base = _bare(exe or name)
    if base in RUNTIMES or base in SHELLS:
        return True
    return any(_is_native(name, exe, program) for program in programs)


def part(name: str, exe: str | None, argv: Sequence[str] | None, programs: Sequence[Program]) -> Part | None:
    """The part of a process; None for whatever is no agent's."""
    words = list(argv or ())
    called = _base(words[0]) if words else name
    is_runtime, is_shell = _bare(exe or name) in RUNTIMES, _bare(exe or name) in SHELLS
    at = script_at(words) if is_runtime or is_shell else None
    for program in programs:
        if not (is_runtime or is_shell) and _is_native(name, exe, program):
            return Part(program.agent, HELPER if called in program.inner else _role(words[1:], program))
        if at is not None and _is_script(words[at], program):
            is_launcher = is_shell or _base(words[at]) in program.launchers
            return Part(program.agent, LAUNCHER if is_launcher else _role(words[at + 1 :], program))
        # A program may give itself a title, which stands where its arguments were; not always is it its name too.
        if is_runtime and not {name, called}.isdisjoint((*program.names, *program.scripts)):
            return Part(program.agent, _role(words[1:], program))
    return None


def script_at(words: Sequence[str]) -> int | None:
    """Where in its arguments the script stands that an interpreter runs: the first that is no option."""
    at = 1
    while at < min(len(words), LOOKED_AT):
        word = words[at]
        if word in GIVEN:
            return None
        if not word.startswith("-") and "=" not in word and not (word == RUN and _bare(words[0]) in ("bun", "deno")):
            return at
        at += 2 if word in VALUED else 1
    return None


def _is_native(name: str, exe: str | None, program: Program) -> bool:
    if exe is None:
        return any(name == known[:NAME_KEPT] for known in program.names)
    # Right in its place: deeper below lie the tools that it brings along.
    folder, _, base = _slashed(exe).rpartition("/")
    return base in program.names or any(f"{folder}/".endswith(place) for place in program.places)


def _is_script(script: str, program: Program) -> bool:
    path = _slashed(script)
    if _bare(path) in (*program.scripts, *program.names):
        return True
    return any(place in path and PACKAGES not in "/" + path.partition(place)[2] for place in program.places)


def _role(arguments: list[str], program: Program) -> str:
    said = arguments[:LOOKED_AT]
    if "--" in said:
        said = said[: said.index("--")]
    for role, words in (
        (HELPER, program.helpers), (SERVER, program.servers), (BACKGROUND, program.background),
        (HEADLESS, program.headless),
    ):  # fmt: skip
        if any(word in said for word in words):
            return role
    return SESSION


def _bare(path: str) -> str:
    """A name without its folder, its version and its ending."""
    base = _base(path)
    for ending in SCRIPT_ENDS:
        base = base.removesuffix(ending)
    return re.sub(r"[-\d.]+$", "", base) or base


def _base(path: str) -> str:
    return _slashed(path).rpartition("/")[2]


def _slashed(path: str) -> str:
    """A path as Linux writes them, without what it says of an executable that was replaced while it runs."""
    return (path.replace("\\", "/") if DRIVE.match(path) else path).removesuffix(" (deleted)")
