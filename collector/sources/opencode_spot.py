"""Where the reading of OpenCode's rows stands: a row, the message it is about, and whether that is a copy."""

from collector.lines.teller import Teller
from collector.lines.text import digest
from collector.sources.opencode_wire import Line
from store.batch import Batch
from store.facts import Record

WRAP_MS = 1 << 36  # an id holds the lowest bits of its time
COPIED_MS = 2000  # an id that much later than what it names was given to a copy


class Spot(Teller):
    """One row. A session that another one started is a subagent's."""

    __slots__ = ("line", "natural")

    def __init__(self, generation_id: int, line: Line, record: Record, out: Batch) -> None:
        run = out.run(line.session, "main", "subagent" if line.parent else "main")
        super().__init__(generation_id, out, run, record)
        self.line, self.natural = line, ""
        out.files.add((run.session.index, generation_id))

    @property
    def id(self) -> str:
        """The same for a message and its copies."""
        return self.natural

    @property
    def is_subagent(self) -> bool:
        return bool(self.line.parent)

    def place(self, message_id: str | None, created: float) -> None:
        """Which message this is about."""
        self.is_branch = is_copy(message_id, created)
        self.natural = self.natural_of(created)

    def natural_of(self, created: float, provider: str | None = None, model: str | None = None) -> str:
        """What names a message in every copy of it: a prompt, or an answer of a model."""
        if not provider and not model:
            return f"{created:.0f}"
        return f"{created:.0f}-{digest(provider or '', model or '')[:8]}"

    def tell_time(self) -> None:
        """The session reaches to this row; a copy says nothing of that."""
        if not self.is_branch:
            self.pass_time()

    def stand(self, cwd: str, at: str | None) -> None:
        """A folder of the session; the earliest is where it was started."""
        session, since = self.run.session, at or "7"
        if not session.cwd or since < session.cwd_at:
            session.cwd, session.cwd_at = cwd, since


def is_copy(message_id: str | None, created: float) -> bool:
    """Whether a message got its id long after it was created."""
    time = made_ms(message_id)
    return time is not None and COPIED_MS < (time - int(created)) % WRAP_MS < WRAP_MS // 2


def recalled_ms(message_id: str | None, said_at: float | None) -> float | None:
    """When a message was created, by its id and the time of something later that was said of it."""
    time = made_ms(message_id)
    if time is None or said_at is None:
        return None
    return int(said_at) - (int(said_at) - time) % WRAP_MS


def made_ms(id_: str | None) -> int | None:
    """When an id was made, as far as it says: milliseconds, without their highest bits."""
    digits = (id_ or "").partition("_")[2][:12]
    try:
        return int(digits, 16) >> 12 if len(digits) == 12 else None
    except ValueError:
        return None
