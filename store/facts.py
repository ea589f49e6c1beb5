"""What a line can say, in words that every agent shares. Sources make these; store writes them.

The order of the fields is that of the columns they go to: a fact becomes a row without being taken apart. A fact
names its run or session by its place in the batch, which has no keys yet.
"""

from msgspec import Struct

TEXT_KEPT = 2000  # characters of a prompt or a reply that outlive the file; the archive has the rest


class Session(Struct, gc=False):
    """One conversation, as far as a batch tells of it."""

    session_id: str
    index: int
    first_at: str = ""
    last_at: str = ""
    cwd: str = ""
    cwd_at: str = ""
    forked_from: str = ""
    is_rewound: bool = False
    parent_id: str = ""


class Run(Struct):
    """One agent inside a session: the main thread, a subagent, a workflow's agent, a teammate."""

    session: Session
    index: int
    run_id: str
    kind: str
    first_at: str = ""
    last_at: str = ""
    agent_type: str | None = None
    tool_use_id: str | None = None
    workflow_id: str | None = None
    state: str | None = None


class RunCard(Struct, gc=False):
    """What the file beside a run's own says of it. Its last version is the whole truth of it."""

    session: int
    run_id: str
    agent_type: str | None
    name: str | None
    description: str | None
    tool_use_id: str | None
    depth: int | None
    workflow_id: str | None


class Record(Struct, gc=False):
    """One stored line. head is the offset of the record that began its thread."""

    generation_id: int
    byte_offset: int
    length: int
    kind: str
    at: str | None = None
    uuid: str | None = None
    head: int | None = None


class Reject(Struct, gc=False):
    """A line, or a part of one, that could not be understood."""

    generation_id: int
    byte_offset: int
    length: int
    reason: str
    digest: bytes
    excerpt: bytes


Tokens = tuple[str, str, int, int, int, int, int, int, int]  # the columns of a response from model to web_searches


class Response(Struct, gc=False):
    """One billed answer, or a line of one: lines of one answer are merged (store/merge.py).

    input excludes what a cache read or wrote; output includes reasoning. part is 0 for the answer itself; a call
    inside the call, billed on top under its own model, is another part.
    """

    run: int
    agent: str
    message_id: str
    request_id: str
    part: int
    run_kind: str
    prompt_id: str | None
    branch: str | None
    at: str | None
    ended_at: str | None
    model: str
    tier: str
    input_tokens: int
    cache_read_tokens: int
    cache_write_5m_tokens: int
    cache_write_1h_tokens: int
    output_tokens: int
    reasoning_tokens: int
    web_searches: int
    reported_usd_micros: int | None
    stop_reason: str | None
    evidence: str
    is_branch: bool
    is_copy: bool
    generation_id: int
    byte_offset: int
    best_at: str
    best_generation_id: int
    best_byte_offset: int
    nested: tuple[Tokens, ...] = ()  # no column: each becomes a part, a row of its own


class Prompt(Struct, gc=False):
    """A human turn, or what came in its place (a slash command, a notification, an interruption)."""

    run: int
    prompt_id: str
    at: str
    kind: str
    text: str
    chars: int
    images: int
    previous: str | None
    is_branch: bool
    generation_id: int
    byte_offset: int


class Message(Struct, gc=False):
    """Something to show in the feed: a reply, the size of a thought, an error, a notice."""

    run: int
    uuid: str
    block: int
    at: str
    kind: str
    text: str | None
    chars: int
    message_id: str | None
    status: int | None
    duration_ms: int | None
    is_branch: bool
    generation_id: int


class ToolCall(Struct, gc=False):
    """The start of a tool call, its end, or both: they may come from different files, in any order."""

    run: int
    tool_use_id: str
    is_branch: bool
    generation_id: int
    message_id: str | None = None
    name: str | None = None
    target: str | None = None
    started_at: str | None = None
    ended_at: str | None = None
    outcome: str | None = None
    duration_ms: int | None = None
    result_bytes: int | None = None
    background_id: str | None = None
    agent_run_id: str | None = None


class Touch(Struct, gc=False):
    """A file that a tool call read, wrote, edited or deleted."""

    run: int
    tool_use_id: str
    path: str
    action: str
    lines_added: int | None = None
    lines_removed: int | None = None


class Compaction(Struct, gc=False):
    """A context made smaller."""

    run: int
    uuid: str
    kind: str
    at: str | None
    is_branch: bool
    generation_id: int
    reason: str | None = None
    tokens_before: int | None = None
    tokens_after: int | None = None
    duration_ms: int | None = None
    summary_chars: int | None = None


class Turn(Struct, gc=False):
    """The work that a prompt sets off: its start, its end, or both."""

    run: int
    turn_id: str
    is_branch: bool
    generation_id: int
    started_at: str | None = None
    ended_at: str | None = None
    state: str | None = None
    duration_ms: int | None = None
    first_token_ms: int | None = None


class Limit(Struct, gc=False):
    """How much of the account's plan is used."""

    limit_id: str
    span: str
    at: str
    used_percent: float
    window_minutes: int | None
    resets_at: str | None
    plan: str | None


class Workflow(Struct, gc=False):
    """One run of a workflow, from its journal or the call that started it."""

    session: int
    workflow_id: str
    tool_use_id: str | None = None
    name: str | None = None
    summary: str | None = None
    started_at: str | None = None


class WorkflowAgent(Struct, gc=False):
    """One agent of a workflow, as its journal tells of it."""

    session: int
    workflow_id: str
    run_id: str
    is_finished: bool


class WorkflowCard(Struct, gc=False):
    """What the file that is written when a workflow ends says of it. Its last version is the whole truth of it."""

    session: int
    workflow_id: str
    name: str | None
    summary: str | None
    state: str | None
    started_at: str | None
    duration_ms: int | None
    agents: int | None
    tool_calls: int | None
    phases: str
    result_bytes: int


class WorkflowStep(Struct, gc=False):
    """One agent of a workflow, as that file names it."""

    session: int
    workflow_id: str
    run_id: str
    label: str | None
    phase: str | None
    state: str | None


class Task(Struct, gc=False):
    """One entry of a todo list. The last word wins."""

    session: int
    task_id: str
    subject: str | None
    status: str | None
    at: str
    byte_offset: int


class Word(Struct, gc=False):
    """A fact of a session that is said again and again (a title, a mode): the last one wins."""

    session: int
    name: str
    value: str
    at: str
    byte_offset: int


class Summary(Struct, gc=False):
    """A title given to the conversation that ends at some record, perhaps of another file."""

    leaf_uuid: str
    text: str
    at: str
