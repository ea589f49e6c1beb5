"""An imaginary Codex thread's file: its header, turns, answers and what tools did, line by line."""

import os
from datetime import UTC, datetime
from typing import Any

from collector.demo.script import Call
from collector.demo.stage import Scene, Tokens, stamp

VERSION = "0.169.0"
WINDOW = 258_400
STATIC_TOKENS = 9_600
KINDS = (
    "input_tokens", "cached_input_tokens", "cache_write_input_tokens", "output_tokens", "reasoning_output_tokens",
    "total_tokens",
)  # fmt: skip
FIVE_HOURS_S, WEEK_S = 18_000, 604_800
PLAN = (6_000_000, 40_000_000)  # tokens that fill the shorter window of the plan, and the longer one
Line = dict[str, Any]
Sums = tuple[int, int, int, int, int, int]
NOTHING: Sums = (0, 0, 0, 0, 0, 0)


class Plan:
    """How much of the account's plan is used. All threads of a fleet share it."""

    def __init__(self) -> None:
        self._used: dict[tuple[int, int], int] = {}

    def use(self, ms: int, tokens: int) -> None:
        for span in (FIVE_HOURS_S, WEEK_S):
            key = span, ms // 1000 // span
            self._used[key] = self._used.get(key, 0) + tokens

    def told(self, ms: int) -> Line:
        primary, secondary = self._window(ms, FIVE_HOURS_S, PLAN[0]), self._window(ms, WEEK_S, PLAN[1])
        return {
            "limit_id": "codex", "limit_name": None, "primary": primary, "secondary": secondary,
            "credits": {"has_credits": False, "unlimited": False, "balance": "0"}, "individual_limit": None,
            "spend_control_reached": None, "plan_type": "pro", "rate_limit_reached_type": None,
        }  # fmt: skip

    def _window(self, ms: int, span: int, full: int) -> Line:
        number = ms // 1000 // span
        used = min(100.0, round(100 * self._used.get((span, number), 0) / full, 1))
        return {"used_percent": used, "window_minutes": span // 60, "resets_at": (number + 1) * span}


class Thread:
    """One rollout. parent: the thread that began it as its agent, or that it goes on from."""

    def __init__(self, scene: Scene, root: str, plan: Plan, model: str, *, parent: "Thread | None" = None) -> None:
        now = scene.clock()
        self.scene, self.root, self.plan, self.model = scene, root, plan, model
        self.id = scene.dice.uuid7(now)
        self.session_id = parent.session_id if parent is not None else self.id
        began = datetime.fromtimestamp(now / 1000, UTC)
        name = f"rollout-{began:%Y-%m-%dT%H-%M-%S}-{self.id}.jsonl"
        self.path = os.path.join(root, "sessions", f"{began:%Y/%m/%d}", name)
        self.folder, self.branch = scene.folder, scene.tasks[0].branch
        self.ordinal, self.turn_id, self.turn_began = 0, "", now
        self.turn_sum = self.total = self.last = NOTHING
        self.context = STATIC_TOKENS

    # -- lines

    def write(self, *lines: Line) -> None:
        self.scene.pen.append(self.path, *lines)

    def line(self, type_: str, payload: Line) -> Line:
        number, self.ordinal = self.ordinal, self.ordinal + 1
        return {"timestamp": stamp(self.scene.clock()), "ordinal": number, "type": type_, "payload": payload}

    def event(self, type_: str, **fields: Any) -> Line:
        return self.line("event_msg", {"type": type_, **fields})

    def item(self, type_: str, **fields: Any) -> Line:
        """Something that the turn finished."""
        now = self.scene.clock()
        told = {"thread_id": self.id, "turn_id": self.turn_id, "item": {"type": type_, **fields}}
        return self.event("item_completed", **told, started_at_ms=now, completed_at_ms=now)

    def raw(self, type_: str, **fields: Any) -> Line:
        """The same as the API was sent it."""
        more = {"internal_chat_message_metadata_passthrough": {"turn_id": self.turn_id}}
        return self.line("response_item", {"type": type_, **fields, **more})

    def header(self, originator: str, **more: Any) -> Line:
        base = {
            "text": "You are a coding agent. Work in the folder that you are given.",
            "provenance": {"type": "model"},
        }
        return self.line("session_meta", {
            "account_scoped": True, "session_id": self.session_id, "id": self.id,
            "timestamp": stamp(self.scene.clock()), "cwd": self.folder, "runtime_workspace_roots": [self.folder],
            "originator": originator, "cli_version": VERSION, "source": "exec" if originator == "codex_exec" else "cli",
            "thread_source": "user", "model_provider": "openai", "base_instructions": base, "history_mode": "paginated",
            "git": {"commit_hash": self.scene.dice.hex(40), "branch": self.branch}, **more,
        })  # fmt: skip

    # -- turns

    def begin_turn(self, text: str, effort: str, root_turn: str = "") -> list[Line]:
        dice, now = self.scene.dice, self.scene.clock()
        self.turn_id, self.turn_began, self.turn_sum = dice.uuid7(now), now, NOTHING
        ids = {"turn_id": self.turn_id, "root_turn_id": root_turn or self.turn_id}
        attribution = {
            "turn_trigger": "user",
            "parent_turn_id": root_turn or None,
            "initiating_agent_path": None,
            **ids,
        }
        said = [{"type": "input_text", "text": text}]
        return [
            self.event("task_started", turn_attribution=attribution, **ids, started_at=now // 1000,
                       model_context_window=WINDOW, collaboration_mode_kind="default"),
            self.line("turn_context", self._turn_context(ids, effort)),
            self.raw("message", id=f"msg_{dice.uuid7(now)}", role="user", content=said),
            self.item("UserMessage", id=dice.uuid7(now), content=[{"type": "text", "text": text, "text_elements": []}]),
        ]  # fmt: skip

    def _turn_context(self, ids: Line, effort: str) -> Line:
        return {
            **ids, "cwd": self.folder, "approval_policy": "on-request", "approvals_reviewer": "user",
            "model": self.model, "effort": effort, "comp_hash": "2911", "multi_agent_version": "v1",
            "summary": "auto", "sandbox_policy": {"type": "workspace-write"},
        }  # fmt: skip

    def end_turn(self, last: str | None, error: Line | None = None) -> Line:
        now = self.scene.clock()
        more = {"error": error} if error else {}
        return self.event("task_complete", turn_id=self.turn_id, last_agent_message=last, **more,
                          started_at=self.turn_began // 1000, completed_at=now // 1000,
                          duration_ms=now - self.turn_began, time_to_first_token_ms=1240)  # fmt: skip

    def abort_turn(self) -> Line:
        now = self.scene.clock()
        times = {"started_at": self.turn_began // 1000, "completed_at": now // 1000}
        took_ms = now - self.turn_began
        return self.event("turn_aborted", turn_id=self.turn_id, reason="interrupted", **times, duration_ms=took_ms)

    # -- what is said and billed

    def say(self, text: str, *, is_final: bool) -> list[Line]:
        id_, phase = f"msg_{self.scene.dice.hex(32)}", "final_answer" if is_final else "commentary"
        content: list[Line] = [{"type": "output_text", "text": text, "annotations": []}]
        return [
            self.item("AgentMessage", id=id_, content=[{"type": "Text", "text": text}], phase=phase),
            self.raw("message", status="completed", id=id_, role="assistant", content=content, phase=phase),
        ]

    def think(self, text: str) -> list[Line]:
        id_ = f"rs_{self.scene.dice.hex(32)}"
        return [
            self.item("Reasoning", id=id_, summary_text=[text], raw_content=[]),
            self.raw("reasoning", id=id_, summary=[{"type": "summary_text", "text": text}], content=None,
                     encrypted_content=f"gAAAAA{self.scene.dice.code(180)}"),
        ]  # fmt: skip

    def bill(self, size: int) -> Line:
        """An answer is complete: what it was billed, written before its tools run."""
        dice = self.scene.dice
        fresh, output = int(dice.about(3600, 0.9)) + 60, size // 4 + int(dice.about(120)) + 8
        reasoning = int(output * dice.uniform(0.1, 0.7))
        cached = 0 if dice.chance(0.03) else self.context // 128 * 128
        self.context += fresh
        self.last = self.context, cached, 0, output, reasoning, self.context + output
        self.total, self.turn_sum = _add(self.total, self.last), _add(self.turn_sum, self.last)
        tokens = Tokens(self.context - cached, cached, 0, 0, output, reasoning)
        self.scene.bill.add("codex", self.id, self.model, tokens)
        self.plan.use(self.scene.clock(), self.last[5])
        self.context += output
        return self.line("token_usage_record", {
            "thread_id": self.id, "turn_id": self.turn_id, "session_id": self.session_id,
            "response_id": f"resp_{dice.hex(32)}", "usage": _told(self.last), "turn_token_usage": _told(self.turn_sum),
            "thread_token_usage": _told(self.total),
        })  # fmt: skip

    def count(self) -> Line:
        """The sums, told after the tools of an answer have run."""
        info = {"total_token_usage": _told(self.total), "last_token_usage": _told(self.last),
                "last_usage_includes_reasoning": False, "model_context_window": WINDOW}  # fmt: skip
        return self.event("token_count", info=info, rate_limits=self.plan.told(self.scene.clock()))

    def compact(self, summary: str, effort: str) -> list[Line]:
        """A smaller context: the summary is billed like any answer."""
        dice = self.scene.dice
        record = self.bill(len(summary))
        self.context = dice.randrange(12_000, 22_000)
        self.last = 0, 0, 0, 0, 0, self.context
        ids = {"turn_id": self.turn_id, "root_turn_id": self.turn_id}
        return [
            record,
            self.line("compacted", {"message": summary, "replacement_history": [], "window_number": 2}),
            self.line("turn_context", self._turn_context(ids, effort)),
            self.count(),
            self.item("ContextCompaction", id=dice.uuid7(self.scene.clock())),
        ]


def _add(one: Sums, other: Sums) -> Sums:
    a, b = one, other
    return a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4], a[5] + b[5]


def _told(sums: Sums) -> dict[str, int]:
    return dict(zip(KINDS, sums, strict=True))


def patch(call: Call) -> str:
    """A step that changes a file, as a patch."""
    step = call.step
    if step.kind == "write":
        body = f"*** Add File: {step.target}\n" + "".join(f"+{line}\n" for line in step.new.splitlines())
    else:
        taken = "".join(f"-{line}\n" for line in step.old.splitlines())
        given = "".join(f"+{line}\n" for line in step.new.splitlines())
        body = f"*** Update File: {step.target}\n@@\n{taken}{given}"
    return f"*** Begin Patch\n{body}*** End Patch"


def changes(folder: str, call: Call) -> Line:
    """The same as it is told afterwards."""
    step, path = call.step, os.path.join(folder, call.step.target)
    if step.kind == "write":
        return {path: {"type": "add", "content": step.new + "\n"}}
    old, new = step.old.splitlines(), step.new.splitlines()
    lines = "".join([*(f"-{line}\n" for line in old), *(f"+{line}\n" for line in new)])
    diff = f"@@ -12,{len(old)} +12,{len(new)} @@\n{lines}"
    return {path: {"type": "update", "unified_diff": diff, "move_path": None}}


def command(scene: Scene, call: Call) -> tuple[str, str]:
    """What is typed into a shell for a step, and what comes out."""
    step = call.step
    if step.kind == "read":
        return f"sed -n '1,200p' {step.target}", scene.project.text(step.target)
    if step.kind == "search":
        return f"rg -n '{step.target}'", step.output + "\n"
    return step.target, step.output + "\n" if step.output else ""
