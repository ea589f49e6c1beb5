"""An imaginary Claude Code session's files: lines with their envelope, answers in blocks, sidecars, the registry."""

import os
import re
from typing import Any

from collector.demo.script import Call
from collector.demo.stage import Scene, Tokens, stamp

VERSION = "2.1.197"
ANSWERED = "end_turn"
STATIC_TOKENS = 14_000  # what the program itself sends with each request
ZERO = {
    "input_tokens": 0, "output_tokens": 0, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
    "server_tool_use": {"web_search_requests": 0, "web_fetch_requests": 0}, "service_tier": None,
    "cache_creation": {"ephemeral_1h_input_tokens": 0, "ephemeral_5m_input_tokens": 0}, "inference_geo": None,
    "iterations": None, "speed": None,
}  # fmt: skip
Line = dict[str, Any]


def slug(folder: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "-", folder)


class Sheet:
    """One transcript: of the session itself, or of one of its agents."""

    def __init__(self, scene: Scene, path: str, session_id: str, model: str, branch: str, agent_id: str = "") -> None:
        self.scene, self.path, self.session_id, self.model, self.branch = scene, path, session_id, model, branch
        self.agent_id = agent_id
        self.prompt_id = ""
        self.parent: str | None = None
        self.context = STATIC_TOKENS
        self.is_workflow = False
        self.entrypoint = "cli"
        self.messages = self.tools = 0
        self.last_id, self.last_tokens = "", Tokens(0, 0, 0, 0, 0)
        self.said: list[Line] = []
        """What a fork copies."""

    @property
    def folder(self) -> str:
        """Where what belongs to the session lies."""
        return os.path.join(os.path.dirname(self.path), self.session_id)

    def line(self, type_: str, **fields: Any) -> Line:
        """A line of the conversation, which follows the one before it."""
        scene = self.scene
        uuid = scene.dice.uuid4()
        head: Line = {"parentUuid": self.parent, "isSidechain": bool(self.agent_id)}
        if self.agent_id:
            head["agentId"] = self.agent_id
        self.parent = uuid
        self.messages += 1
        return {
            **head, **fields, "type": type_, "uuid": uuid, "timestamp": stamp(scene.clock()), "userType": "external",
            "entrypoint": self.entrypoint, "cwd": scene.folder, "sessionId": self.session_id, "version": VERSION,
            "gitBranch": self.branch,
        }  # fmt: skip

    def word(self, type_: str, **fields: Any) -> Line:
        """A line that is no part of the conversation."""
        return {"type": type_, **fields, "sessionId": self.session_id}

    def write(self, *lines: Line) -> None:
        self.scene.pen.append(self.path, *lines)
        if not self.agent_id and not self.scene.is_endless:
            self.said.extend(line for line in lines if "parentUuid" in line)

    def user(self, content: Any, **fields: Any) -> Line:
        return self.line("user", promptId=self.prompt_id, message={"role": "user", "content": content}, **fields)

    # -- answers

    def answer(self, blocks: list[Line], *, stop: str, is_cut: bool = False) -> list[Line]:
        """One answer, a line for each block, billed once. A subagent's earlier lines know nothing of its end yet."""
        dice = self.scene.dice
        head = {"id": f"msg_01{dice.code(22)}", "type": "message", "role": "assistant", "model": self.model}
        request_id, tokens = f"req_011C{dice.code(20)}", self._tokens(blocks)
        if is_cut:
            tokens = tokens._replace(output=1)
        who = {"attributionAgent": "workflow-subagent" if self.is_workflow else "general-purpose"}
        lines: list[Line] = []
        for place, block in enumerate(blocks):
            is_open = is_cut or (bool(self.agent_id) and place < len(blocks) - 1)
            told = tokens._replace(output=1) if is_open else tokens
            message: Line = {
                **head, "content": [block], "stop_reason": None if is_open else stop, "stop_sequence": None,
                "usage": _usage(told), "stop_details": None,
            }  # fmt: skip
            more = who if self.agent_id else {}
            lines.append(self.line("assistant", message=message, requestId=request_id, **more))
        self.context = tokens.input + tokens.cache_read + tokens.cache_write_1h + tokens.cache_write_5m + tokens.output
        self.scene.bill.add("claude", self.session_id, self.model, tokens)
        self.last_id, self.last_tokens = head["id"], tokens
        return lines

    def _tokens(self, blocks: list[Line]) -> Tokens:
        dice = self.scene.dice
        size = sum(len(str(block)) for block in blocks) // 4
        grown = int(dice.about(1800, 0.9)) + 40
        is_hourly = not self.agent_id
        is_cold = dice.chance(0.02)
        written = grown + (self.context if is_cold else 0)
        return Tokens(
            dice.choice((2, 3, 4, 6, 8, 12)), 0 if is_cold else self.context, 0 if is_hourly else written,
            written if is_hourly else 0, size + int(dice.about(90)) + 5,
        )  # fmt: skip

    def own_words(self, text: str, **fields: Any) -> Line:
        """What the program itself says in the place of an answer."""
        message: Line = {
            "id": self.scene.dice.uuid4(), "container": None, "model": "<synthetic>", "role": "assistant",
            "stop_details": None, "stop_reason": "stop_sequence", "stop_sequence": "", "type": "message",
            "usage": ZERO, "content": [{"type": "text", "text": text}],
        }  # fmt: skip
        return self.line("assistant", message=message, **fields)

    # -- tools

    def tool_use(self, name: str, asked: Line) -> Line:
        self.tools += 1
        return {"type": "tool_use", "id": f"toolu_01{self.scene.dice.code(22)}", "name": name, "input": asked}

    def result(self, block: Line, parent: str, text: Any, rich: Any, *, is_error: bool = False) -> Line:
        """The end of a call; it hangs on the line of its call."""
        self.parent = parent
        content = {"tool_use_id": block["id"], "type": "tool_result", "content": text, "is_error": is_error}
        more = {} if self.is_workflow else {"toolUseResult": rich}
        return self.user([content], **more, sourceToolAssistantUUID=parent)


def _usage(tokens: Tokens) -> Line:
    return {
        "input_tokens": tokens.input,
        "cache_creation_input_tokens": tokens.cache_write_5m + tokens.cache_write_1h,
        "cache_read_input_tokens": tokens.cache_read, "output_tokens": tokens.output,
        "server_tool_use": {"web_search_requests": 0, "web_fetch_requests": 0}, "service_tier": "standard",
        "cache_creation": {
            "ephemeral_1h_input_tokens": tokens.cache_write_1h, "ephemeral_5m_input_tokens": tokens.cache_write_5m,
        },
        "inference_geo": "not_available", "iterations": [], "speed": "standard",
    }  # fmt: skip


def asked(scene: Scene, call: Call) -> tuple[str, Line]:
    """The tool that does a step, and what it is asked."""
    step, path = call.step, os.path.join(scene.folder, call.step.target)
    if step.kind == "read":
        return "Read", {"file_path": path}
    if step.kind == "edit":
        return "Edit", {"file_path": path, "old_string": step.old, "new_string": step.new, "replace_all": False}
    if step.kind == "write":
        return "Write", {"file_path": path, "content": step.new + "\n"}
    if step.kind == "search":
        return "Grep", {"pattern": step.target, "output_mode": "content", "-n": True}
    if step.kind == "web":
        return "WebSearch", {"query": step.target}
    return "Bash", {"command": step.target, "description": _described(step.target)}


def told(scene: Scene, call: Call) -> tuple[Any, Any]:
    """What a tool answers: to the model, and to the screen."""
    step, path = call.step, os.path.join(scene.folder, call.step.target)
    if call.verdict == "rejected":
        said = "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file "
        return f"{said}edit, the new_string was NOT written to the file).", "User rejected tool use"
    if call.verdict == "error":
        return f"Exit code 1\n{step.output}", f"Error: Exit code 1\n{step.output}"
    if step.kind == "read":
        text = scene.project.text(step.target)
        count = text.count("\n")
        file = {"filePath": path, "content": text, "numLines": count, "startLine": 1, "totalLines": count}
        numbered = "\n".join(f"{number:6}\u2192{line}" for number, line in enumerate(text.splitlines(), 1))
        return numbered, {"type": "text", "file": file}
    if step.kind == "edit":
        patch = [hunk(step.old, step.new)]
        rich: Line = {"filePath": path, "oldString": step.old, "newString": step.new, "structuredPatch": patch}
        rich |= {"originalFile": scene.project.text(step.target), "userModified": False, "replaceAll": False}
        return f"The file {path} has been updated successfully.", rich
    if step.kind == "write":
        rich = {"type": "create", "filePath": path, "content": step.new + "\n", "structuredPatch": [],
                "originalFile": None, "userModified": False}  # fmt: skip
        return f"File created successfully at: {path}", rich
    if step.kind == "search":
        files = sorted({line.partition(":")[0] for line in step.output.splitlines()})
        return step.output, {"mode": "content", "numFiles": len(files), "filenames": files, "content": step.output,
                             "numLines": step.output.count("\n") + 1}  # fmt: skip
    if step.kind == "web":
        rich = {"query": step.target, "results": [step.output], "durationSeconds": call.seconds, "searchCount": 1}
        return f"Web search results for query: {step.target}\n\n{step.output}", rich
    output = step.output or "(Bash completed with no output)"
    return output, {"stdout": step.output, "stderr": "", "interrupted": False, "isImage": False,
                    "noOutputExpected": not step.output}  # fmt: skip


def hunk(old: str, new: str) -> Line:
    """What an edit changed, with the lines around it that stay."""
    before, after = old.splitlines(), new.splitlines()
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    lines = [f" {line}" for line in before[:head]]
    lines += [f"-{line}" for line in before[head : len(before) - tail]]
    lines += [f"+{line}" for line in after[head : len(after) - tail]]
    lines += [f" {line}" for line in before[len(before) - tail :]]
    return {"oldStart": 12, "oldLines": len(before), "newStart": 12, "newLines": len(after), "lines": lines}


def _described(command: str) -> str:
    words = command.split()
    return f"Run {' '.join(words[:3])}" if len(words) > 1 else f"Run {command}"
