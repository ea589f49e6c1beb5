"""Codex: where its rollouts are, and how they are read. The readers are imported only when a file has news."""

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from collector.sources import Lines, Past, Shown, Source, Tells, no, partly, yes
from store.feed import RAW_ENDING as ENDING
from store.programs import Program

if TYPE_CHECKING:
    from collector.settings.wanted import Call, Wanted
    from store.batch import Batch

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

TELLS = Tells(
    forks=yes("with their history copied or not"),
    tokens=yes("old versions: from running sums; no cache writes"),
    reasoning=yes(),
    cost=no(),
    prompts=yes(),
    replies=yes(),
    tools=yes("a script is one call; its commands are shown"),
    durations=partly("of commands; else the time between lines"),
    files=partly("patches, with lines; not what commands touch"),
    subagents=yes("each in a session of its own; reviews too"),
    compactions=partly("before and after, not why"),
    turns=yes("state, time to the first word; not in old versions"),
    limits=yes("both windows; the plan where it says so"),
    never=(
        "the hidden threads that make titles",
        "ephemeral threads, and those deleted before they were read",
        "what an answer cost whose stream was cut",
        "which model answered: only the one that was asked for",
    ),
)


PROGRAM = Program(
    "codex",
    names=("codex", "codex.exe"),
    places=("/@openai/codex",),
    launchers=("codex.js", "codex"),
    inner=("codex-linux-sandbox", "codex-execve-wrapper", "apply_patch", "applypatch"),
    helpers=("pid-update-loop",),
    servers=("app-server", "mcp-server", "exec-server"),
    headless=("exec", "e", "review"),
    resumes=("codex", "resume"),
)


class Codex:
    agent = "codex"
    name = "Codex"
    tells = TELLS
    program = PROGRAM
    services = ("codex",)
    version = 2

    def roots(self, environ: Mapping[str, str], user: str) -> list[str]:
        """Its home: that of this shell, and the usual one."""
        named = environ.get("CODEX_HOME", "").strip()
        return [*([os.path.expanduser(named)] if named else []), os.path.join(user, ".codex")]

    def trees(self, root: str) -> list[str]:
        return [os.path.join(root, name) for name in ("sessions", "archived_sessions", "session_index.jsonl")]

    def kind(self, path: bytes) -> str | None:
        """What a file below a tree is. A rollout that was compressed holds what the plain one held."""
        if not path:
            return "thread-names"
        if path.endswith(ENDING):
            return "feed"
        return "rollout" if path.endswith((b".jsonl", b".jsonl.zst")) else None

    def is_whole(self, kind: str) -> bool:
        return False

    def lines(self, kind: str, path: str, generation_id: int, carried: bytes, past: Past) -> Lines:
        from collector.sources.codex_rollout import Rollout, ThreadNames

        if kind == "feed":
            from collector.sources.codex_feed import feed

            return feed(generation_id)
        if kind == "thread-names":
            return ThreadNames(generation_id)
        return Rollout(generation_id, session_of(path), carried)

    def edits(self) -> Shown:
        from collector.sources.codex_edits import Edits

        return Edits()

    def whole(self, kind: str, path: str, content: bytes, out: "Batch") -> None:
        raise NotImplementedError(kind)

    def wanted(self, what: str, root: str, project: str | None, call: "Call") -> "Wanted | None":
        """What its settings need so that its programs tell us more."""
        from collector.sources.codex_entries import wanted

        return wanted(what, root, project, call)


def session_of(path: str) -> str:
    """The thread that a file's name tells of: for a file that does not say so itself."""
    name = os.path.basename(path)
    found = UUID.findall(name)
    return found[0] if found else name.removesuffix(".zst").removesuffix(".jsonl")


SOURCE: Source = Codex()
