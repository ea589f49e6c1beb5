"""The files in which running Claude Code processes say which session they are in, and what they wait for."""

from typing import Annotated

from msgspec import Meta, Struct, field

from collector.lines.tolerant import fit, load
from collector.lines.when import from_unix_ms
from collector.sources.claude_spot import kept
from collector.sources.claude_wire import Id, Int, Path
from store.batch import Batch
from store.live_facts import Process

Pid = Annotated[int, Meta(gt=0, lt=2**31)]
WORDS_KEPT = 200


class Entry(Struct):
    pid: Pid | None = None
    session_id: Id | None = field(default=None, name="sessionId")
    cwd: Path | None = None
    started_ms: Int | None = field(default=None, name="startedAt")
    born: Id | None = field(default=None, name="procStart")
    version: Id | None = None
    kind: Id | None = None
    entrypoint: Id | None = None
    name: str | None = None
    status: Id | None = None
    waiting_for: str | None = field(default=None, name="waitingFor")
    status_ms: Int | None = field(default=None, name="statusUpdatedAt")
    updated_ms: Int | None = field(default=None, name="updatedAt")


def take_registry(content: bytes, out: Batch) -> None:
    """What one process says of itself now."""
    entry = fit(load(content), Entry)
    if entry.pid is None or not entry.session_id:
        raise ValueError("a process without a pid or a session")
    started_at = from_unix_ms(entry.started_ms)
    updated_at = from_unix_ms(entry.updated_ms) or started_at or ""
    out.processes.append(
        Process(
            entry.pid, entry.born or "", entry.session_id, started_at, entry.version, entry.kind, entry.entrypoint,
            _kept(entry.name), entry.cwd, entry.status, _kept(entry.waiting_for),
            from_unix_ms(entry.status_ms) or updated_at, updated_at,
        )
    )  # fmt: skip


def _kept(text: str | None) -> str | None:
    return None if text is None else kept(text, WORDS_KEPT)
