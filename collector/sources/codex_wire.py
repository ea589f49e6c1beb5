"""The shape of a Codex rollout line: only the fields that are read, each optional, all else skipped by the decoder.

The oldest rollouts have no envelope: there a line is itself what later ones carry as their payload.
"""

from typing import Annotated, Any

from msgspec import UNSET, DecodeError, Meta, Raw, Struct, UnsetType, field
from msgspec.json import Decoder

from collector.lines.tolerant import fit, load

# Ids, names and numbers beyond these are none of theirs: the slow way leaves such a field out.
Id = Annotated[str, Meta(max_length=300)]
Path = Annotated[str, Meta(max_length=4096)]
Int = Annotated[int, Meta(ge=-(2**53), le=2**53)]
Tokens = Annotated[int, Meta(ge=0, le=2**53)]


class Usage(Struct, gc=False):
    """Tokens as the API tells them: what a cache gave is inside input, reasoning inside output."""

    input: Tokens | None = field(default=None, name="input_tokens")
    cached: Tokens | None = field(default=None, name="cached_input_tokens")
    output: Tokens | None = field(default=None, name="output_tokens")
    reasoning: Tokens | None = field(default=None, name="reasoning_output_tokens")
    written: Tokens | None = field(default=None, name="cache_write_input_tokens")
    total: Tokens | None = field(default=None, name="total_tokens")


class Info(Struct, gc=False):
    total: Usage | None = field(default=None, name="total_token_usage")
    last: Usage | None = field(default=None, name="last_token_usage")
    window: Int | None = field(default=None, name="model_context_window")


class Window(Struct, gc=False):
    """One window of a plan's limit: how much of it is used, and when it begins anew."""

    used_percent: float | None = None
    window_minutes: Int | None = None
    resets_at: float | None = None
    reset_at: float | None = None
    resets_in_seconds: float | None = None


class Limits(Struct, gc=False):
    limit_id: Id | None = None
    primary: Window | None = None
    secondary: Window | None = None
    plan_type: Id | None = None
    # as they were told before the windows were things of their own
    primary_used_percent: float | None = None
    primary_window_minutes: Int | None = None
    secondary_used_percent: float | None = None
    secondary_window_minutes: Int | None = None


class Duration(Struct, gc=False):
    secs: Int | None = None
    nanos: Int | None = None


class Change(Struct, gc=False):
    """What became of one file in a patch."""

    type: Id | None = None
    unified_diff: str | None = None
    content: str | None = None
    move_path: Path | None = None


class Block(Struct, gc=False):
    type: Id | None = None
    text: str | None = None


class Action(Struct, gc=False):
    """What a call of the model's own tools asked for: a search of the web, a page, a command."""

    type: Any = None
    query: Any = None
    queries: Any = None
    url: Any = None
    pattern: Any = None
    command: Any = None


class Item(Struct, gc=False):
    """Something that a turn finished, as the paginated rollouts tell it."""

    type: Id | None = None
    id: Id | None = None
    content: list[Block] | None = None
    summary_text: list[str] | None = None
    raw_content: list[str] | None = None
    command: Any = None
    status: Any = None
    exit_code: Int | None = None
    duration: Duration | None = None
    changes: dict[str, Change] | None = None
    receiver_thread_ids: list[Id] | None = None
    result: Raw = Raw()


class Settings(Struct, gc=False):
    service_tier: Id | None = None
    reasoning_effort: Id | None = None


class Git(Struct, gc=False):
    branch: Id | None = None


class Payload(Struct, gc=False):
    type: Id | None = None
    timestamp: Id | None = None
    # a session
    id: Id | None = None
    forked_from_id: Id | None = None
    history_mode: Id | None = None
    history_base: Raw = Raw()
    parent_thread_id: Id | None = None
    cwd: Path | None = None
    originator: Id | None = None
    cli_version: Id | None = None
    source: Any = None
    thread_source: Id | None = None
    agent_nickname: Id | None = None
    agent_role: Id | None = None
    git: Git | None = None
    model: Id | None = None
    thread_name: str | None = None
    instructions: Raw = Raw()
    # a turn
    turn_id: Id | None = None
    effort: Id | None = None
    duration_ms: float | None = None
    time_to_first_token_ms: float | None = None
    model_context_window: Int | None = None
    reason: Id | None = None
    error: Any = None
    message: Any = None
    thread_settings: Settings | None = None
    num_turns: Int | None = None
    # what was billed
    usage: Usage | None = None
    response_id: Id | None = None
    thread_id: Id | None = None
    thread_token_usage: Usage | None = None
    info: Info | UnsetType | None = UNSET
    rate_limits: Raw = Raw()
    # what was said and done
    role: Id | None = None
    content: Raw = Raw()
    text: str | None = None
    images: list[Raw] | None = None
    local_images: list[Raw] | None = None
    name: Id | None = None
    call_id: Id | None = None
    arguments: Any = None
    input: Any = None
    output: Raw = Raw()
    action: Action | None = None
    item: Item | None = None
    changes: dict[str, Change] | None = None
    success: bool | None = None
    result: Raw = Raw()
    exit_code: Int | None = None
    duration: Duration | None = None
    new_thread_id: Id | None = None
    function: Any = None


class Envelope(Struct, gc=False):
    """A line of all but the oldest."""

    timestamp: Id | None = None
    type: Id | None = None
    payload: Payload | None = None
    # of other programs, whose files may lie here too
    session_id: Id | None = field(default=None, name="sessionId")
    uuid: Id | None = None


class Line(Payload, gc=False):
    """A line of any, with an envelope or without."""

    payload: Payload | None = None
    record_type: Id | None = None
    session_id: Id | None = field(default=None, name="sessionId")
    uuid: Id | None = None


class Arguments(Struct, gc=False):
    """What a tool was asked, as far as it names its target. Tools of other servers use these names for anything."""

    cmd: Any = None
    command: Any = None
    path: Any = None
    file_path: Any = None
    query: Any = None
    pattern: Any = None
    url: Any = None
    message: Any = None
    input: Any = None
    patch: Any = None
    workdir: Any = None
    session_id: Any = None


class ThreadName(Struct, gc=False):
    """A line of the index of names that users gave their threads."""

    id: Id | None = None
    name: str | None = field(default=None, name="thread_name")
    at: Id | None = field(default=None, name="updated_at")


_decode_envelope = Decoder(Envelope).decode
_decode_line = Decoder(Line).decode
_decode_said = Decoder(list[Block] | str | None).decode
_decode_limits = Decoder(Limits).decode
decode_name = Decoder(ThreadName).decode
decode_arguments = Decoder(Arguments).decode


def decode_line(line: bytes | memoryview) -> Envelope | Line:
    """A line; what has no envelope is decoded again, for the fields that are its own then."""
    found = _decode_envelope(line)
    return found if found.payload is not None else _decode_line(line)


def decode_said(raw: Raw) -> list[Block] | str | None:
    """What a message says, which is looked at in old rollouts only."""
    if not len(raw):
        return None
    try:
        return _decode_said(raw)
    except DecodeError:
        return fit({"content": _load(raw)}, Item).content


def decode_limits(raw: Raw) -> Limits:
    try:
        return _decode_limits(raw)
    except DecodeError:
        return fit(_load(raw), Limits)


def _load(raw: Raw) -> Any:
    """What a part of a line holds: the whole of which was decoded, so it is some JSON."""
    return load(b'{"it":' + bytes(raw) + b"}")["it"]
