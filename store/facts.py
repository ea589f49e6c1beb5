"""What a line can say, in words that every agent shares. Sources make these; store writes them."""

from msgspec import Struct

TEXT_KEPT = 4000  # characters of a prompt or a reply that outlive the file; the archive has the rest


class Session(Struct, gc=False):
    """One conversation, as far as this batch tells of it."""

    session_id: str
    account_id: int
    first_at: str = ""
    last_at: str = ""
    cwd: str = ""
    cwd_at: str = ""
    forked_from: str = ""
    is_rewound: bool = False
    key: int = 0


class Run(Struct):
    """One agent inside a session: the main thread, a subagent, a workflow's agent, a teammate."""

    session: Session
    run_id: str
    kind: str
    first_at: str = ""
    last_at: str = ""
    agent_type: str | None = None
    name: str | None = None
    description: str | None = None
    tool_use_id: str | None = None
    depth: int | None = None
    workflow_id: str | None = None
    label: str | None = None
    phase: str | None = None
    state: str | None = None
    key: int = 0


class Record(Struct, gc=False):
    """One stored line. head is the offset of the record that began its thread."""

    byte_offset: int
    length: int
    kind: str
    at: str | None = None
    uuid: str | None = None
    head: int | None = None


class Reject(Struct, gc=False):
    """A line, or a part of one, that could not be understood."""

    byte_offset: int
    length: int
    reason: str
    digest: bytes
    excerpt: bytes


class Tokens(Struct, gc=False, frozen=True):
    """What one answer was billed for. input excludes what a cache read or wrote; output includes reasoning."""

    model: str
    tier: str
    input: int
    cache_read: int
    cache_write_5m: int
    cache_write_1h: int
    output: int
    reasoning: int = 0
    web_searches: int = 0


class Response(Struct, gc=False):
    """One line of a billed answer; lines of one answer are merged (store/merge.py)."""

    message_id: str
    request_id: str
    run: Run
    tokens: Tokens
    at: str | None
    ended_at: str | None
    stop_reason: str | None
    prompt_id: str | None
    branch: str | None
    byte_offset: int
    generation_id: int
    nested: tuple[Tokens, ...]
    reported_usd_micros: int | None
    evidence: str
    is_branch: bool
    best_at: str
    best_generation_id: int
    best_byte_offset: int
    is_copy: bool = False


class Prompt(Struct, gc=False):
    """A human turn, or what came in its place (a slash command, a notification, an interruption)."""

    prompt_id: str
    run: Run
    at: str | None
    kind: str
    text: str
    chars: int
    images: int
    previous: str | None
    byte_offset: int
    generation_id: int
    is_branch: bool = False


class Message(Struct, gc=False):
    """Something to show in the feed: a reply, the size of a thought, an error, a notice."""

    uuid: str
    block: int
    run: Run
    at: str | None
    kind: str
    text: str | None
    chars: int
    generation_id: int
    message_id: str | None = None
    status: int | None = None
    duration_ms: int | None = None
    is_branch: bool = False


class ToolCall(Struct, gc=False):
    """The start of a tool call, its end, or both: they may come from different files, in any order."""

    tool_use_id: str
    run: Run
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
    is_branch: bool = False


class Touch(Struct, gc=False):
    """A file that a tool call read, wrote, edited or deleted."""

    tool_use_id: str
    run: Run
    path: str
    action: str
    lines_added: int | None = None
    lines_removed: int | None = None


class Compaction(Struct, gc=False):
    """A context made smaller."""

    uuid: str
    run: Run
    kind: str
    at: str | None
    generation_id: int
    reason: str | None = None
    tokens_before: int | None = None
    tokens_after: int | None = None
    duration_ms: int | None = None
    summary_chars: int | None = None
    is_branch: bool = False


class Workflow(Struct, gc=False):
    """One run of a workflow, from its journal, its snapshot or the call that started it."""

    session: Session
    workflow_id: str
    name: str | None = None
    summary: str | None = None
    state: str | None = None
    started_at: str | None = None
    duration_ms: int | None = None
    agents: int | None = None
    tool_calls: int | None = None
    phases: str | None = None
    result_chars: int | None = None


class WorkflowAgent(Struct, gc=False):
    """One agent of a workflow, as its journal or snapshot names it."""

    session: Session
    workflow_id: str
    run_id: str
    is_finished: bool = False
    label: str | None = None
    phase: str | None = None
    state: str | None = None


class Task(Struct, gc=False):
    """One entry of a todo list. The last word wins."""

    session: Session
    task_id: str
    subject: str | None
    status: str | None
    at: str
    byte_offset: int
    position: int | None = None


class Word(Struct, gc=False):
    """A fact of a session that is said again and again (a title, a mode): the last one wins."""

    session: Session
    name: str
    value: str
    at: str
    byte_offset: int


class Summary(Struct, gc=False):
    """A title given to the conversation that ends at some record, perhaps of another file."""

    leaf_uuid: str
    text: str
    at: str
