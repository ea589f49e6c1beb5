"""Gemini CLI: where its files are and which of them are read. The reader is imported only when a file has news."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from collector.sources import Lines, Past, Shown, Source, Tells, no, partly, yes
from store.programs import Program

if TYPE_CHECKING:
    from store.batch import Batch

TELLS = Tells(
    forks=no(),
    tokens=yes("no cache writes"),
    reasoning=yes(),
    cost=no(),
    prompts=yes(),
    replies=yes(),
    tools=yes("once they have ended"),
    durations=partly("only the time between lines"),
    files=yes("with lines; not what shell commands touch"),
    subagents=yes(),
    compactions=partly("when, and how long the summary is"),
    turns=no(),
    limits=no(),
    never=(
        "calls that leave no message, as those for summaries",
        "which version of the program wrote a file",
    ),
)


PROGRAM = Program(
    "gemini",
    scripts=("gemini",),
    places=("/@google/gemini-cli/",),
    servers=("--acp", "--experimental-acp"),
    headless=("-p", "--prompt"),
    resumes=("gemini", "--resume"),
)


class Gemini:
    agent = "gemini"
    name = "Gemini CLI"
    tells = TELLS
    program = PROGRAM
    version = 1

    def roots(self, environ: Mapping[str, str], user: str) -> list[str]:
        """Its folder below the user's home, or below the one that this shell names instead."""
        named = environ.get("GEMINI_CLI_HOME", "").strip()
        homes = [os.path.expanduser(named), user] if named else [user]
        return [os.path.join(home, ".gemini") for home in homes]

    def trees(self, root: str) -> list[str]:
        return [os.path.join(root, "tmp")]

    def kind(self, path: bytes) -> str | None:
        """tmp/<project>/chats/session-*, and a subagent's file in a folder named after its session."""
        folders = path.split(b"/")
        if len(folders) < 4 or folders[2] != b"chats":
            return None
        if len(folders) == 4 and folders[3].startswith(b"session-"):
            return "chat" if path.endswith(b".jsonl") else "old-chat" if path.endswith(b".json") else None
        return "agent-chat" if len(folders) == 5 and path.endswith(b".jsonl") else None

    def is_whole(self, kind: str) -> bool:
        """Older chats are one JSON document, rewritten with every turn."""
        return kind == "old-chat"

    def lines(self, kind: str, path: str, generation_id: int, carried: bytes, past: Past) -> Lines:
        from collector.sources.gemini_chat import Chat

        return Chat(generation_id, path, kind == "agent-chat", carried)

    def edits(self) -> Shown:
        from collector.sources.gemini_edits import Edits

        return Edits()

    def whole(self, kind: str, path: str, content: bytes, out: "Batch") -> None:
        from collector.sources.gemini_chat import take_document

        take_document(path, content, out)


SOURCE: Source = Gemini()
