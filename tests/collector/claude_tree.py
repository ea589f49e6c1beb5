"""A small tree of Claude Code's files with something of everything, from a seed, and a writer that lets it grow."""

import json
import random
from pathlib import Path
from typing import Any

MODELS = ("claude-opus-4-1-20250805", "claude-sonnet-4-5-20250929")
WORDS = ("grün", "файл", "表", "plain", "a longer stretch of words", "\U0001f6e0", "\u2028", "tab\tand\\slash")


class Conversation:
    """The lines of one file, of a session or of one of its agents."""

    def __init__(self, session: str, seed: int, agent: str | None = None) -> None:
        self.session, self.agent = session, agent
        self._name = f"{session[:8]}-{agent or 'main'}"
        self._random = random.Random(f"{self._name}-{seed}")
        self._count, self._last = 0, None

    def turn(self) -> list[bytes]:
        """A prompt, an answer that is streamed in two lines and calls a tool, and the result of the tool."""
        self._count += 1
        number, chance = self._count, self._random.random
        lines = [self._line("user", message={"role": "user", "content": f"do {number} {self._words()}"})]
        call, message = f"toolu_{self._name}_{number}", f"msg_{self._name}_{number}"
        path = f"/src/app/file{number % 7}.py"
        tool = {"type": "tool_use", "id": call, "name": "Edit", "input": {"file_path": path, "old_string": "a"}}
        thought = {"type": "thinking", "thinking": self._words()}
        lines.append(self._answer(message, number, 1, thought))
        lines.append(self._answer(message, number, 30 + number, {"type": "text", "text": self._words()}))
        lines.append(self._answer(message, number, 90 + number, tool, "tool_use"))
        result = {"type": "tool_result", "tool_use_id": call, "content": self._words(), "is_error": chance() < 0.1}
        patch = {"filePath": path, "structuredPatch": [{"lines": ["+one", "-two", " three"]}]}
        lines.append(self._line("user", message={"role": "user", "content": [result]}, toolUseResult=patch))
        if number % 4 == 0:
            title = {"type": "ai-title", "aiTitle": f"title {number}", "sessionId": self.session}
            lines.append(json.dumps(title).encode() + b"\n")
        if number % 5 == 0:
            lines.append(b'{"type":"user","message":{"content":"cut of' + str(number).encode() + b"\n")
        if number % 6 == 0:
            compact = {"trigger": "auto", "preTokens": 1000 + number}
            lines.append(self._line("system", subtype="compact_boundary", compactMetadata=compact))
        if chance() < 0.1:
            lines.append(b"\n")
        return lines

    def turns(self, count: int) -> bytes:
        return b"".join(line for _ in range(count) for line in self.turn())

    def _answer(
        self, message: str, number: int, output: int, block: dict[str, Any], stop_reason: str | None = None
    ) -> bytes:
        usage = {
            "input_tokens": 3 + number, "output_tokens": output, "cache_read_input_tokens": 100 * number,
            "cache_creation_input_tokens": 17, "service_tier": "standard",
            "cache_creation": {"ephemeral_5m_input_tokens": 10, "ephemeral_1h_input_tokens": 7},
        }  # fmt: skip
        content = {
            "id": message, "type": "message", "role": "assistant", "model": MODELS[number % 2], "content": [block],
            "stop_reason": stop_reason, "usage": usage,
        }  # fmt: skip
        return self._line("assistant", message=content, requestId=f"req_{message}")

    def _line(self, type_: str, **fields: Any) -> bytes:
        uuid = f"{self._name}-{self._random.getrandbits(64):016x}"
        minute, second = divmod(self._count * 61, 60)
        line = {
            "parentUuid": self._last, "isSidechain": self.agent is not None, "type": type_, "uuid": uuid,
            "timestamp": f"2026-03-{1 + minute // 60 % 28:02d}T03:{minute % 60:02d}:{second:02d}.{self._count:03d}Z",
            "sessionId": self.session, "cwd": "/src/app", "version": "2.1.197", "gitBranch": "main", **fields,
        }  # fmt: skip
        if self.agent is not None:
            line["agentId"] = self.agent
        self._last = uuid
        return json.dumps(line, ensure_ascii=self._count % 2 == 0).encode() + b"\n"

    def _words(self) -> str:
        return " ".join(self._random.choices(WORDS, k=self._random.randint(1, 30)))


def session_id(number: int) -> str:
    return f"{number:08x}-aaaa-4bbb-8ccc-dddddddddddd"


def described(agent: str) -> bytes:
    """The sidecar of a subagent."""
    meta = {"agentType": "general-purpose", "description": f"does {agent}", "name": agent, "toolUseId": "toolu_x"}
    return json.dumps(meta).encode()


def lay_tree(project: Path, turns: int = 6, first: int = 1) -> dict[Path, Conversation]:
    """Write the tree; gives the files that may grow, each with what goes on in it."""
    growing: dict[Path, Conversation] = {}

    def write(path: Path, talk: Conversation, start: bytes = b"") -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(start + talk.turns(turns))
        growing[path] = talk

    for number in range(first, first + 3):
        session = session_id(number)
        write(project / f"{session}.jsonl", Conversation(session, number))
    own = project / session_id(first)
    for agent in ("a1111", "a2222"):
        write(own / "subagents" / f"agent-{agent}.jsonl", Conversation(own.name, 1, agent))
        (own / "subagents" / f"agent-{agent}.meta.json").write_bytes(described(agent))
    flow = own / "subagents" / "workflows" / "wf_one"
    write(flow / "agent-a3333.jsonl", Conversation(own.name, 1, "a3333"))
    (flow / "agent-a3333.meta.json").write_bytes(described("a3333"))
    started = {"type": "started", "key": "v2:x", "agentId": "a3333"}
    (flow / "journal.jsonl").write_bytes(json.dumps(started).encode() + b"\n")
    snapshot = {
        "runId": "wf_one", "workflowName": "flow", "summary": "it went well", "status": "completed", "agentCount": 1,
        "startTime": 1772330000000, "durationMs": 1200, "totalToolCalls": 3, "phases": [{"title": "one"}],
        "workflowProgress": [{"type": "workflow_agent", "label": "first", "agentId": "a3333", "state": "done"}],
    }  # fmt: skip
    (own / "workflows").mkdir()
    (own / "workflows" / "wf_one.json").write_bytes(json.dumps(snapshot).encode())
    # A fork: history copied under a new session, then words of its own.
    fork = session_id(first + 3)
    lines = (project / f"{own.name}.jsonl").read_bytes().splitlines(keepends=True)[: 4 * turns]
    copied = b"".join(lines).replace(own.name.encode(), fork.encode())
    write(project / f"{fork}.jsonl", Conversation(fork, first + 3), copied)
    return growing


class Growth:
    """Appends to a tree as agents do: whole lines, several at once, or one in two writes; and begins new files."""

    def __init__(self, project: Path, growing: dict[Path, Conversation], seed: int) -> None:
        self._project, self._growing, self._random = project, dict(growing), random.Random(seed)
        self._halves: dict[Path, bytes] = {}
        self._born = 100

    def step(self) -> None:
        """One write."""
        path = self._random.choice(list(self._growing))
        if path in self._halves:
            self._append(path, self._halves.pop(path))
            return
        if self._random.random() < 0.02 and self._born < 130:
            self._born += 1
            path = self._project / f"{session_id(self._born)}.jsonl"
            self._growing[path] = Conversation(path.stem, self._born)
        lines = b"".join(self._growing[path].turn())
        if self._random.random() < 0.5:
            cut = self._random.randrange(1, len(lines))
            self._halves[path] = lines[cut:]
            lines = lines[:cut]
        self._append(path, lines)

    def finish(self) -> None:
        """Write what is still owed."""
        for path, rest in self._halves.items():
            self._append(path, rest)
        self._halves = {}

    def _append(self, path: Path, content: bytes) -> None:
        with path.open("ab", buffering=0) as file:
            file.write(content)
