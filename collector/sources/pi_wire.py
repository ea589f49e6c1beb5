"""The shape of a Pi entry: only the fields that are read, each optional, all else skipped by the decoder."""

from msgspec import Raw, Struct, field
from msgspec.json import Decoder

from collector.lines.asked import Asked
from collector.lines.parts import Id, Int


class Cost(Struct, gc=False):
    total: float | None = None


class Usage(Struct, gc=False):
    input: Int | None = None
    output: Int | None = None
    cached: Int | None = field(default=None, name="cacheRead")
    written: Int | None = field(default=None, name="cacheWrite")
    hour: Int | None = field(default=None, name="cacheWrite1h")
    reasoning: Int | None = None
    reasoning_tokens: Int | None = field(default=None, name="reasoningTokens")
    cost: Cost | None = None


class Block(Struct, gc=False):
    type: Id | None = None
    text: str | None = None
    thinking: str | None = None
    id: Id | None = None
    name: Id | None = None
    arguments: Asked | None = None


class Details(Struct, gc=False):
    diff: str | None = None


Content = str | list[Block] | None


class Message(Struct, gc=False):
    role: Id | None = None
    content: Content = None
    model: Id | None = None
    usage: Usage | None = None
    stop_reason: Id | None = field(default=None, name="stopReason")
    error: str | None = field(default=None, name="errorMessage")
    response_id: Id | None = field(default=None, name="responseId")
    sent: float | None = field(default=None, name="timestamp")
    call_id: Id | None = field(default=None, name="toolCallId")
    is_error: bool | None = field(default=None, name="isError")
    details: Details | str | list[Raw] | None = None
    command: str | None = None
    code: str | None = None


class Entry(Struct, gc=False):
    type: Id | None = None
    id: Id | None = None
    parent: Id | None = field(default=None, name="parentId")
    at: Id | None = field(default=None, name="timestamp")
    updated: Id | None = field(default=None, name="updatedAt")
    message: Message | None = None
    cwd: str | None = None
    parent_session: str | None = field(default=None, name="parentSession")
    branched_from: str | None = field(default=None, name="branchedFrom")
    title: str | None = None
    title_source: Id | None = field(default=None, name="titleSource")
    source: Id | None = None
    name: str | None = None
    model_id: Id | None = field(default=None, name="modelId")
    model: Id | None = None
    mode: Id | None = None
    summary: str | None = None
    before: Int | None = field(default=None, name="tokensBefore")
    usage: Usage | None = None
    content: Content = None
    display: bool | None = None


decode_entry = Decoder(Entry).decode
