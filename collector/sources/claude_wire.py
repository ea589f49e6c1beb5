"""The shape of a Claude Code line: only the fields that are read, each optional, all else skipped by the decoder."""

from typing import Annotated, Any

from msgspec import Meta, Raw, Struct, field
from msgspec.json import Decoder

# Ids, names and numbers beyond these are none of ours: the slow way leaves such a field out.
Id = Annotated[str, Meta(max_length=200)]
Path = Annotated[str, Meta(max_length=4096)]
Int = Annotated[int, Meta(ge=-(2**53), le=2**53)]
Count = Annotated[int, Meta(ge=0, le=10**12)]  # more tokens than any answer has; nine million times as many overflow


class CacheCreation(Struct, gc=False):
    five_minutes: Count | None = field(default=None, name="ephemeral_5m_input_tokens")
    one_hour: Count | None = field(default=None, name="ephemeral_1h_input_tokens")


class ServerTools(Struct, gc=False):
    web_search_requests: Count | None = None


class Billed(Struct, gc=False):
    input_tokens: Count | None = None
    output_tokens: Count | None = None
    cache_creation_input_tokens: Count | None = None
    cache_read_input_tokens: Count | None = None
    cache_creation: CacheCreation | None = None
    server_tool_use: ServerTools | None = None
    service_tier: Id | None = None
    speed: Id | None = None


class Iteration(Billed, gc=False):
    """One of the calls that an answer took."""

    type: Id | None = None
    model: Id | None = None


class Usage(Billed, gc=False):
    iterations: list[Iteration] | None = None


class ToolInput(Struct, gc=False):
    """What a tool was asked, as far as it names its target. Foreign tools use these names for anything."""

    file_path: Any = None
    path: Any = None
    notebook_path: Any = None
    command: Any = None
    pattern: Any = None
    query: Any = None
    url: Any = None
    description: Any = None
    skill: Any = None
    subject: Any = None
    to: Any = None
    todos: Any = None
    run_in_background: Any = None
    subagent_type: Any = None


class Block(Struct, gc=False):
    type: Id | None = None
    id: Id | None = None
    name: Id | None = None
    text: str | None = None
    thinking: str | None = None
    input: ToolInput | None = None
    tool_use_id: Id | None = None
    is_error: bool | None = None
    content: Raw = Raw()


Content = str | list[Block | str] | None


class Message(Struct, gc=False):
    id: Id | None = None
    model: Id | None = None
    role: Id | None = None
    content: Content = None
    stop_reason: Id | None = None
    usage: Usage | None = None
    parts: Raw = Raw()


class Hunk(Struct, gc=False):
    lines: list[str] | None = None


class ToolResult(Struct, gc=False):
    type: Id | None = None
    status: Id | None = None
    file_path: Path | None = field(default=None, name="filePath")
    file: Raw = Raw()
    content: Raw = Raw()
    structured_patch: list[Hunk] | None = field(default=None, name="structuredPatch")
    interrupted: bool | None = None
    background_id: Id | None = field(default=None, name="backgroundTaskId")
    agent_id: Id | None = field(default=None, name="agentId")
    agent_type: Id | None = field(default=None, name="agentType")
    is_async: bool | None = field(default=None, name="isAsync")
    total_duration_ms: float | None = field(default=None, name="totalDurationMs")
    duration_ms: float | None = field(default=None, name="durationMs")
    duration_s: float | None = field(default=None, name="durationSeconds")
    run_id: Id | None = field(default=None, name="runId")
    workflow_name: str | None = field(default=None, name="workflowName")
    summary: str | None = None
    task: Raw = Raw()
    task_id: Id | None = field(default=None, name="taskId")
    status_change: Raw = field(default=Raw(), name="statusChange")


class Todo(Struct, gc=False):
    content: str | None = None
    active: str | None = field(default=None, name="activeForm")
    status: Id | None = None


class TaskMade(Struct, gc=False):
    id: Id | None = None
    subject: str | None = None


class TaskMoved(Struct, gc=False):
    to: Id | None = None


class Compact(Struct, gc=False):
    trigger: Id | None = None
    tokens_before: Int | None = field(default=None, name="preTokens")
    tokens_after: Int | None = field(default=None, name="postTokens")
    tokens_saved: Int | None = field(default=None, name="tokensSaved")
    duration_ms: float | None = field(default=None, name="durationMs")


class Attachment(Struct, gc=False):
    type: Id | None = None
    prompt: Content = None
    command_mode: Id | None = field(default=None, name="commandMode")


class NestedMessage(Struct, gc=False):
    id: Id | None = None
    model: Id | None = None
    stop_reason: Id | None = None
    usage: Usage | None = None


class NestedLine(Struct, gc=False):
    type: Id | None = None
    message: NestedMessage | None = None
    request_id: Id | None = field(default=None, name="requestId")
    timestamp: Id | None = None


class Progress(Struct, gc=False):
    type: Id | None = None
    agent_id: Id | None = field(default=None, name="agentId")
    message: NestedLine | str | None = None


class Fork(Struct, gc=False):
    session_id: Id | None = field(default=None, name="sessionId")


class Worktree(Struct, gc=False):
    original: Path | None = field(default=None, name="originalCwd")
    path: Path | None = field(default=None, name="worktreePath")
    name: str | None = field(default=None, name="worktreeName")


class Line(Struct, gc=False):
    type: Id | None = None
    subtype: Id | None = None
    uuid: Id | None = None
    parent: Id | None = field(default=None, name="parentUuid")
    logical_parent: Id | None = field(default=None, name="logicalParentUuid")
    session_id: Id | None = field(default=None, name="sessionId")
    at: Id | None = field(default=None, name="timestamp")
    cwd: Path | None = None
    branch: Id | None = field(default=None, name="gitBranch")
    version: Id | None = None
    entrypoint: Id | None = None
    agent_id: Id | None = field(default=None, name="agentId")
    request_id: Id | None = field(default=None, name="requestId")
    is_sidechain: bool | None = field(default=None, name="isSidechain")
    is_meta: bool | None = field(default=None, name="isMeta")
    is_summary: bool | None = field(default=None, name="isCompactSummary")
    is_transcript_only: bool | None = field(default=None, name="isVisibleInTranscriptOnly")
    is_api_error: bool | None = field(default=None, name="isApiErrorMessage")
    api_status: Int | None = field(default=None, name="apiErrorStatus")
    message: Message | str | None = None
    content: Any = None
    tool_result: ToolResult | str | list[Raw] | None = field(default=None, name="toolUseResult")
    attachment: Attachment | None = None
    data: Progress | None = None
    forked_from: Fork | None = field(default=None, name="forkedFrom")
    compact: Compact | None = field(default=None, name="compactMetadata")
    microcompact: Compact | None = field(default=None, name="microcompactMetadata")
    duration_ms: float | None = field(default=None, name="durationMs")
    retry_attempt: Int | None = field(default=None, name="retryAttempt")
    cost_usd: float | None = field(default=None, name="costUSD")
    permission_mode: Id | None = field(default=None, name="permissionMode")
    # words of the session
    summary: str | None = None
    leaf: Id | None = field(default=None, name="leafUuid")
    ai_title: str | None = field(default=None, name="aiTitle")
    custom_title: str | None = field(default=None, name="customTitle")
    agent_name: str | None = field(default=None, name="agentName")
    agent_color: str | None = field(default=None, name="agentColor")
    agent_setting: str | None = field(default=None, name="agentSetting")
    mode: str | None = None
    tag: str | None = None
    last_prompt: str | None = field(default=None, name="lastPrompt")
    pr_url: str | None = field(default=None, name="prUrl")
    relocated_cwd: Path | None = field(default=None, name="relocatedCwd")
    worktree: Worktree | None = field(default=None, name="worktreeSession")
    # of other agents' files in the same folder
    project_hash: Raw = field(default=Raw(), name="projectHash")
    payload: Raw = Raw()


class JournalLine(Struct, gc=False):
    type: Id | None = None
    key: Raw = Raw()
    agent_id: Id | None = field(default=None, name="agentId")


class AgentMeta(Struct, gc=False):
    """The .meta.json beside a subagent's file."""

    agent_type: str | None = field(default=None, name="agentType")
    description: str | None = None
    name: str | None = None
    tool_use_id: Id | None = field(default=None, name="toolUseId")
    depth: Int | None = field(default=None, name="spawnDepth")


class Phase(Struct, gc=False):
    title: str | None = None


class WorkflowStep(Struct, gc=False):
    type: Id | None = None
    label: str | None = None
    phase: str | None = field(default=None, name="phaseTitle")
    agent_id: Id | None = field(default=None, name="agentId")
    state: str | None = None


class WorkflowSnapshot(Struct, gc=False):
    """The file that is written when a workflow ends."""

    run_id: Id | None = field(default=None, name="runId")
    name: str | None = field(default=None, name="workflowName")
    summary: str | None = None
    status: str | None = None
    start_ms: float | None = field(default=None, name="startTime")
    duration_ms: float | None = field(default=None, name="durationMs")
    agents: Int | None = field(default=None, name="agentCount")
    tool_calls: Int | None = field(default=None, name="totalToolCalls")
    result: Raw = Raw()
    phases: list[Phase] | None = None
    steps: list[WorkflowStep] | None = field(default=None, name="workflowProgress")


decode_line = Decoder(Line).decode
decode_journal = Decoder(JournalLine).decode
