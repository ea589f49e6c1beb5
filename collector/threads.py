"""Which thread a record belongs to: follows parent links within one file to the prompt or root that began them."""

from collections.abc import Callable, Iterable

REMEMBERED = 50_000  # records; a rewind further back than that starts a thread of its own


class Threads:
    """Record ids and the offset of the head of their thread, the latest ones only."""

    def __init__(self, past: Callable[[], Iterable[tuple[str, int, int | None]]]) -> None:
        self._past: Callable[[], Iterable[tuple[str, int, int | None]]] | None = past
        self._heads: dict[str, int | None] = {}
        self._older: dict[str, int | None] = {}
        self._names: dict[int, str] = {}

    def place(self, uuid: str | None, byte_offset: int, parent: str | None, begins: bool) -> int | None:
        """The head of a new record, which is remembered for its children."""
        if begins:
            head = byte_offset
        else:
            head = self._heads.get(parent, -1) if parent is not None else None
            if head == -1:
                head = self.head_of(parent)
        if uuid is not None:
            if begins:
                self._names[byte_offset] = uuid
            self._heads[uuid] = head
            if len(self._heads) > REMEMBERED:
                self._older, self._heads = self._heads, {}
        return head

    def head_of(self, uuid: str | None) -> int | None:
        """The head of the thread of an earlier record."""
        if uuid is None:
            return None
        found = self._heads.get(uuid, -1)
        if found == -1:
            found = self._older.get(uuid, -1)
        if found == -1 and self._past is not None:
            self._recall()
            found = self._heads.get(uuid, -1)
        return None if found == -1 else found

    def head_id(self, head: int | None) -> str | None:
        """The id of the record that began a thread."""
        if head is None:
            return None
        if head not in self._names and self._past is not None:
            self._recall()
        return self._names.get(head)

    def _recall(self) -> None:
        """Read what was recorded of this file before: only when a parent is not among what was just read."""
        past, self._past = self._past, None
        if past is None:
            return
        recent = self._heads
        self._heads = {}
        for uuid, byte_offset, head in past():
            self._heads[uuid] = head
            if head == byte_offset:
                self._names[byte_offset] = uuid
        self._heads.update(recent)
