"""The shapes of OpenCode's rows and events, as far as they are read."""

from contextlib import suppress
from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct

from collector.lines.tolerant import fit, load

T = TypeVar("T", bound=Struct)
NUL = b"\\u0000"


class Line(Struct, gc=False):
    """A row of the log or of a table. message_at, role and the like are those of the message that a part belongs to,
    and of the prompt that a message answers."""

    id: str | None = None
    type: str = ""
    session: str = ""
    parent: str | None = None
    own_id: str | None = None
    message_id: str | None = None
    at: float | None = None
    message_at: float | None = None
    role: str | None = None
    provider: str | None = None
    model: str | None = None
    is_summary: int | None = None
    data: Raw = Raw(b"null")


class Times(Struct, frozen=True, gc=False):
    created: float | None = None
    updated: float | None = None
    completed: float | None = None
    start: float | None = None
    end: float | None = None


class SessionInfo(Struct, frozen=True, gc=False, rename={"parent_id": "parentID"}):
    id: str | None = None
    parent_id: str | None = None
    directory: str | None = None
    title: str | None = None
    version: str | None = None
    time: Times | None = None


class SessionEvent(Struct, gc=False):
    info: SessionInfo = SessionInfo()


class Cache(Struct, frozen=True, gc=False):
    read: float | None = None
    write: float | None = None


class Tokens(Struct, gc=False):
    """input excludes the cache, output excludes reasoning."""

    input: float | None = None
    output: float | None = None
    reasoning: float | None = None
    cache: Cache = Cache()


class ErrorData(Struct, frozen=True, gc=False, rename={"status": "statusCode"}):
    message: str | None = None
    status: int | None = None


class Error(Struct, gc=False):
    name: str = ""
    data: ErrorData = ErrorData()


class Path(Struct, gc=False):
    cwd: str | None = None


class MessageInfo(
    Struct,
    frozen=True,
    gc=False,
    rename={"provider_id": "providerID", "model_id": "modelID", "session_id": "sessionID"},
):
    id: str | None = None
    session_id: str | None = None
    role: str | None = None
    time: Times = Times()
    provider_id: str | None = None
    model_id: str | None = None
    path: Path | None = None
    cost: float | None = None
    tokens: Tokens | None = None
    finish: str | None = None
    error: Error | None = None


class MessageEvent(Struct, gc=False):
    info: MessageInfo = MessageInfo()


class State(Struct, gc=False):
    """How a tool call stands."""

    status: str | None = None
    input: dict[str, Any] | None = None
    output: str | None = None
    error: str | None = None
    metadata: dict[str, Any] | None = None
    time: Times | None = None


class Part(Struct, frozen=True, gc=False, rename={"message_id": "messageID", "call_id": "callID"}):
    id: str | None = None
    message_id: str | None = None
    type: str = ""
    text: str | None = None
    synthetic: bool | None = None
    ignored: bool | None = None
    time: Times | None = None
    call_id: str | None = None
    tool: str | None = None
    state: State | None = None
    attempt: float | None = None
    error: Error | None = None
    auto: bool | None = None


class PartEvent(Struct, gc=False):
    part: Part = Part()
    time: float | None = None


decode_line = msgspec.json.Decoder(Line).decode


def read(data: bytes | Raw, shape: type[T]) -> T:
    """The data of a row. A field of a wrong type is left out, a NUL replaced."""
    content = bytes(data)
    if NUL not in content:
        with suppress(msgspec.DecodeError):
            return msgspec.json.decode(content, type=shape)
    return fit(load(content), shape)
