"""The shape of a Qwen Code line: only the fields that are read, each optional, all else skipped by the decoder."""

from msgspec import Raw, Struct, field
from msgspec.json import Decoder

from collector.lines.parts import Id, Int, Part


class Used(Struct, gc=False):
    """What an answer used, in the words of the API."""

    input: Int | None = field(default=None, name="promptTokenCount")
    output: Int | None = field(default=None, name="candidatesTokenCount")
    cached: Int | None = field(default=None, name="cachedContentTokenCount")
    thoughts: Int | None = field(default=None, name="thoughtsTokenCount")
    total: Int | None = field(default=None, name="totalTokenCount")


class Event(Struct, gc=False):
    """What the program notes for its statistics."""

    name: Id | None = field(default=None, name="event.name")
    at: Id | None = field(default=None, name="event.timestamp")
    response_id: Id | None = None
    model: Id | None = None
    input: Int | None = field(default=None, name="input_token_count")
    output: Int | None = field(default=None, name="output_token_count")
    cached: Int | None = field(default=None, name="cached_content_token_count")
    thoughts: Int | None = field(default=None, name="thoughts_token_count")
    total: Int | None = field(default=None, name="total_token_count")
    subagent_id: Id | None = None
    error: str | None = None
    error_message: str | None = None


class Info(Struct, gc=False):
    before: Int | None = field(default=None, name="originalTokenCount")
    after: Int | None = field(default=None, name="newTokenCount")
    reason: Id | None = field(default=None, name="triggerReason")


class Payload(Struct, gc=False):
    event: Event | None = field(default=None, name="uiEvent")
    phase: Id | None = None
    command: str | None = field(default=None, name="rawCommand")
    shown: str | None = field(default=None, name="displayText")
    title: str | None = field(default=None, name="customTitle")
    title_source: Id | None = field(default=None, name="titleSource")
    model: Id | None = field(default=None, name="modelId")
    mode: Id | None = None
    info: Info | None = None


class Result(Struct, gc=False):
    call_id: Id | None = field(default=None, name="callId")
    status: Id | None = None
    display: Raw = field(default=Raw(), name="resultDisplay")


class Message(Struct, gc=False):
    parts: list[Part | str] | None = None


class Fork(Struct, gc=False):
    session_id: Id | None = field(default=None, name="sessionId")


class Line(Struct, gc=False):
    uuid: Id | None = None
    parent: Id | None = field(default=None, name="parentUuid")
    session_id: Id | None = field(default=None, name="sessionId")
    at: Id | None = field(default=None, name="timestamp")
    type: Id | None = None
    subtype: Id | None = None
    cwd: str | None = None
    version: Id | None = None
    branch: Id | None = field(default=None, name="gitBranch")
    model: Id | None = None
    message: Message | None = None
    used: Used | None = field(default=None, name="usageMetadata")
    payload: Payload | None = field(default=None, name="systemPayload")
    result: Result | None = field(default=None, name="toolCallResult")
    agent_id: Id | None = field(default=None, name="agentId")
    agent_name: Id | None = field(default=None, name="agentName")
    is_side: bool | None = field(default=None, name="isSidechain")
    fork: Fork | None = field(default=None, name="forkedFrom")


class Meta(Struct, gc=False):
    """The .meta.json beside a subagent's file."""

    agent_type: str | None = field(default=None, name="agentType")
    name: str | None = field(default=None, name="subagentName")
    description: str | None = None
    session_id: Id | None = field(default=None, name="parentSessionId")
    tool_use_id: Id | None = field(default=None, name="toolUseId")
    depth: Int | None = None


decode_line = Decoder(Line).decode
