"""An imaginary Codex: it plays threads into rollouts of the real form."""

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import msgspec

from collector.demo.script import Answer, Ask, Call, Pause, Rename, Todo, Trouble, acts
from collector.demo.stage import Actor, Scene, stamp
from collector.sources.codex_demo_thread import Line, Plan, Thread, changes, command, patch

MODELS = ("gpt-5.5", "gpt-5.1-codex", "gpt-5.5")
FULL = 215_000
PROGRAM = ".local/bin/codex"
NICKNAMES = ("Dewey", "Euler", "Noether", "Gauss", "Hypatia", "Banach")


class Codex:
    agent = "codex"
    share = 0.3

    def __init__(self) -> None:
        self._plans: dict[str, Plan] = {}

    def environ(self, home: str) -> dict[str, str]:
        return {"CODEX_HOME": os.path.join(home, ".codex")}

    def accounts(self, home: str) -> dict[str, str]:
        return {os.path.join(home, ".codex"): "own"}

    def play(self, scene: Scene) -> Iterator[float]:
        plan = self._plans.setdefault(scene.home, Plan())
        yield from Session(scene, os.path.join(scene.home, ".codex"), plan).play()


class Session:
    """One thread, from its first prompt to its end."""

    def __init__(self, scene: Scene, root: str, plan: Plan) -> None:
        dice = scene.dice
        self.scene, self.root, self.plan = scene, root, plan
        self.effort = dice.choice(("medium", "medium", "high", "low"))
        self.originator = "codex_exec" if dice.chance(0.15) else "codex-tui"
        self.thread = Thread(scene, root, plan, dice.choice(MODELS))
        self.is_open = False
        self.list: tuple[str, ...] = ()

    def play(self) -> Iterator[float]:
        thread = self.thread
        tier = "priority" if self.scene.dice.chance(0.06) else "default"
        settings = {"model": thread.model, "model_provider_id": "openai", "service_tier": tier,
                    "reasoning_effort": self.effort, "cwd": self.scene.folder}  # fmt: skip
        thread.write(
            thread.header(self.originator),
            thread.event("thread_settings_applied", thread_id=thread.id, thread_settings=settings),
        )
        with self._embodied():
            yield from self._acts()

    @contextmanager
    def _embodied(self) -> Generator[None, None, None]:
        """A process that holds the thread's file, as long as somebody may look for it."""
        scene = self.scene
        if not scene.is_live or scene.bodies is None:
            yield
            return
        pid, _ = scene.bodies.embody(os.path.join(scene.home, PROGRAM), scene.folder, self.thread.path)
        try:
            yield
        finally:
            scene.bodies.end(pid)

    def _acts(self) -> Iterator[float]:
        thread, is_over = self.thread, False
        for act in acts(self.scene):
            if isinstance(act, Ask):
                is_over = False
                yield from self._ask(act)
            elif isinstance(act, Pause):
                yield act.seconds
            elif is_over:
                continue
            elif isinstance(act, Answer):
                yield from self._answer(act)
            elif isinstance(act, Todo):
                yield from self._plan(act)
            elif isinstance(act, Trouble):
                yield from self._trouble(act)
                is_over = act.kind != "overload"
            elif isinstance(act, Rename):
                self._rename(thread.id, act.title)
            # A workflow it has none.
            if thread.context > FULL and self.is_open:
                yield from self._compact()
        if self.scene.dice.chance(0.1):
            yield from self._fork()

    def _ask(self, act: Ask) -> Iterator[float]:
        scene, thread, dice = self.scene, self.thread, self.scene.dice
        if act.is_queued and self.is_open:  # it joins the turn that runs
            said: list[Line] = [{"type": "text", "text": act.text, "text_elements": []}]
            thread.write(thread.item("UserMessage", id=dice.uuid7(scene.clock()), content=said))
            yield dice.about(2.0)
            return
        if self.originator == "codex-tui" and not scene.is_endless:
            typed = {"session_id": thread.id, "ts": scene.clock() // 1000, "text": act.text}
            scene.pen.append(os.path.join(self.root, "history.jsonl"), typed)
        thread.write(*thread.begin_turn(act.text, self.effort))
        self.is_open = True
        yield dice.about(4.0)

    def _answer(self, act: Answer) -> Iterator[float]:
        thread, dice = self.thread, self.scene.dice
        lines: list[Line] = thread.think(act.thought) if act.thought else []
        words = act.words or ("" if act.calls else "Done.")
        if words:
            lines += thread.say(words, is_final=not act.calls)
        began = [(call, f"call_{dice.code(24)}") for call in act.calls]
        lines += [self._begun(call, id_) for call, id_ in began]
        size = len(act.thought) + len(words) + sum(len(call.step.new) + 80 for call in act.calls)
        thread.write(*lines, thread.bill(size))
        yield 0.2
        for call, id_ in began:
            yield from self._done(call, id_)
        thread.write(thread.count())
        if not act.calls:
            thread.write(thread.end_turn(words))
            self.is_open = False
        yield dice.about(4.0)

    def _begun(self, call: Call, id_: str) -> Line:
        scene, thread, step, dice = self.scene, self.thread, call.step, self.scene.dice
        own = {"status": "completed", "call_id": id_}
        if step.kind in ("edit", "write"):
            return thread.raw(
                "custom_tool_call", id=f"ctc_{dice.hex(32)}", **own, name="apply_patch", input=patch(call)
            )
        if step.kind == "web":
            action = {"type": "search", "query": step.target}
            return thread.raw("web_search_call", id=f"ws_{dice.hex(32)}", status="completed", action=action)
        if step.kind == "ask" and not scene.is_endless:
            asked = {"message": step.task, "agent_type": "default"}
            name, more = "spawn_agent", {"namespace": "multi_agent_v1"}
        else:
            asked, name, more = {"cmd": command(scene, call)[0]}, "exec_command", {}
        arguments = msgspec.json.encode(asked).decode()
        return thread.raw("function_call", id=f"fc_{dice.hex(32)}", **own, name=name, arguments=arguments, **more)

    def _done(self, call: Call, id_: str) -> Iterator[float]:
        scene, thread, step, dice = self.scene, self.thread, call.step, self.scene.dice
        if step.kind == "web":
            return
        if step.kind == "ask" and not scene.is_endless:
            yield from self._delegate(call, id_)
            return
        if call.verdict in ("waited", "rejected"):
            yield dice.about(25.0)
        if call.verdict == "rejected":
            thread.write(thread.raw("function_call_output", call_id=id_, output="exec command rejected by user"))
            return
        yield call.seconds
        if step.kind in ("edit", "write"):
            said = (
                f"Exit code: 0\nWall time: 0 seconds\nOutput:\nSuccess. Updated the following files:\nM {step.target}\n"
            )
            changed = changes(scene.folder, call)
            thread.write(
                thread.item("FileChange", id=id_, changes=changed, status="completed", stdout="", stderr=""),
                thread.raw("custom_tool_call_output", id=f"ctco_{dice.hex(32)}", call_id=id_, output=said),
            )
            return
        typed, output = command(scene, call)
        code = int(call.verdict == "error")
        took = {"secs": int(call.seconds), "nanos": int(call.seconds % 1 * 1e9)}
        said = f"Chunk ID: {dice.getrandbits(24):06x}\nWall time: {call.seconds:.4f} seconds\n"
        said += f"Process exited with code {code}\nOutput:\n"
        thread.write(
            thread.item("CommandExecution", id=id_, command=["/bin/bash", "-lc", typed], cwd=f"file://{scene.folder}",
                        status="failed" if code else "completed", aggregated_output=output, exit_code=code,
                        duration=took),
            thread.raw("function_call_output", id=f"fco_{dice.hex(32)}", call_id=id_, output=said + output),
        )  # fmt: skip

    def _delegate(self, call: Call, id_: str) -> Iterator[float]:
        """An agent of its own thread does it."""
        scene, thread, dice, step = self.scene, self.thread, self.scene.dice, call.step
        agent = Thread(scene, self.root, self.plan, thread.model, parent=thread)
        who = {"agent_nickname": dice.choice(NICKNAMES), "agent_role": "default"}
        spawned = {"parent_thread_id": thread.id, "depth": 1, "agent_path": None, **who}
        header = {"parent_thread_id": thread.id, "source": {"subagent": {"thread_spawn": spawned}},
                  "thread_source": "subagent", **who, "multi_agent_version": "v1"}  # fmt: skip
        agent.write(agent.header(self.originator, **header), *agent.begin_turn(step.task, "low", thread.turn_id))
        yield dice.about(6.0)
        looks = [step for task in scene.project.tasks for step in task.steps if step.kind in ("search", "read")]
        main, self.thread = self.thread, agent
        try:
            for look in dice.sample(looks, 2):
                yield from self._answer(Answer("", "", (Call(look, dice.about(0.5)),)))
            agent.write(*agent.say(step.output, is_final=True), agent.bill(len(step.output)))
            agent.write(agent.count(), agent.end_turn(step.output))
        finally:
            self.thread = main
        output = msgspec.json.encode({"agent_id": agent.id, "nickname": who["agent_nickname"]}).decode()
        told = msgspec.json.encode({"agent_path": agent.id, "status": {"completed": step.output}}).decode()
        note = f"<subagent_notification>\n{told}\n</subagent_notification>"
        thread.write(
            thread.raw("function_call_output", id=f"fco_{dice.hex(32)}", call_id=id_, output=output),
            thread.raw("message", role="user", content=[{"type": "input_text", "text": note}]),
        )

    def _plan(self, act: Todo) -> Iterator[float]:
        """The list of what is to be done: said whole each time."""
        thread, dice = self.thread, self.scene.dice
        states = ["completed" if place < act.done else "in_progress" if place == act.done else "pending"
                  for place in range(len(act.entries))]  # fmt: skip
        steps = [{"step": entry, "status": state} for entry, state in zip(act.entries, states, strict=True)]
        arguments, id_ = msgspec.json.encode({"plan": steps}).decode(), f"call_{dice.code(24)}"
        thread.write(
            thread.raw("function_call", status="completed", call_id=id_, name="update_plan", arguments=arguments),
            thread.bill(len(arguments)),
            thread.raw("function_call_output", call_id=id_, output="Plan updated"),
            thread.count(),
        )
        yield 1.0

    def _trouble(self, act: Trouble) -> Iterator[float]:
        thread, dice = self.thread, self.scene.dice
        if act.kind == "overload":
            yield 20.0
            return  # it tries again, and says nothing of it
        if act.kind == "limit":
            said = "You've hit your usage limit. Upgrade your plan, or try again in 1 hour 30 minutes."
            if not self.is_open:
                thread.write(*thread.begin_turn("one more thing: update the notes", self.effort))
            thread.write(thread.end_turn(None, {"message": said, "codex_error_info": "usage_limit_exceeded"}))
        else:
            thread.write(thread.abort_turn())
        self.is_open = False
        yield dice.about(5.0)

    def _compact(self) -> Iterator[float]:
        thread = self.thread
        yield self.scene.dice.about(30.0)
        summary = (
            "Another language model started to solve this problem and produced a summary of its thinking process.\n"
            f"SUMMARY: working on {self.scene.tasks[0].title.lower()} in {self.scene.project.name}, branch "
            f"{thread.branch}. The code was read, the first changes are made, the tests of this part pass."
        )
        thread.write(*thread.compact(summary, self.effort))

    def _fork(self) -> Iterator[float]:
        """Somebody goes on from here in another thread; nothing is copied, the sums go on from the parent's."""
        scene, parent = self.scene, self.thread
        yield scene.dice.about(100.0)
        fork = Thread(scene, self.root, self.plan, parent.model)
        fork.ordinal, fork.total, fork.context = parent.ordinal, parent.total, parent.context
        base = {"thread_id": parent.id, "end_ordinal_exclusive": parent.ordinal, "end_byte_offset": 0}
        header = {"forked_from_id": parent.id, "forked_from_ordinal_exclusive": parent.ordinal, "history_base": base}
        fork.write(
            fork.header(self.originator, **header),
            *fork.begin_turn("what would it look like without the new dependency?", self.effort),
        )
        yield scene.dice.about(9.0)
        said = "About twenty lines more: the parser and its test. I would keep the dependency."
        fork.write(*fork.say(said, is_final=True), fork.bill(len(said)), fork.count(), fork.end_turn(said))
        self._rename(fork.id, f"{scene.tasks[0].title.lower()}, without")

    def _rename(self, thread_id: str, title: str) -> None:
        named = {"id": thread_id, "thread_name": title, "updated_at": stamp(self.scene.clock())}
        self.scene.pen.append(os.path.join(self.root, "session_index.jsonl"), named)


ACTOR: Actor = Codex()
