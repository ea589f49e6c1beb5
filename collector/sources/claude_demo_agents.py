"""Imaginary subagents and workflows of Claude Code: files of their own, told of in the session's."""

import os
from collections.abc import Iterator

from collector.demo.script import Call
from collector.demo.stage import stamp
from collector.demo.work import Step
from collector.sources.claude_demo_sheet import ANSWERED, Line, Sheet, asked, told

HELPER_MODEL = "claude-haiku-4-5-20251001"


def delegate(main: Sheet, block: Line, call: Call, parent: str, *, is_background: bool) -> Iterator[float]:
    """A subagent does what it was told; the session waits for it, or is notified later."""
    scene, dice = main.scene, main.scene.dice
    kind, step, began = call.step.target, call.step, scene.clock()
    agent_id = f"a{dice.hex(16)}"
    path = os.path.join(main.folder, "subagents", f"agent-{agent_id}.jsonl")
    meta = {"agentType": kind, "description": block["input"]["description"], "toolUseId": block["id"], "spawnDepth": 1}
    scene.pen.replace(path.removesuffix(".jsonl") + ".meta.json", meta)
    agent = Sheet(scene, path, main.session_id, HELPER_MODEL, main.branch, agent_id)
    agent.prompt_id = main.prompt_id
    common = {"agentId": agent_id, "resolvedModel": HELPER_MODEL, "prompt": step.task}
    if is_background:
        rich: Line = {
            **common, "isAsync": True, "status": "async_launched", "description": meta["description"],
            "outputFile": f"{scene.home}/tasks/{agent_id}.output", "canReadOutputFile": True,
        }  # fmt: skip
        main.write(main.result(block, parent, f"Async agent launched successfully.\nagentId: {agent_id}", rich))
    yield from work(agent, step.task, step.output)
    took_ms = scene.clock() - began
    size = sum(agent.last_tokens[:5])
    if is_background:
        notify(main, agent_id, block["id"], f'Agent "{meta["description"]}" completed', step.output, size, took_ms)
        return
    rich = {
        **common, "status": "completed", "agentType": kind, "content": [{"type": "text", "text": step.output}],
        "totalDurationMs": took_ms, "totalTokens": size, "totalToolUseCount": agent.tools,
    }  # fmt: skip
    main.write(main.result(block, parent, [{"type": "text", "text": step.output}], rich))


def work(agent: Sheet, task: str, finding: str) -> Iterator[float]:
    """An agent looks around, and says what it found. Each block is written when it is whole."""
    scene, dice = agent.scene, agent.scene.dice
    agent.write(agent.user(task))
    yield dice.about(2.0)
    steps = [step for task in scene.project.tasks for step in task.steps if step.kind in ("search", "read")]
    looks = [Step("run", f"ls {scene.project.folder}", "README.md\nsrc\ntests"), *dice.sample(steps, 2)]
    for place, step in enumerate(looks[: dice.randrange(2, 4)]):
        call = Call(step, dice.about(0.6))
        block = agent.tool_use(*asked(scene, call))
        blocks = [{"type": "text", "text": "I'll look around first."}, block] if not place else [block]
        for line in agent.answer(blocks, stop="tool_use"):
            agent.write(line)
            yield dice.about(1.5)
        text, rich = told(scene, call)
        agent.write(agent.result(block, agent.parent or "", text, rich))
        yield call.seconds
    agent.write(*agent.answer([{"type": "text", "text": finding}], stop=ANSWERED))


def notify(
    main: Sheet, task_id: str, call_id: str, summary: str, result: str, tokens: int, took_ms: int, agents: int = 0
) -> None:
    """Something in the background has ended: it is queued, and then told to the model."""
    counted = f"<agent_count>{agents}</agent_count>" if agents else ""
    text = (
        f"<task-notification>\n<task-id>{task_id}</task-id>\n<tool-use-id>{call_id}</tool-use-id>\n"
        f"<status>completed</status>\n<summary>{summary}</summary>\n<result>{result}</result>\n"
        f"<usage>{counted}<subagent_tokens>{tokens}</subagent_tokens><tool_uses>3</tool_uses>"
        f"<duration_ms>{took_ms}</duration_ms></usage>\n</task-notification>"
    )
    now = stamp(main.scene.clock())
    main.write(
        main.word("queue-operation", operation="enqueue", timestamp=now, content=text),
        main.word("queue-operation", operation="dequeue", timestamp=now),
        main.user(text, origin={"kind": "task-notification"}, promptSource="system"),
    )


def workflow(main: Sheet) -> Iterator[float]:
    """Many agents by a plan: a journal while it runs, a snapshot when it ended."""
    scene, dice, flow = main.scene, main.scene.dice, main.scene.project.flow
    run_id, task_id, began = f"wf_{dice.hex(8)}-{dice.hex(3)}", f"w{dice.code(8).lower()}", scene.clock()
    place = os.path.join(main.folder, "subagents", "workflows", run_id)
    script = f"{main.folder}/workflows/scripts/{flow.name}-{run_id}.js"
    block = main.tool_use("Workflow", {"script": _script(main)})
    main.write(*main.answer([block], stop="tool_use"))
    rich = {
        "status": "async_launched", "taskId": task_id, "taskType": "local_workflow", "workflowName": flow.name,
        "runId": run_id, "summary": flow.summary, "transcriptDir": place, "scriptPath": script,
    }  # fmt: skip
    said = f"Workflow launched in background. Task ID: {task_id}\nSummary: {flow.summary}\nRun ID: {run_id}"
    main.write(main.result(block, main.parent or "", said, rich))
    scene.pen.replace(script, _script(main))
    steps: list[Line] = []
    tokens = calls = 0
    for number, (title, agents) in enumerate(flow.phases, 1):
        steps.append({"type": "workflow_phase", "index": number, "title": title})
        for label, task, finding in agents:
            since, agent_id = scene.clock(), f"a{dice.hex(16)}"
            agent = Sheet(scene, f"{place}/agent-{agent_id}.jsonl", main.session_id, main.model, main.branch, agent_id)
            agent.prompt_id, agent.is_workflow = main.prompt_id, True
            meta = {"agentType": "workflow-subagent", "spawnDepth": 1}
            scene.pen.replace(f"{place}/agent-{agent_id}.meta.json", meta)
            key = f"v2:{dice.hex(64)}"
            scene.pen.append(f"{place}/journal.jsonl", {"type": "started", "key": key, "agentId": agent_id})
            yield from work(agent, task, finding)
            ended = {"type": "result", "key": key, "agentId": agent_id, "result": finding}
            scene.pen.append(f"{place}/journal.jsonl", ended)
            size = sum(agent.last_tokens[:5])
            tokens, calls = tokens + size, calls + agent.tools
            steps.append({
                "type": "workflow_agent", "index": len(steps), "label": label, "phaseIndex": number,
                "phaseTitle": title, "agentId": agent_id, "model": main.model, "state": "done", "queuedAt": since,
                "startedAt": since, "lastProgressAt": scene.clock(), "attempt": 1, "promptPreview": task,
                "resultPreview": finding, "tokens": size, "toolCalls": agent.tools,
                "durationMs": scene.clock() - since,
            })  # fmt: skip
    took_ms = scene.clock() - began
    snapshot: Line = {
        "runId": run_id, "timestamp": stamp(scene.clock()), "taskId": task_id, "script": _script(main),
        "scriptPath": script, "result": flow.phases[-1][1][-1][2],
        "agentCount": sum(len(agents) for _, agents in flow.phases), "logs": [f"starting {flow.name}"],
        "durationMs": took_ms, "summary": flow.summary, "workflowName": flow.name, "status": "completed",
        "startTime": began, "phases": [{"title": title} for title, _ in flow.phases], "defaultModel": main.model,
        "totalTokens": tokens, "totalToolCalls": calls, "workflowProgress": steps,
    }  # fmt: skip
    scene.pen.replace(f"{main.folder}/workflows/{run_id}.json", snapshot)
    result = str(snapshot["result"])
    notify(main, task_id, block["id"], f'Dynamic workflow "{flow.summary}" completed', result, tokens, took_ms,
           int(snapshot["agentCount"]))  # fmt: skip


def _script(main: Sheet) -> str:
    flow = main.scene.project.flow
    head = f"export const meta = {{ name: '{flow.name}', description: '{flow.summary}' }}\n"
    parts = (
        f"phase('{title}')\nawait parallel([{', '.join(f'() => agent({task!r})' for _, task, _ in agents)}])\n"
        for title, agents in flow.phases
    )
    return head + "".join(parts)
