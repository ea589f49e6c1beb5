"""The files beside Claude Code's transcripts: a subagent's description, a workflow's journal and its snapshot."""

import os
from typing import Any

import msgspec

from collector.lines.tolerant import fit, load
from collector.lines.when import from_unix_ms
from collector.sources.claude_spot import ID_KEPT, kept, whole
from collector.sources.claude_wire import AgentMeta, JournalLine, WorkflowSnapshot, decode_journal
from store.batch import Batch
from store.facts import Record, RunCard, WorkflowAgent, WorkflowCard, WorkflowStep

WORDS_KEPT = 300
PHASES_KEPT = 50


def session_of(path: str) -> str:
    """The session that a file belongs to, by where it lies: beside the transcript, or in the folder of its name."""
    folders = _below(path)
    for marker in ("subagents", "workflows"):
        if marker in folders[1:-1]:
            return folders[folders.index(marker, 1) - 1]
    return folders[-1].removesuffix(".jsonl")


def workflow_of(path: str) -> str:
    """The workflow run whose folder a file lies in; empty for other files."""
    folders = _below(path)
    if "workflows" not in folders[1:-2]:
        return ""
    return folders[folders.index("workflows", 1) + 1]


def _below(path: str) -> list[str]:
    """The folders below that of all projects, and the file: those above it may bear any name."""
    folders = path.split("/")
    above = len(folders) - 1 - folders[::-1].index("projects") if "projects" in folders else 0
    return folders[above:]


class Journal:
    """A workflow's journal: which agents were started, and which have given their result."""

    shape = JournalLine
    decode = staticmethod(decode_journal)
    version = ""
    foreign = ""

    def __init__(self, generation_id: int, session_id: str, workflow_id: str) -> None:
        self._generation_id, self._session_id, self._workflow_id = generation_id, session_id, workflow_id

    def is_record(self, value: dict[str, Any]) -> bool:
        return "key" in value and "agentId" in value

    def carried(self) -> bytes:
        return b""

    def carry_on(self, carried: bytes) -> None:
        """No line of a journal leaves anything for the next."""

    def take(self, line: JournalLine, byte_offset: int, length: int, out: Batch) -> Record:
        """One agent of the workflow started, or gave its result."""
        if line.agent_id and line.key and line.type in ("started", "result"):
            session = out.session(self._session_id)
            agent_id = line.agent_id
            out.workflow(session, self._workflow_id)
            out.workflow_agents.append(WorkflowAgent(session.index, self._workflow_id, agent_id, line.type == "result"))
            out.run(self._session_id, agent_id, "workflow").workflow_id = self._workflow_id
        return Record(self._generation_id, byte_offset, length, f"journal/{line.type}")


def take_agent_meta(path: str, content: bytes, out: Batch) -> None:
    """What a subagent is called and which tool call began it."""
    meta = fit(load(content), AgentMeta)
    workflow_id = workflow_of(path)[:ID_KEPT]
    agent_id = os.path.basename(path).removesuffix(".meta.json").removeprefix("agent-")[:ID_KEPT]
    run = out.run(session_of(path), agent_id, "workflow" if workflow_id else "subagent")
    out.run_cards.append(
        RunCard(
            run.session.index, agent_id, _kept(meta.agent_type), _kept(meta.name), _kept(meta.description),
            _kept(meta.tool_use_id), meta.depth, workflow_id or None,
        )
    )  # fmt: skip


def take_workflow(path: str, content: bytes, out: Batch) -> None:
    """How a workflow went, as written when it ended. Its token numbers are last answers only: they are left out."""
    card = fit(load(content), WorkflowSnapshot)
    session_id = session_of(path)
    session = out.session(session_id)
    workflow_id = (card.run_id or os.path.basename(path).removesuffix(".json"))[:ID_KEPT]
    out.workflow(session, workflow_id)
    titles = [kept(phase.title, WORDS_KEPT) for phase in (card.phases or ())[:PHASES_KEPT] if phase.title]
    out.workflow_cards.append(
        WorkflowCard(
            session.index, workflow_id, _kept(card.name), _kept(card.summary), _kept(card.status),
            from_unix_ms(card.start_ms), whole(card.duration_ms), card.agents, card.tool_calls,
            msgspec.json.encode(titles).decode(), len(card.result),
        )
    )  # fmt: skip
    for step in card.steps or ():
        if step.type == "workflow_agent" and step.agent_id:
            agent_id = step.agent_id
            out.run(session_id, agent_id, "workflow").workflow_id = workflow_id
            label, phase, state = _kept(step.label), _kept(step.phase), _kept(step.state)
            out.workflow_steps.append(WorkflowStep(session.index, workflow_id, agent_id, label, phase, state))


def _kept(text: str | None) -> str | None:
    return None if text is None else kept(text, WORDS_KEPT)
