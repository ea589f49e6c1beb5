"""Which processes are those of agents, by what their sources tell of them; and what part each plays. Pure."""

import os
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
LOOKED_AT = 8
"""Arguments; further ones are prompts, or may be."""
SCRIPT_ENDS = (".js", ".mjs", ".cjs", ".ts", ".py", ".sh", ".exe", ".cmd")
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
    is_runtime, is_shell = _bare(exe or name) in RUNTIMES, _bare(exe or name) in SHELLS
    script = _script(words) if is_runtime or is_shell else None
    for program in programs:
        if not (is_runtime or is_shell) and _is_native(name, exe, program):
            return Part(program.agent, _role(words[1:], program))
        if script is not None and _is_script(script, program):
            at = words.index(script)
            is_launcher = is_shell or os.path.basename(script) in program.launchers
            return Part(program.agent, LAUNCHER if is_launcher else _role(words[at + 1 :], program))
        # A program may give itself a title, which then stands where its arguments were.
        if is_runtime and name in (*program.names, *program.scripts):
            return Part(program.agent, _role(words[1:], program))
    return None


def _is_native(name: str, exe: str | None, program: Program) -> bool:
    if exe is None:
        return any(name == known[:NAME_KEPT] for known in program.names)
    return os.path.basename(_present(exe)) in program.names or any(place in exe for place in program.places)


def _is_script(script: str, program: Program) -> bool:
    base = os.path.basename(script)
    return _bare(base) in (*program.scripts, *program.names) or any(place in script for place in program.places)


def _script(words: list[str]) -> str | None:
    """The script that an interpreter runs: its first argument that is no option."""
    for word in words[1:LOOKED_AT]:
        if word in GIVEN:
            return None
        if not word.startswith("-") and "=" not in word:
            return word
    return None


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
    base = os.path.basename(_present(path))
    for ending in SCRIPT_ENDS:
        base = base.removesuffix(ending)
    return re.sub(r"[-\d.]+$", "", base) or base


def _present(exe: str) -> str:
    """The path of an executable that was replaced while it runs, as an update does."""
    return exe.removesuffix(" (deleted)")
