"""Where a rollout line stands: what the parts of the Codex source pass to each other, and what they carry on."""

import re

from msgspec import Struct, field

from collector.lines.text import digest, kept
from collector.sources.codex_wire import Payload
from store.batch import Batch
from store.facts import Message, Prompt, Record, Run, Word

# Turns and threads are named by UUIDs, which are the same in every copy. Other names are made up when an old rollout
# is migrated ("rollout-3"): many files hold the same ones, and before the migration there were none.
IS_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch
IS_TIMED = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7").match
SAID_KEPT = 200
TENTATIVE_KEPT = 64
PENDING_KEPT = 64
FILES_KEPT = 64
TRAIL_KEPT = 100


class Patched(Struct, array_like=True):
    """A file that a patch asks to change."""

    path: str
    action: str
    added: int | None = None
    removed: int | None = None


class Pending(Struct, array_like=True):
    """A call that has no answer yet, and what its answer is awaited with."""

    patched: list[Patched] = field(default_factory=list[Patched])  # unless an event tells of the files
    process: str = ""  # it asks how this one goes on
    has_failed: bool = False  # says an event; the answer knows whether it was broken off


class Carried(Struct):
    """What one line leaves for the next ones of its file, kept beside the cursor."""

    is_ours: bool | None = None
    has_header: bool = False
    session_id: str = ""
    is_agent: bool = False
    agent_type: str = ""
    version: str = ""
    cwd: str = ""
    model: str = ""
    tier: str = "standard"
    effort: str = ""
    last_at: str = ""
    copied_at: str = ""  # when the history of the thread that this one was forked from was copied into it
    # the turn
    turn: str = ""
    is_old: bool | None = None  # the turn is older than the thread; None where their ids do not tell
    prompts: int = 0  # in this turn
    compactions: int = 0
    prompt_id: str = ""
    trail: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])  # turn and prompt, while not rewound
    said: dict[str, int] = field(default_factory=dict[str, int])
    # usage
    has_records: bool = False
    is_whole: bool = False  # its sums begin at nothing: what they hold at first is its own
    total: tuple[int, int, int, int, int, int] | None = None
    fill: int = 0  # tokens in the context
    full: int = 0  # the same before the latest estimate; 0 when an answer came since
    shrunk: str = ""  # a compaction of which the size afterwards is not known yet
    window: int = 0  # how long the context may be, as it was last told
    limits: dict[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])
    # what is told twice
    has_prompts: bool = False
    has_replies: bool = False
    tentative: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    # calls
    pending: dict[str, Pending | None] = field(default_factory=dict[str, Pending | None])
    broken_off: list[str] = field(default_factory=list[str])
    running: dict[str, str] = field(default_factory=dict[str, str])  # process → the call that began it
    script: str = ""  # the latest call of a script
    inside: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])  # file → lines it changed
    searches: int = 0  # of the web, by the answer that is not told yet


NOWHERE = Batch("", 0)


class Spot:
    """One line, the run it belongs to, the record it becomes, and the batch its facts go to."""

    __slots__ = ("at", "body", "generation_id", "limits", "out", "record", "run", "state")

    body: Payload
    at: str | None
    run: Run
    record: Record
    out: Batch
    state: Carried

    def __init__(self, generation_id: int) -> None:
        self.generation_id = generation_id
        self.out = NOWHERE
        self.limits = b""  # as the line before told them

    @property
    def is_copied(self) -> bool:
        """Whether the line belongs to a turn that is older than its thread: a fork copies such turns."""
        is_old = self.state.is_old
        return is_old if is_old is not None else bool(self.at) and self.at == self.state.copied_at

    @property
    def is_inherited(self) -> bool:
        """Whether the line was copied from the thread that began this one as its agent: nothing it did itself."""
        return self.state.is_agent and self.is_copied

    @property
    def said_at(self) -> str:
        """The time of the line; for one without, that of the latest before it."""
        return self.at or self.state.last_at

    @property
    def scope(self) -> str:
        """What makes a text that is said again another one: its turn, or, where turns have no names, its time."""
        return self.state.turn or f"{self.state.session_id} {self.at}"

    def name(self, kind: str, text: str) -> str:
        """An id for something said, the same in every copy of the file, before and after a migration."""
        said, id_ = self.state.said, digest(self.scope, kind, text)
        times = said.get(id_, 0)
        if len(said) < SAID_KEPT:
            said[id_] = times + 1
        return f"{id_}.{times}" if times else id_


def sound(id_: str) -> str:
    """An id as it is, if it can be one: SQLite ends a text at a NUL, which the slow way to read a line replaces."""
    if "\0" in id_:
        raise ValueError("a NUL in an id")
    return id_


def show(
    spot: Spot, kind: str, text: str, chars: int | None = None, status: int | None = None,
    duration_ms: int | None = None,
) -> None:  # fmt: skip
    """Something for the feed."""
    spot.out.messages.append(
        Message(
            spot.run.index, spot.name(kind, text), 0, spot.said_at, kind, kept(text) or None,
            len(text) if chars is None else chars, None, status, duration_ms, spot.is_copied, spot.generation_id,
        )
    )  # fmt: skip


def ask(spot: Spot, prompt_id: str, kind: str, text: str, images: int = 0, at: str | None = None) -> None:
    """A human turn, or what came in its place."""
    previous = spot.state.trail[-1][1] if kind == "prompt" and spot.state.trail else None
    spot.out.prompts.append(
        Prompt(
            spot.run.index, prompt_id, at or spot.said_at, kind, kept(text), len(text), images, previous,
            spot.is_copied, spot.generation_id, spot.record.byte_offset,
        )
    )  # fmt: skip


def say(spot: Spot, name: str, value: str) -> None:
    """A word of the session; the last one of a file wins, and of several files the latest."""
    spot.out.say(Word(spot.run.session.index, name, kept(value), spot.said_at, spot.record.byte_offset))


def enter_turn(spot: Spot, turn_id: str | None) -> None:
    """The turn that lines belong to from here on."""
    state = spot.state
    if turn_id and turn_id != state.turn and IS_UUID(turn_id):
        state.turn, state.prompts, state.compactions, state.said = turn_id, 0, 0, {}
        thread = state.session_id
        state.is_old = turn_id[:13] < thread[:13] if IS_TIMED(turn_id) and IS_TIMED(thread) else None


def settle_in(spot: Spot, cwd: str | None) -> None:
    """The folder that the thread works in; the first one is where it was started."""
    session, since = spot.run.session, spot.at or "7"
    if not cwd or spot.is_copied:
        return
    spot.state.cwd = cwd = kept(cwd)
    if not session.cwd or since < session.cwd_at:
        session.cwd, session.cwd_at = cwd, since
