"""Pi, and OMP, which writes the same files: where they are and which are read. The reader is imported when needed."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from collector.sources import Lines, Past, Shown, Source, Tells, no, partly, yes
from store.programs import Program

if TYPE_CHECKING:
    from store.batch import Batch

TELLS = Tells(
    forks=yes(),
    tokens=yes("with cache writes"),
    reasoning=partly("where a version says so"),
    cost=yes("as it reckons it, where it knows a price"),
    prompts=yes("also commands and shell input"),
    replies=yes(),
    tools=yes("ok or error"),
    durations=partly("only the time between lines"),
    files=yes("with lines; not what shell commands touch"),
    subagents=yes("of OMP"),
    compactions=partly("before, not after, nor why"),
    turns=no(),
    limits=no(),
    never=(
        "what an answer cost that was cut before it said so",
        "which version of the program wrote a file",
    ),
)


PROGRAM = Program(
    "pi",
    scripts=("pi", "omp"),
    places=("/pi-coding-agent/",),
    headless=("-p", "--print", "--mode"),
)


class Pi:
    agent = "pi"
    name = "Pi"
    tells = TELLS
    program = PROGRAM
    version = 1

    def roots(self, environ: Mapping[str, str], user: str) -> list[str]:
        """The folders of its settings and sessions: those that this shell names, and the usual ones."""
        named = [environ.get("PI_CODING_AGENT_DIR", "").strip()]
        folder = environ.get("PI_CODING_AGENT_SESSION_DIR", "").strip().rstrip("/")
        if os.path.basename(folder) == "sessions":
            named.append(os.path.dirname(folder))
        data = environ.get("XDG_DATA_HOME")
        usual = [os.path.join(user, ".pi", "agent")]
        usual.append(os.path.join(user, environ.get("PI_CONFIG_DIR") or ".omp", "agent"))
        if data:
            usual.append(os.path.join(data, "omp"))
        return [*(os.path.expanduser(root) for root in named if root), *usual]

    def trees(self, root: str) -> list[str]:
        return [os.path.join(root, "sessions")]

    def kind(self, path: bytes) -> str | None:
        """<folder>/<time>_<session>.jsonl; a subagent's lies in a folder of that name."""
        depth = path.count(b"/")
        if not path.endswith(b".jsonl") or depth > 3:
            return None
        return "agent-session" if depth == 3 else "session"

    def is_whole(self, kind: str) -> bool:
        return False

    def lines(self, kind: str, path: str, generation_id: int, carried: bytes, past: Past) -> Lines:
        from collector.sources.pi_session import SessionFile

        return SessionFile(generation_id, path, kind == "agent-session", carried, past)

    def edits(self) -> Shown:
        from collector.sources.pi_edits import Edits

        return Edits()

    def whole(self, kind: str, path: str, content: bytes, out: "Batch") -> None:
        """No file of it is read in one piece."""


SOURCE: Source = Pi()
