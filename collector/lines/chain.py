"""The threads of a file whose lines name their parent: where each goes on from, also when the parent was lost."""

from collections.abc import Iterator

from collector.lines.threads import Threads
from collector.sources import Past, no_past


def full_id(id_: str | None, at: str | None) -> str | None:
    """An id that is short enough to come up twice, made into one that does not; its copies keep their time."""
    return f"{id_}@{at}" if id_ and at else id_ or (at and f"{at}@")


class Chain:
    """Threads by the ids that lines name, and prompts by their full ids, which are the same in every copy."""

    def __init__(self, past: Past, is_new: bool) -> None:
        self._past = past
        self._names: dict[str, str] = {}
        self._threads = Threads(no_past if is_new else self._recall)

    def place(
        self, id_: str | None, name: str | None, byte_offset: int, parent: str | None, begins: bool
    ) -> int | None:
        """The head of a new line, which is remembered for its children."""
        if begins and id_ and name:
            self._names[id_] = name
        return self._threads.place(id_, byte_offset, parent, begins)

    def parent(self, named: str | None, last: str) -> str | None:
        """What a line goes on from: its parent, or the line before it where that is not known (it was refused)."""
        return named if named is None or self._threads.head_of(named) is not None else last or None

    def knows(self, id_: str) -> bool:
        """Whether a line of this file has this id."""
        return self._threads.knows(id_)

    def prompt(self, head: int | None) -> str | None:
        """The full id of the prompt that began a thread."""
        id_ = self._threads.head_id(head)
        return None if id_ is None else self._names.get(id_, id_)

    def before(self, parent: str | None) -> str | None:
        """The prompt that the thread of a parent belongs to."""
        return self.prompt(self._threads.head_of(parent))

    def _recall(self, most: int) -> Iterator[tuple[str, int, int | None]]:
        for name, byte_offset, head in self._past(most):
            id_ = name.partition("@")[0]
            if head == byte_offset:
                self._names[id_] = name
            yield id_, byte_offset, head
