"""Where a reader stands, and how it says what a line says: facts with their place filled in."""

from collector.lines.asked import NAME_KEPT, Asked, lines_written, path_of, target_of
from collector.lines.text import kept
from store.batch import Batch
from store.facts import TEXT_KEPT, Compaction, Message, Prompt, Record, Response, Run, Tokens, ToolCall, Touch, Word

MOST_TOKENS = 10**12  # more than any answer has, and few enough that no sum of them overflows
TRANSCRIPT = "transcript"
ENDED = "completed"  # why an answer ended, where the agent only says that it did


class Teller:
    """One line, the run it belongs to, the record it becomes, and the batch its facts go to."""

    __slots__ = ("generation_id", "is_branch", "out", "record", "run")

    def __init__(self, generation_id: int, out: Batch, run: Run, record: Record, is_branch: bool = False) -> None:
        self.generation_id = generation_id
        self.out = out
        self.run = run
        self.record = record
        self.is_branch = is_branch

    @property
    def at(self) -> str:
        return self.record.at or ""

    @property
    def id(self) -> str:
        """The id of the line; for one without, its place in the session, the same in any order of reading."""
        return self.record.uuid or f"@{self.run.session.session_id}:{self.record.byte_offset}"

    def pass_time(self, at: str | None = None) -> None:
        """The session and the run reach to this line."""
        at = at or self.at
        for one in (self.run.session, self.run) if self.run.run_id != "main" else (self.run.session,):
            if at > one.last_at:
                one.last_at = at
            if at and (not one.first_at or at < one.first_at):
                one.first_at = at
        self.out.files.add((self.run.session.index, self.generation_id))

    def stand_in(self, cwd: str, branch: str | None = None) -> None:
        """Where the session was started: its earliest folder, the main thread's before a subagent's."""
        session = self.run.session
        since = (self.at or "7") if self.run.run_id == "main" else f"8{self.at}"
        if not session.cwd or since < session.cwd_at:
            session.cwd, session.cwd_at = cwd, since
        if branch:
            self.out.branches.add((cwd, branch))

    def say(self, name: str, value: str | None, length: int = TEXT_KEPT) -> None:
        """A word of the session; the last one of a file wins, and of several files the latest."""
        if value:
            self.out.say(Word(self.run.session.index, name, kept(value, length), self.at, self.record.byte_offset))

    def ask(self, kind: str, text: str, images: int = 0, previous: str | None = None) -> None:
        """A human turn, or what came in its place."""
        self.out.prompts.append(
            Prompt(
                self.run.index, self.id, self.at, kind, kept(text), len(text), images, previous, self.is_branch,
                self.generation_id, self.record.byte_offset,
            )
        )  # fmt: skip

    def show(
        self, kind: str, text: str, block: int = 0, message_id: str | None = None, chars: int | None = None,
        status: int | None = None,
    ) -> None:  # fmt: skip
        """Something for the feed."""
        self.out.messages.append(
            Message(
                self.run.index, self.id, block, self.at, kind, kept(text) or None,
                len(text) if chars is None else chars, message_id, status, None, self.is_branch, self.generation_id,
            )
        )  # fmt: skip

    def think(self, chars: int, block: int, message_id: str | None) -> None:
        """A thought: its size, not its words."""
        self.show("thinking", "", block, message_id, chars)

    def answer(
        self, message_id: str, request_id: str, tokens: Tokens, stop_reason: str | None = ENDED,
        prompt_id: str | None = None, branch: str | None = None, reported_usd_micros: int | None = None,
        run: Run | None = None,
    ) -> None:  # fmt: skip
        """A billed answer. No stop_reason: its end was never written."""
        if "\0" in message_id or "\0" in request_id:
            raise ValueError("a NUL in an id")  # SQLite ends a text there; the slow way replaces it
        run, at, generation_id, place = run or self.run, self.record.at, self.generation_id, self.record.byte_offset
        self.out.add_response(
            Response(
                run.index, self.out.agent, message_id, request_id, 0, run.kind, prompt_id, branch, at, at, *tokens,
                reported_usd_micros, stop_reason, TRANSCRIPT, self.is_branch, False, generation_id, place, at or "",
                generation_id, place,
            ),
            run,
        )  # fmt: skip

    def call(self, call_id: str) -> ToolCall:
        """The call of this id, whether its start or its end is seen first."""
        return self.out.tool_call(call_id, self.run, self.generation_id, self.is_branch)

    def call_begins(self, call_id: str, name: str | None, asked: Asked | None, message_id: str | None) -> ToolCall:
        """A tool call begins."""
        call = self.call(call_id)
        call.name, call.target, call.message_id = (name or "unknown")[:NAME_KEPT], target_of(asked), message_id
        call.started_at, call.run = self.record.at, self.run.index
        return call

    def touch(self, call_id: str, action: str | None, asked: Asked | None) -> str | None:
        """The file that a call reads, edits or writes, from its start on; gives its path."""
        path = path_of(asked) if action else None
        if action and path:
            self.changed(call_id, path, action, lines_written(asked) if action == "write" else None, None)
        return path

    def changed(self, call_id: str, path: str, action: str, added: int | None, removed: int | None) -> None:
        """A file that a call touched, and how much of it."""
        self.out.touch(Touch(self.run.index, call_id, path, action, added, removed), self.run)

    def compact(
        self, id_: str, reason: str | None = None, before: int | None = None, after: int | None = None,
        summary_chars: int | None = None,
    ) -> None:  # fmt: skip
        """A context made smaller."""
        self.out.compactions.append(
            Compaction(
                self.run.index, id_, "full", self.record.at, self.is_branch, self.generation_id, reason, before, after,
                None, summary_chars,
            )
        )  # fmt: skip


def tokens(
    model: str | None, fresh: int, cached: int, output: int, reasoning: int = 0, written: int = 0, hour: int = 0
) -> Tokens:
    """The tokens of an answer: fresh excludes what was cached or written; hour is a part of what was written."""
    hour = min(hour, written)
    return model or "unknown", "standard", fresh, cached, written - hour, hour, output, reasoning, 0


def amount(value: int | None, name: str) -> int:
    """A number of tokens that must be there: a renamed field is no zero."""
    if value is None or not 0 <= value <= MOST_TOKENS:
        raise ValueError(f"usage without {name}")
    return value


def usd_micros(usd: float | None) -> int | None:
    """What the agent itself says an answer cost, in millionths of a dollar."""
    return round(usd * 1e6) if usd is not None and 0 <= usd < 1e9 else None
