"""An imaginary Claude Code: it plays sessions into transcripts of the real form."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from collector.demo.script import Answer, Ask, Call, Pause, Todo, Trouble, Workflow, acts
from collector.demo.stage import Actor, Scene, stamp
from collector.sources.claude_demo_agents import delegate, workflow
from collector.sources.claude_demo_sheet import ANSWERED, VERSION, Line, Sheet, asked, slug, told

MODELS = ("claude-opus-4-8", "claude-opus-4-8", "claude-sonnet-4-5-20250929", "claude-opus-4-8", "house-coder-2")
WEIGHTS = (30, 30, 22, 17, 1)
FULL = 155_000
IMPOSSIBLE_PIDS = 4_200_000  # above any that a system gives: nobody can mistake a process for an imaginary one
HOMES = (".claude", ".claude-work")
PROGRAM = ".local/share/claude/versions"


class Claude:
    agent = "claude"
    share = 0.7

    def environ(self, home: str) -> dict[str, str]:
        return {"CLAUDE_CONFIG_DIR": ",".join(os.path.join(home, name) for name in HOMES)}

    def accounts(self, home: str) -> dict[str, str]:
        return {os.path.join(home, HOMES[0]): "own", os.path.join(home, HOMES[1]): "work"}

    def play(self, scene: Scene) -> Iterator[float]:
        yield from Session(scene).play()


class Session:
    """One session, from its first prompt to its end."""

    def __init__(self, scene: Scene) -> None:
        dice = scene.dice
        self.scene, self.pid = scene, IMPOSSIBLE_PIDS + dice.randrange(90_000)
        self.born = str(self.pid * 3)
        if scene.is_live and scene.bodies is not None:
            program = os.path.join(scene.home, PROGRAM, VERSION)
            self.pid, self.born = scene.bodies.embody(program, scene.folder)
        self.root = os.path.join(scene.home, HOMES[scene.project.folder.startswith("work/")])
        self.id = dice.uuid4()
        path = os.path.join(self.root, "projects", slug(scene.folder), f"{self.id}.jsonl")
        model = dice.choices(MODELS, WEIGHTS)[0]
        self.main = Sheet(scene, path, self.id, model, scene.tasks[0].branch)
        self.main.entrypoint = "sdk-cli" if dice.chance(0.12) else "cli"
        self.mode = dice.choice(("default", "default", "acceptEdits", "plan"))
        self.began = self.turn_began = scene.clock()
        self.tasks: dict[str, str] = {}
        self.prompt = ""

    def play(self) -> Iterator[float]:
        scene, main = self.scene, self.main
        main.write(main.word("mode", mode="normal"), main.word("permission-mode", permissionMode=self.mode))
        is_over = False
        try:
            for act in acts(scene):
                if isinstance(act, Ask):
                    is_over = False
                    yield from self._ask(act)
                elif isinstance(act, Pause):
                    yield act.seconds
                elif is_over:
                    continue  # until the human speaks again
                elif isinstance(act, Answer):
                    yield from self._answer(act)
                elif isinstance(act, Todo):
                    yield from self._todo(act)
                elif isinstance(act, Trouble):
                    yield from self._trouble(act)
                    is_over = act.kind != "overload"
                elif isinstance(act, Workflow):
                    yield from workflow(main)
                else:
                    main.write(main.word("custom-title", customTitle=act.title))
                if main.context > FULL:
                    yield from self._compact()
            if scene.dice.chance(0.1):
                yield from self._fork()
        finally:  # also when the show is over in the middle of it
            if scene.is_live:
                scene.pen.remove(self._registry_path())
                if scene.bodies is not None:
                    scene.bodies.end(self.pid)

    # -- the human

    def _ask(self, act: Ask) -> Iterator[float]:
        scene, main, dice = self.scene, self.main, self.scene.dice
        now = stamp(scene.clock())
        if act.is_queued:  # typed while it was busy: it stands nowhere else
            queued = {"type": "queued_command", "prompt": act.text, "commandMode": "prompt",
                      "origin": {"kind": "human"}, "timestamp": now}  # fmt: skip
            main.write(main.word("queue-operation", operation="enqueue", timestamp=now, content=act.text))
            yield dice.about(3.0)
            main.write(
                main.word("queue-operation", operation="remove", timestamp=stamp(scene.clock())),
                main.line("attachment", attachment=queued),
            )
            return
        is_first, main.prompt_id = not self.prompt, dice.uuid4()
        self.prompt, self.turn_began = act.text, scene.clock()
        source: Line = {"origin": {"kind": "human"}, "promptSource": "typed"}
        if main.entrypoint != "cli":
            source = {"promptSource": "sdk"}
        line = main.user(act.text, permissionMode=self.mode, **source)
        snapshot: Line = {"messageId": line["uuid"], "trackedFileBackups": {}, "timestamp": now}
        history: Line = {"type": "file-history-snapshot", "messageId": line["uuid"], "snapshot": snapshot,
                   "isSnapshotUpdate": False}  # fmt: skip
        if not scene.is_endless:
            typed: Line = {"display": act.text, "pastedContents": {}, "timestamp": scene.clock(),
                           "project": scene.folder, "sessionId": self.id}  # fmt: skip
            scene.pen.append(os.path.join(self.root, "history.jsonl"), typed)
        listing = {"type": "skill_listing", "content": "- verify: run what was changed\n- review: look at a diff",
                   "skillCount": 2, "isInitial": True, "names": ["verify", "review"]}  # fmt: skip
        main.write(
            *([history] if main.entrypoint == "cli" else []),
            line,
            *([main.line("attachment", attachment=listing)] if is_first else []),
        )
        self._register("busy")
        if is_first:
            yield 1.0
            main.write(main.word("ai-title", aiTitle=scene.tasks[0].title))
        yield dice.about(4.0)

    def _end_turn(self) -> None:
        scene, main = self.scene, self.main
        took = {"durationMs": scene.clock() - self.turn_began, "messageCount": main.messages}
        main.write(
            main.line("system", subtype="turn_duration", **took, isMeta=False),
            main.word("last-prompt", lastPrompt=self.prompt[:200], leafUuid=main.parent),
        )
        self._register("idle")

    # -- the model

    def _answer(self, act: Answer) -> Iterator[float]:
        main, dice = self.main, self.scene.dice
        blocks: list[Line] = []
        if act.thought:
            blocks.append({"type": "thinking", "thinking": act.thought, "signature": dice.code(88)})
        if act.words or not act.calls:
            blocks.append({"type": "text", "text": act.words or "Done."})
        uses = [(call, self._use(call)) for call in act.calls]
        lines = main.answer([*blocks, *(block for _, block in uses)], stop="tool_use" if uses else ANSWERED)
        main.write(*lines)
        if not uses:
            self._end_turn()
            return
        yield 0.1
        for (call, block), line in zip(uses, lines[-len(uses) :], strict=True):
            yield from self._result(call, block, line["uuid"])
        yield dice.about(5.0)

    def _use(self, call: Call) -> Line:
        if call.step.kind != "ask":
            return self.main.tool_use(*asked(self.scene, call))
        task = call.step.task
        what = {"description": " ".join(task.split()[:6]).rstrip(",.:"), "prompt": task}
        return self.main.tool_use("Agent", {**what, "subagent_type": call.step.target})

    def _result(self, call: Call, block: Line, parent: str) -> Iterator[float]:
        main, scene = self.main, self.scene
        if call.step.kind == "ask" and not scene.is_endless:
            yield from delegate(main, block, call, parent, is_background=scene.dice.chance(0.3))
            return
        if call.verdict in ("waited", "rejected"):
            self._register("waiting", waitingFor="permission prompt")
            yield scene.dice.about(25.0)
            self._register("busy")
        yield call.seconds
        text, rich = told(scene, call)
        main.write(main.result(block, parent, text, rich, is_error=call.verdict in ("error", "rejected")))

    def _todo(self, act: Todo) -> Iterator[float]:
        """The list of tasks: made at first, and then moved on."""
        main, scene = self.main, self.scene
        moves: list[tuple[str, Line, Any]] = []
        for place, entry in enumerate(act.entries):
            status = "completed" if place < act.done else "in_progress" if place == act.done else "pending"
            known = self.tasks.get(entry)
            id_ = str(list(self.tasks).index(entry) + 1 if known else len(self.tasks) + 1)
            if known is None:
                asked_for = {"subject": entry, "description": entry, "activeForm": entry}
                moves.append(("TaskCreate", asked_for, {"task": {"id": id_, "subject": entry}}))
            elif known != status:
                moved = {"success": True, "taskId": id_, "updatedFields": ["status"],
                         "statusChange": {"from": known, "to": status}}  # fmt: skip
                moves.append(("TaskUpdate", {"taskId": id_, "status": status}, moved))
            self.tasks[entry] = status if known else "pending"
            if (scene.is_live and not scene.is_endless) or act.done == len(act.entries):
                task: Line = {"id": id_, "subject": entry, "description": entry, "status": self.tasks[entry],
                              "blocks": [], "blockedBy": []}  # fmt: skip
                scene.pen.replace(os.path.join(self.root, "tasks", self.id, f"{id_}.json"), task)
        if not moves:
            return
        uses = [main.tool_use(name, asked_for) for name, asked_for, _ in moves]
        lines = main.answer(uses, stop="tool_use")
        results = [
            main.result(block, line["uuid"], f"{name}: ok", rich)
            for block, line, (name, _, rich) in zip(uses, lines, moves, strict=True)
        ]
        main.write(*lines, *results)
        yield 1.0

    # -- what gets in the way

    def _trouble(self, act: Trouble) -> Iterator[float]:
        main, dice, now = self.main, self.scene.dice, self.scene.clock()
        if act.kind == "overload":
            yield 12.0
            main.write(main.own_words(
                "API Error: 529 Overloaded. This is a server-side issue, usually temporary. Try again in a moment.",
                requestId=f"req_011C{dice.code(20)}", error="server_error", isApiErrorMessage=True, apiErrorStatus=529,
            ))  # fmt: skip
            yield 8.0
        elif act.kind == "limit":
            resets = datetime.fromtimestamp(now / 1000, UTC) + timedelta(minutes=90)
            hour = f"{resets.hour % 12 or 12}{'pm' if resets.hour > 11 else 'am'}"
            main.write(main.own_words(
                f"You've hit your session limit · resets {hour} (UTC)", requestId=f"req_011C{dice.code(20)}",
                error="rate_limit", isApiErrorMessage=True, apiErrorStatus=429,
            ))  # fmt: skip
            self._end_turn()
        else:
            words = "Let me think about what that means for the callers, because they"
            lines = main.answer([{"type": "thinking", "thinking": words, "signature": ""}], stop=ANSWERED, is_cut=True)
            ended = [{"type": "text", "text": "[Request interrupted by user]"}]
            main.write(
                *lines,
                main.own_words(words, isApiErrorMessage=False),
                main.user(ended, interruptedMessageId=main.last_id),
            )
            self._register("idle")
        yield dice.about(5.0)

    def _compact(self) -> Iterator[float]:
        """The conversation is too long: a summary takes its place."""
        main, dice = self.main, self.scene.dice
        yield dice.about(40.0)
        before, main.context = main.context, dice.randrange(22_000, 34_000)
        last, main.parent = main.parent, None
        facts = {"trigger": "auto", "preTokens": before, "postTokens": main.context, "durationMs": 38_000}
        boundary = main.line("system", subtype="compact_boundary", logicalParentUuid=last, level="info", isMeta=False,
                             content="Conversation compacted", compactMetadata=facts)  # fmt: skip
        done = ", ".join(entry for entry, status in self.tasks.items() if status == "completed") or "reading the code"
        text = (
            "This session is being continued from a previous conversation that ran out of context. The summary below "
            f"covers the earlier portion of the conversation.\n\nSummary:\n1. Primary Request: {self.prompt}\n"
            f"2. Done so far: {done}.\n3. Branch: {main.branch}.\n4. Next: go on where it was left."
        )
        main.write(boundary, main.user(text, isVisibleInTranscriptOnly=True, isCompactSummary=True))

    def _fork(self) -> Iterator[float]:
        """Somebody goes on from here under a new id: the history is copied, and was billed already."""
        scene, main = self.scene, self.main
        yield scene.dice.about(120.0)
        fork = Sheet(scene, "", scene.dice.uuid4(), main.model, main.branch)
        fork.path = os.path.join(os.path.dirname(main.path), f"{fork.session_id}.jsonl")
        fork.prompt_id, self.prompt = (
            scene.dice.uuid4(),
            "try the other way round: keep the old signature and add a new one",
        )
        for line in main.said:
            source = {"sessionId": self.id, "messageUuid": line["uuid"]}
            fork.write({**line, "sessionId": fork.session_id, "forkedFrom": source})
        fork.parent = main.parent
        fork.write(fork.user(self.prompt, permissionMode=self.mode, origin={"kind": "human"}, promptSource="typed"))
        fork.context = main.context
        yield scene.dice.about(8.0)
        said = "I tried it: the old signature stays and calls the new one. The diff is larger by twelve lines, though."
        fork.write(*fork.answer([{"type": "text", "text": said}], stop=ANSWERED))
        fork.write(fork.word("custom-title", customTitle=f"{scene.tasks[0].title.lower()} (other way)"))

    # -- the registry of processes

    def _registry_path(self) -> str:
        return os.path.join(self.root, "sessions", f"{self.pid}.json")

    def _register(self, status: str, **more: str) -> None:
        scene, now = self.scene, self.scene.clock()
        if not scene.is_live or scene.is_endless:
            return
        standing: Line = {"name": f"{scene.project.name}-{self.id[:2]}", "nameSource": "derived"}
        if self.main.entrypoint == "cli":
            standing |= {"status": status, "updatedAt": now, "statusUpdatedAt": now, **more}
        scene.pen.replace(self._registry_path(), {
            "pid": self.pid, "sessionId": self.id, "cwd": scene.folder, "startedAt": self.began,
            "procStart": self.born, "version": VERSION, "peerProtocol": 1, "kind": "interactive",
            "entrypoint": self.main.entrypoint, **standing,
        })  # fmt: skip


ACTOR: Actor = Claude()
