"""Where a rollout line stands: what the parts of the Codex source pass to each other, and what they carry on."""

import re

from msgspec import Struct, field

from collector.sources.codex_wire import Payload
from collector.text import digest, kept
from store.batch import Batch
from store.facts import Message, Prompt, Record, Run, Word

# Turns and threads are named by UUIDs, which are the same in every copy. Other names are made up when an old rollout
# is migrated ("rollout-3"): many files hold the same ones, and before the migration there were none.
IS_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch
IS_TIMED = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7").match
SAID_KEPT = 200
TENTATIVE_KEPT = 64
PENDING_KEPT = 16
TRAIL_KEPT = 100


class Patched(Struct, array_like=True):
    """A file that a patch asks to change."""

    path: str
    action: str
    added: int
    removed: int


class Carried(Struct):
    """What one line leaves for the next ones of its file, kept beside the cursor."""

    is_ours: bool | None = None
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
    prompts: int = 0  # in this turn
    compactions: int = 0
    prompt_id: str = ""
    trail: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])  # turn and prompt, while not rewound
    said: dict[str, int] = field(default_factory=dict[str, int])
    # usage
    has_records: bool = False
    total: tuple[int, ...] | None = None
    fill: int = 0  # tokens in the context
    window: int = 0
    shrunk: str = ""  # a compaction of which the size afterwards is not known yet
    limits: dict[str, tuple[float, str]] = field(default_factory=dict[str, tuple[float, str]])
    # what is told twice
    has_prompts: bool = False
    has_replies: bool = False
    tentative: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    patches: dict[str, list[Patched]] = field(default_factory=dict[str, list[Patched]])


class Spot:
    """One line, the run it belongs to, the record it becomes, and the batch its facts go to."""

    __slots__ = ("at", "body", "generation_id", "out", "record", "run", "state")

    body: Payload
    at: str | None
    run: Run
    record: Record
    out: Batch
    state: Carried

    def __init__(self, generation_id: int) -> None:
        self.generation_id = generation_id

    @property
    def is_copied(self) -> bool:
        """Whether the line belongs to a turn that is older than its thread: a fork copies such turns."""
        turn, thread = self.state.turn, self.state.session_id
        if turn and IS_TIMED(turn) and IS_TIMED(thread):
            return turn[:13] < thread[:13]  # these ids begin with their time
        return bool(self.at) and self.at == self.state.copied_at

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
