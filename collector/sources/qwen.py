"""Qwen Code: where its files are and which of them are read. The readers are imported only when a file has news."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from collector.sources import Lines, Past, Shown, Source, Tells, no, partly, yes
from store.programs import Program

if TYPE_CHECKING:
    from store.batch import Batch

TELLS = Tells(
    forks=yes(),
    tokens=yes("also the program's own calls; no cache writes"),
    reasoning=yes(),
    cost=no(),
    prompts=yes("also queued ones and commands"),
    replies=yes(),
    tools=yes(),
    durations=partly("only the time between lines"),
    files=yes("with lines; not what shell commands touch"),
    subagents=yes(),
    compactions=partly("before and after; not always why"),
    turns=no(),
    limits=no(),
    never=("what a call cost that failed or was cancelled",),
)


PROGRAM = Program(
    "qwen",
    scripts=("qwen",),
    places=("/@qwen-code/qwen-code/",),
    servers=("--acp", "--experimental-acp"),
    headless=("-p", "--prompt"),
    resumes=("qwen", "--resume"),
)


class Qwen:
    agent = "qwen"
    name = "Qwen Code"
    tells = TELLS
    program = PROGRAM
    version = 2

    def roots(self, environ: Mapping[str, str], user: str) -> list[str]:
        """Its folder below the user's home, and those that this shell names for its files or for all of it."""
        named = [environ.get(name, "").strip() for name in ("QWEN_RUNTIME_DIR", "QWEN_HOME")]
        return [*(os.path.expanduser(root) for root in named if root), os.path.join(user, ".qwen")]

    def trees(self, root: str) -> list[str]:
        return [os.path.join(root, "projects")]

    def kind(self, path: bytes) -> str | None:
        """projects/<folder>/chats/<session>.jsonl, and subagents/<session>/agent-<id> with a description beside it."""
        folders = path.split(b"/")
        if len(folders) == 4 and folders[2] == b"chats" and path.endswith(b".jsonl"):
            return "chat"
        if len(folders) == 5 and folders[2] == b"subagents" and folders[4].startswith(b"agent-"):
            return "chat" if path.endswith(b".jsonl") else "agent-meta" if path.endswith(b".meta.json") else None
        return None

    def is_whole(self, kind: str) -> bool:
        """A subagent's description is rewritten as its state changes."""
        return kind == "agent-meta"

    def lines(self, kind: str, path: str, generation_id: int, carried: bytes, past: Past) -> Lines:
        from collector.sources.qwen_chat import Chat

        return Chat(generation_id, path, carried, past)

    def edits(self) -> Shown:
        from collector.sources.qwen_edits import Edits

        return Edits()

    def whole(self, kind: str, path: str, content: bytes, out: "Batch") -> None:
        from collector.sources.qwen_chat import take_agent_meta

        take_agent_meta(path, content, out)


SOURCE: Source = Qwen()
