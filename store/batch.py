"""What one transaction will hold. It knows nothing of keys: those are given while it is written."""

from store.facts import (
    Compaction,
    Message,
    Prompt,
    Response,
    Run,
    Session,
    Summary,
    Task,
    ToolCall,
    Touch,
    Word,
    Workflow,
    WorkflowAgent,
)
from store.merge import merge


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
        self.workflows: dict[tuple[str, str], Workflow] = {}
        self.workflow_agents: list[WorkflowAgent] = []
        self.tasks: list[Task] = []
        self.words: dict[tuple[str, str], Word] = {}
        self.summaries: list[Summary] = []
        self.branches: set[tuple[str, str]] = set()
        self.worktrees: dict[str, str] = {}

    def session(self, session_id: str) -> Session:
        """The session of this id, new to the batch or not."""
        found = self.sessions.get(session_id)
        if found is None:
            found = self.sessions[session_id] = Session(session_id, self.account_id)
        return found

    def run(self, session_id: str, run_id: str, kind: str) -> Run:
        """The run of this id in this session. Who knows it best names its kind: they sort that way."""
        found = self.runs.get((session_id, run_id))
        if found is None:
            found = self.runs[session_id, run_id] = Run(self.session(session_id), run_id, kind)
        elif kind > found.kind:
            found.kind = kind
        return found

    def add_response(self, line: Response) -> None:
        """One line of an answer; lines of one answer in one session become one."""
        key = (line.message_id, line.request_id, line.run.session.session_id)
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
            found = self.tool_calls[key] = ToolCall(tool_use_id, run, generation_id, is_branch=is_branch)
        return found

    def touch(self, touch: Touch) -> None:
        """A file touched; the end of a call knows the lines that its start did not."""
        key = (touch.tool_use_id, touch.run.session.session_id, touch.path)
        known = self.touches.get(key)
        if known is None or touch.lines_added is not None:
            self.touches[key] = touch

    def workflow(self, session: Session, workflow_id: str) -> Workflow:
        """The workflow of this id in this session."""
        key = (session.session_id, workflow_id)
        found = self.workflows.get(key)
        if found is None:
            found = self.workflows[key] = Workflow(session, workflow_id)
        return found
