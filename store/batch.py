"""What one transaction will hold. It knows nothing of keys: facts name their run by its place here."""

from typing import Any

from msgspec import Struct
from msgspec.structs import astuple

from store.facts import (
    Compaction,
    Limit,
    Message,
    Prompt,
    Response,
    Run,
    RunCard,
    Session,
    Summary,
    Task,
    ToolCall,
    Touch,
    Turn,
    Word,
    Workflow,
    WorkflowAgent,
    WorkflowCard,
    WorkflowStep,
)
from store.live_facts import LimitLevel, Process, Signal, StatusReading
from store.merge import merge, most, parts
from store.telemetry_facts import ApiCall, MetricPoint

Row = tuple[Any, ...]


class Rows(Struct):
    """A batch as rows, ready to be written, or to be sent to the process that writes."""

    agent: str
    account_id: int
    sessions: list[Row]
    runs: list[Row]
    responses: list[Row]
    prompts: list[Row]
    messages: list[Row]
    tool_calls: list[Row]
    touches: list[Row]
    compactions: list[Row]
    turns: list[Row]
    limits: list[Row]
    signals: list[Row]
    processes: list[Row]
    limit_levels: list[Row]
    status_readings: list[Row]
    api_calls: list[Row]
    metric_points: list[Row]
    run_cards: list[Row]
    workflows: list[Row]
    workflow_agents: list[Row]
    workflow_cards: list[Row]
    workflow_steps: list[Row]
    tasks: list[Row]
    words: list[Row]
    summaries: list[Row]
    files: list[Row]
    branches: list[Row]
    worktrees: list[Row]


class Batch:
    """The facts of one transaction, of one account."""

    def __init__(self, agent: str, account_id: int) -> None:
        self.agent = agent
        self.account_id = account_id
        self.paths: dict[int, bytes] = {}
        self.sessions: dict[str, Session] = {}
        self.runs: dict[tuple[str, str], Run] = {}
        self.responses: dict[tuple[str, str, str], Response] = {}
        self.prompts: list[Prompt] = []
        self.messages: list[Message] = []
        self.tool_calls: dict[tuple[str, str], ToolCall] = {}
        self.touches: dict[tuple[str, str, str], Touch] = {}
        self.compactions: list[Compaction] = []
        self.turns: dict[tuple[str, str], Turn] = {}
        self.limits: list[Limit] = []
        self.signals: list[Signal] = []
        self.processes: list[Process] = []
        self.limit_levels: list[LimitLevel] = []
        self.status_readings: list[StatusReading] = []
        self.api_calls: list[ApiCall] = []
        self.metric_points: list[MetricPoint] = []
        self.run_cards: list[RunCard] = []
        self.workflows: dict[tuple[str, str], Workflow] = {}
        self.workflow_agents: list[WorkflowAgent] = []
        self.workflow_cards: list[WorkflowCard] = []
        self.workflow_steps: list[WorkflowStep] = []
        self.tasks: list[Task] = []
        self.words: dict[tuple[int, str], Word] = {}
        self.summaries: list[Summary] = []
        self.files: set[tuple[int, int]] = set()
        self.branches: set[tuple[str, str]] = set()
        self.worktrees: dict[str, str] = {}

    def session(self, session_id: str) -> Session:
        """The session of this id, new to the batch or not."""
        found = self.sessions.get(session_id)
        if found is None:
            found = self.sessions[session_id] = Session(session_id, len(self.sessions))
        return found

    def run(self, session_id: str, run_id: str, kind: str) -> Run:
        """The run of this id in this session. Who knows it best names its kind: they sort that way."""
        found = self.runs.get((session_id, run_id))
        if found is None:
            found = self.runs[session_id, run_id] = Run(self.session(session_id), len(self.runs), run_id, kind)
        elif kind > found.kind:
            found.kind = kind
        return found

    def add_response(self, line: Response, run: Run) -> None:
        """One line of an answer; lines of one answer in one session become one."""
        key = (line.message_id, line.request_id, run.session.session_id)
        known = self.responses.get(key)
        if known is None:
            self.responses[key] = line
        else:
            merge(known, line, self.paths.__getitem__)

    def tool_call(self, tool_use_id: str, run: Run, generation_id: int, is_branch: bool) -> ToolCall:
        """The call of this id, whether its start or its end is seen first."""
        key = (tool_use_id, run.session.session_id)
        found = self.tool_calls.get(key)
        if found is None:
            found = self.tool_calls[key] = ToolCall(run.index, tool_use_id, is_branch, generation_id)
        return found

    def turn(self, turn_id: str, run: Run, generation_id: int, is_branch: bool) -> Turn:
        """The turn of this id, whether its start or its end is seen first."""
        key = (turn_id, run.session.session_id)
        found = self.turns.get(key)
        if found is None:
            found = self.turns[key] = Turn(run.index, turn_id, is_branch, generation_id)
        return found

    def touch(self, touch: Touch, run: Run) -> None:
        """A file touched; the end of a call knows the lines that its start did not."""
        key = (touch.tool_use_id, run.session.session_id, touch.path)
        known = self.touches.get(key)
        if known is None:
            self.touches[key] = touch
            return
        known.action = max(known.action, touch.action)
        known.lines_added = most(known.lines_added, touch.lines_added)
        known.lines_removed = most(known.lines_removed, touch.lines_removed)

    def workflow(self, session: Session, workflow_id: str) -> Workflow:
        """The workflow of this id in this session."""
        key = (session.session_id, workflow_id)
        found = self.workflows.get(key)
        if found is None:
            found = self.workflows[key] = Workflow(session.index, workflow_id)
        return found

    def say(self, word: Word) -> None:
        """A word of a session: of those in the batch, the latest is kept, whatever order the files come in."""
        key = (word.session, word.name)
        known = self.words.get(key)
        if known is None or (word.at, word.byte_offset, word.value) > (known.at, known.byte_offset, known.value):
            self.words[key] = word

    def rows(self) -> Rows:
        """Everything as rows. A run's row begins with the place of its session."""
        return Rows(
            self.agent,
            self.account_id,
            [astuple(session) for session in self.sessions.values()],
            [(run.session.index, *astuple(run)[2:]) for run in self.runs.values()],
            [row for response in self.responses.values() for row in parts(response)],
            [astuple(prompt) for prompt in self.prompts],
            [astuple(message) for message in self.messages],
            [astuple(call) for call in self.tool_calls.values()],
            [astuple(touch) for touch in self.touches.values()],
            [astuple(compaction) for compaction in self.compactions],
            [astuple(turn) for turn in self.turns.values()],
            [astuple(limit) for limit in self.limits],
            [astuple(signal) for signal in self.signals],
            [astuple(process) for process in self.processes],
            [astuple(level) for level in self.limit_levels],
            [astuple(reading) for reading in self.status_readings],
            [astuple(call) for call in self.api_calls],
            [astuple(point) for point in self.metric_points],
            [astuple(card) for card in self.run_cards],
            [astuple(workflow) for workflow in self.workflows.values()],
            [astuple(agent) for agent in self.workflow_agents],
            [astuple(card) for card in self.workflow_cards],
            [astuple(step) for step in self.workflow_steps],
            [astuple(task) for task in self.tasks],
            [astuple(word) for word in self.words.values()],
            [astuple(summary) for summary in self.summaries],
            list(self.files),
            list(self.branches),
            list(self.worktrees.items()),
        )
