"""Where a line stands: what the parts of the Claude Code source pass to each other."""

from msgspec import Struct

from collector.lines.text import TEXTS
from collector.lines.threads import Threads
from collector.sources.claude_wire import Line
from store.batch import Batch
from store.facts import Message, Record, Run

ID_KEPT = 200
NUL_SHOWN = "\u2400"  # SQLite ends a text at its first NUL


class Carried(Struct):
    """What one line leaves for the next ones of its file, kept beside the cursor."""

    last_at: str = ""
    last_prompt_id: str = ""
    boundary: str = ""
    is_ours: bool | None = None
    version: str = ""
    branch: str = ""
    entrypoint: str = ""
    model: str = ""
    place: str = ""


class Spot:
    """One line, the run it belongs to, the record it becomes, and the batch its facts go to."""

    __slots__ = (
        "at", "file_session", "generation_id", "line", "out", "record", "run", "state", "threads", "told_at",
        "told_run", "told_setting",
    )  # fmt: skip

    line: Line
    at: str | None
    run: Run
    record: Record
    out: Batch

    def __init__(self, generation_id: int, file_session: str, state: Carried, threads: Threads) -> None:
        self.generation_id, self.file_session, self.state, self.threads = generation_id, file_session, state, threads
        self.told_run: Run | None = None
        self.told_setting: tuple[str | None, ...] = ()
        self.told_at = ""

    @property
    def is_branch(self) -> bool:
        """Whether the line says itself that it is a copy."""
        return self.line.forked_from is not None

    @property
    def uuid(self) -> str:
        return self.record.uuid or f"@{self.mark}"

    @property
    def mark(self) -> str:
        """A stand-in for a missing id: the same for the same place of the same file, in any order of reading."""
        return f"{self.file_session}:{self.record.byte_offset}"

    @property
    def said_at(self) -> str:
        """The time of the line; for one without, that of the latest before it."""
        return self.at or self.state.last_at


def show(
    spot: Spot, kind: str, text: str, block: int = 0, message_id: str | None = None, status: int | None = None,
    duration_ms: int | None = None,
) -> None:  # fmt: skip
    """Something for the feed."""
    spot.out.messages.append(
        Message(
            spot.run.index, spot.uuid, block, spot.at or "", kind, kept(text) or None, len(text), message_id, status,
            duration_ms, spot.is_branch, spot.generation_id,
        )
    )  # fmt: skip


def kept(text: str, length: int | None = None) -> str:
    """As much of a text as is kept."""
    text = text[: TEXTS.get() if length is None else length]
    return text.replace("\0", NUL_SHOWN) if "\0" in text else text


def whole(value: float | None) -> int | None:
    """A number as milliseconds, if it can be some."""
    return int(value) if value is not None and abs(value) < 1e15 else None
