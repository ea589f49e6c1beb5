"""Which thread a record belongs to: follows parent links within one file to the prompt or root that began them."""

from collector.sources import Past

REMEMBERED = 50_000  # records; a rewind further back than that starts a thread of its own
RECENT = 64  # records: a line goes on from one of them nearly always


class Threads:
    """Record ids and the offset of the head of their thread, the latest ones only."""

    def __init__(self, past: Past) -> None:
        self._past: Past | None = past
        self._most = RECENT
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
        while found == -1 and self._recall():
            found = self._heads.get(uuid, -1)
        return None if found == -1 else found

    def knows(self, uuid: str) -> bool:
        """Whether a record of this file has this id."""
        while uuid not in self._heads and uuid not in self._older:
            if not self._recall():
                return False
        return True

    def head_id(self, head: int | None) -> str | None:
        """The id of the record that began a thread."""
        if head is None:
            return None
        while head not in self._names and self._recall():
            pass
        return self._names.get(head)

    def _recall(self) -> bool:
        """Read what was recorded of this file before: only when a parent is not among what was just read.

        The latest records first: of a file that grows, all of them would be read anew for each line. Says if it read.
        """
        past, most = self._past, self._most
        if past is None:
            return False
        recent, count = self._heads, 0
        self._heads = {}
        for uuid, byte_offset, head in past(most):
            count += 1
            self._heads[uuid] = head
            if head == byte_offset:
                self._names[byte_offset] = uuid
        self._heads.update(recent)
        self._most = REMEMBERED
        if most == REMEMBERED or count < most:
            self._past = None  # that was all
        return True
