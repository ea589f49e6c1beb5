"""What agents' programs sent, read back: the reader of the lines that store/feed.py writes, whoever sent them."""

from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any

from msgspec import Raw, Struct, field
from msgspec.json import Decoder

from collector.lines.when import instant
from store.batch import Batch
from store.facts import Record


class Envelope(Struct):
    """A line of a feed: when it was sent, by what, from which process, and what."""

    at: str | None = None
    source: str | None = field(default=None, name="from")
    pid: int | None = None
    body: Raw = Raw(b"null")


class Heard:
    """One message, where it stands, and the batch its facts go to."""

    __slots__ = ("at", "body", "byte_offset", "generation_id", "key", "out", "pid")

    def __init__(self, envelope: Envelope, at: str, generation_id: int, byte_offset: int, out: Batch) -> None:
        self.at, self.pid, self.body, self.out = at, envelope.pid, bytes(envelope.body), out
        self.generation_id, self.byte_offset = generation_id, byte_offset
        # Who got no answer sends again, with the time of the first try: that is one message.
        told = f"{at} {envelope.source} ".encode()
        self.key = blake2b(told + self.body, digest_size=16).digest()


Taker = Callable[[Heard], str]
"""Adds what a message says to the batch, and gives the name of its kind. Who cannot understand it raises."""


class Feed:
    """The reader of one day of messages."""

    shape = Envelope
    decode = staticmethod(Decoder(Envelope).decode)
    version = ""
    foreign = ""

    def __init__(self, generation_id: int, takers: Mapping[str, Taker]) -> None:
        self._generation_id, self._takers = generation_id, takers

    def is_record(self, value: dict[str, Any]) -> bool:
        return "from" in value and "body" in value

    def carried(self) -> bytes:
        return b""

    def carry_on(self, carried: bytes) -> None:
        """No message leaves anything for the next."""

    def take(self, line: Envelope, byte_offset: int, length: int, out: Batch) -> Record:
        """Hand a message to whoever understands its kind."""
        at = instant(line.at)
        taker = self._takers.get(line.source or "")
        if at is None or taker is None:
            raise ValueError(
                f"a message from {(line.source or 'nobody')[:40]} is not known" if at else "without a time"
            )
        kind = taker(Heard(line, at, self._generation_id, byte_offset, out))
        return Record(self._generation_id, byte_offset, length, f"{line.source}/{kind}", at)
