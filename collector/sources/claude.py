"""Claude Code: where its files are and which of them are read. The readers are imported only when a file has news."""

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from collector.sources import Lines, Past, Question, Shown, Source, Tells, no, partly, yes
from store.feed import RAW_ENDING as ENDING
from store.programs import Program

if TYPE_CHECKING:
    from collector.settings.wanted import Call, Wanted
    from store.batch import Batch

SKIPPED_FOLDERS = (b"/tool-results/", b"/memory/")
REGISTRY = re.compile(rb"/\d+\.json").fullmatch  # sessions/<pid>.json
SKIPPED_NAMES = (b"audit.jsonl",)  # a copy that holds partial usage

TELLS = Tells(
    forks=yes("forks, branches and resumed copies"),
    tokens=yes("with both kinds of cache writes"),
    reasoning=no("a part of the output that is not told apart"),
    cost=partly("of old versions only"),
    prompts=yes("also queued ones, commands and shell input"),
    replies=yes(),
    tools=yes("also of calls that end in the background"),
    durations=partly("of some tools; else the time between lines"),
    files=yes("with lines; not what shell commands touch"),
    subagents=yes("also workflows and teams"),
    compactions=yes("also partial ones; why, before and after"),
    turns=partly("how long one took, once it is over"),
    limits=no("only its status line hears of them"),
    never=(
        "the calls that make titles and compactions",
        "the inner calls of web searches, and those of /insights",
        "answers without any content, or killed before their first block",
        "sessions run without persistence",
    ),
)


PROGRAM = Program(
    "claude",
    names=("claude", "claude.exe"),
    scripts=("claude",),
    places=("/.local/share/claude/versions/", "/@anthropic-ai/claude-code/", "/@anthropic-ai/claude-agent-sdk/"),
    inner=("rg", "ugrep", "bfs"),
    helpers=(
        "daemon", "--bg-pty-host", "--ripgrep", "--mcp-cli", "--chrome-native-host", "--claude-in-chrome-mcp",
        "--computer-use-mcp",
    ),
    background=("--bg-spare",),
    headless=("-p", "--print", "--output-format"),
    resumes=("claude", "--resume"),
)  # fmt: skip


class Claude:
    agent = "claude"
    name = "Claude Code"
    tells = TELLS
    program = PROGRAM
    version = 1
    services = ("claude-code", "com.anthropic.claude_code")

    def roots(self, environ: Mapping[str, str], user: str) -> list[str]:
        """The configuration folders: each is an account. Those of this shell and the usual ones of this machine."""
        named = environ.get("CLAUDE_CONFIG_DIR", "").split(",")
        config = environ.get("XDG_CONFIG_HOME") or os.path.join(user, ".config")
        usual = [os.path.join(user, ".claude"), os.path.join(config, "claude")]
        return [os.path.expanduser(root.strip()) for root in named if root.strip()] + usual

    def trees(self, root: str) -> list[str]:
        return [os.path.join(root, "projects"), os.path.join(root, "sessions")]

    def kind(self, path: bytes) -> str | None:
        """What a file below a tree is, by its name and the folders around it; None for what is not read."""
        if path.endswith(ENDING):
            return "feed"
        if path.endswith(b".jsonl"):
            name = os.path.basename(path)
            if name in SKIPPED_NAMES or any(folder in path for folder in SKIPPED_FOLDERS):
                return None
            return "journal" if name == b"journal.jsonl" and b"/workflows/" in path else "transcript"
        if path.endswith(b".meta.json"):
            return "agent-meta" if b"/subagents/" in path else None
        if path.endswith(b".json") and b"/workflows/" in path and os.path.basename(path).startswith(b"wf_"):
            return "workflow"
        return "registry" if REGISTRY(path) else None

    def is_whole(self, kind: str) -> bool:
        """Whether a file is read in one piece, as one record that its next version replaces."""
        return kind in ("agent-meta", "workflow", "registry")

    def lines(self, kind: str, path: str, generation_id: int, carried: bytes, past: Past) -> Lines:
        from collector.sources.claude_sidecars import Journal, session_of, workflow_of
        from collector.sources.claude_transcript import Transcript

        if kind == "feed":
            from collector.sources.claude_feed import feed

            return feed(generation_id)
        if kind == "journal":
            return Journal(generation_id, session_of(path), workflow_of(path))
        return Transcript(generation_id, session_of(path), bool(workflow_of(path)), carried, past)

    def whole(self, kind: str, path: str, content: bytes, out: "Batch") -> None:
        from collector.sources.claude_registry import take_registry
        from collector.sources.claude_sidecars import take_agent_meta, take_workflow

        if kind == "registry":
            take_registry(content, out)
        elif kind == "workflow":
            take_workflow(path, content, out)
        else:
            take_agent_meta(path, content, out)

    def edits(self) -> Shown:
        from collector.sources.claude_edits import Edits

        return Edits()

    def beside(self, kind: str, root: str, path: bytes) -> list[tuple[bytes, bytes]]:
        """What goes with a session and is not read: outputs of tools, scripts, checkpoints of files, its tasks."""
        stem, top = path.removesuffix(b".jsonl"), os.fsencode(root)
        if kind != "transcript" or b"/subagents/" in path or stem == path:
            return []
        session = os.path.basename(stem)
        folders = [(os.path.join(top, name, session), b"") for name in (b"file-history", b"tasks")]
        return [(stem, b""), *folders, (os.path.join(top, b"todos"), session + b"-")]

    def keep_days(self, root: str) -> float | None:
        """Its clean-up removes what is older than its settings say, and says 30 where they do not."""
        from collector.sources.claude_settings import cleanup_days

        return cleanup_days(root)

    def question(self, root: str, now_s: float) -> "Question | str":
        """How to ask for the plan limits of an account."""
        from collector.sources.claude_asked import question

        return question(root, now_s)

    def wanted(self, what: str, root: str, project: str | None, call: "Call") -> "Wanted | None":
        """What its settings need so that its programs tell us more."""
        from collector.sources.claude_entries import wanted

        return wanted(what, root, project, call)


SOURCE: Source = Claude()
