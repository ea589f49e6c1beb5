"""A file is what its bytes say: whatever happens to it between two looks, no byte is taken for another's.

Two things are compared at each look, the beginning and what stands before the cursor. The tests shorten both to eight
bytes and write text in which no eight bytes occur twice, so that the model knows what must be noticed.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from collector.files import look, tail
from tests.collector.examples import SETTINGS
from tests.collector.recorded import record, rows

LENGTH = 8
QUICK = (Phase.generate,)  # a mutant only has to fail; the smallest way to fail is of no use


class Machine(RuleBasedStateMachine):
    """One file that anything may happen to, and a model that knows its bytes."""

    fresh: Callable[[], Path]

    @initialize()
    def begin(self) -> None:
        self.place = self.fresh()
        self.home, self.user = self.place / "home", self.place / "user"
        self.folder = self.user / ".claude" / "projects" / "p"
        self.path = self.folder / "f0.jsonl"
        self.path.touch()
        self.tokens = self.names = 0
        # What is known: the generations of the source that the path leads to, the bytes that each consumed.
        self.inode = 0
        self.consumed: list[bytes] = []
        self.known_path: Path | None = None

    def token(self) -> bytes:
        self.tokens += 1
        return b"%07d" % self.tokens

    def lines(self, count: int) -> bytes:
        return b"".join(self.token() + b"\n" for _ in range(count))

    def text(self, length: int) -> bytes:
        return self.lines(length // LENGTH + 1)[:length]

    def write(self, content: bytes, mode: str = "wb") -> None:
        with open(self.path, mode) as file:
            file.write(content)

    @rule(count=st.integers(1, 4))
    def append_lines(self, count: int) -> None:
        self.write(self.lines(count), "ab")

    @rule(content=st.text('a{"}\n\u2028ü\0', max_size=2))
    def append_bytes(self, content: str) -> None:
        self.write(content.encode() + self.token(), "ab")

    @rule(part=st.floats(0, 1))
    def truncate(self, part: float) -> None:
        os.truncate(self.path, int(self.path.stat().st_size * part))

    @rule()
    def rewrite_in_place(self) -> None:
        self.write(self.text(self.path.stat().st_size), "r+b")

    @rule(part=st.floats(0, 1), more=st.integers(0, 30))
    def rewrite_keeping_the_beginning(self, part: float, more: int) -> None:
        content = self.path.read_bytes()
        kept = int(len(content) * part)
        self.write(content[:kept] + self.text(len(content) - kept + more), "r+b")

    @rule(part=st.floats(0, 1))
    def rewrite_keeping_the_end(self, part: float) -> None:
        content = self.path.read_bytes()
        changed = min(len(content), max(LENGTH, int(len(content) * part)))
        self.write(self.text(changed) + content[changed:], "r+b")

    @rule(count=st.integers(0, 4))
    def replace_by_rename(self, count: int) -> None:
        other = self.folder / "writing.tmp"
        other.write_bytes(self.lines(count))
        os.replace(other, self.path)

    @rule()
    def rename(self) -> None:
        self.names += 1
        self.path = self.path.rename(self.folder / f"f{self.names}.jsonl")

    @rule(count=st.integers(0, 4))
    def delete_and_make_again(self, count: int) -> None:
        self.path.unlink()
        self.write(self.lines(count))

    @rule()
    def look(self) -> None:
        content, inode = self.path.read_bytes(), self.path.stat().st_ino
        before = self.consumed[-1] if self.consumed else b""
        size = min(LENGTH, len(before))
        is_same = not before or (
            inode == self.inode
            and len(content) >= len(before)
            and content[:size] == before[:size]
            and content[len(before) - size : len(before)] == before[len(before) - size :]
        )
        if self.known_path is not None and self.known_path != self.path and (not before or not is_same):
            self.consumed = []  # another name and no proof that it is the same file: a source of its own
        elif not is_same:
            self.consumed.append(b"")
        if not self.consumed:
            self.consumed = [b""]
        self.consumed[-1] = content[: content.rfind(b"\n") + 1]
        self.inode, self.known_path = inode, self.path
        record(self.home, self.user)
        self.check()

    @precondition(lambda self: self.known_path is not None)
    @rule()
    def look_again(self) -> None:
        self.look()

    def check(self) -> None:
        """Every generation holds the bytes it consumed; only the last one is live."""
        path = str(self.path)
        found = rows(self.home, "select generation, state, cursor_bytes from sources where path = ?", (path,))
        assert found == [(len(self.consumed), "read", len(self.consumed[-1]))]
        for number, content in enumerate(self.consumed, 1):
            expected = bytearray(content)
            for byte_offset, length, is_superseded, excerpt in rows(
                self.home,
                "select byte_offset, length, is_superseded, excerpt from rejects where path = ? and generation = ?",
                (path, number),
            ):
                assert is_superseded == (number < len(self.consumed))
                line = expected[byte_offset : byte_offset + length]
                assert bytes(line) in (excerpt, excerpt + b"\n")
                expected[byte_offset : byte_offset + length] = bytes(length)
            assert not expected.strip(b"\0 \t\n\r\v\f")  # what is left was blank


WAYS: tuple[Callable[[Machine], None], ...] = (
    lambda file: file.rewrite_in_place(),
    lambda file: file.rewrite_keeping_the_beginning(0.5, 9),
    lambda file: file.rewrite_keeping_the_end(0.3),
)
"""What is tried before chance is: a file of the same size, of the same beginning, of the same end."""


def check_c5(examples: int, steps: int, fresh: Callable[[], Path], phases: tuple[Phase, ...] = tuple(Phase)) -> None:
    """Any number of changes in any order, with looks between them."""
    machine = type("Machine", (Machine,), {"fresh": staticmethod(fresh)})
    for change in WAYS:
        file = machine()
        file.begin()
        file.append_lines(4)
        file.look()
        change(file)
        file.look()
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, derandomize=True, print_blob=False, phases=phases,
            **SETTINGS,
        ),
    )  # fmt: skip


@pytest.fixture
def fresh(places: "object", monkeypatch: pytest.MonkeyPatch) -> Callable[[], Path]:
    """Places to work in, and fingerprints short enough to be met by chance if they were not looked at."""
    monkeypatch.setattr(tail, "FINGERPRINT", LENGTH)
    return lambda: next(places)  # pyright: ignore[reportArgumentType] - a fixture of the folder above


@pytest.mark.promise("C5")
@pytest.mark.promise("C8")
@pytest.mark.promise("C22")
def test_C5_no_byte_is_taken_for_another(fresh: Callable[[], Path]) -> None:
    check_c5(30, 25, fresh)


@pytest.mark.full
@pytest.mark.promise("C5")
def test_C5_no_byte_is_taken_for_another_for_long(fresh: Callable[[], Path]) -> None:
    check_c5(500, 40, fresh)


def without_the_beginning(self: tail.Tail, head: bytes, end: bytes) -> bool:
    return HOLDS(self, tail.fingerprint(self._read(self.descriptor, min(LENGTH, self.cursor), 0)), end)


def without_the_end(self: tail.Tail, head: bytes, end: bytes) -> bool:
    size = min(LENGTH, self.cursor)
    return HOLDS(self, head, tail.fingerprint(self._read(self.descriptor, size, self.cursor - size)))


HOLDS = tail.Tail.holds


@pytest.mark.mutant("C5")
@pytest.mark.parametrize("holds", [without_the_beginning, without_the_end])
def test_C5_fails_without_a_hash(
    holds: Callable[..., bool], fresh: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail.Tail, "holds", holds)
    with pytest.raises(AssertionError):
        check_c5(200, 25, fresh, QUICK)


@pytest.mark.mutant("C5")
def test_C5_fails_when_only_the_size_is_looked_at(fresh: Callable[[], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def has_news(_self: look.Look, known: look.Known, seen: look.Seen) -> bool:
        return (known.inode, known.size) != (seen.inode, seen.size)

    monkeypatch.setattr(look.Look, "_has_news", has_news)
    # Whether a new file gets the old one's inode is the disk's choice, so a failure need not come twice.
    with pytest.raises((AssertionError, Flaky)):
        check_c5(200, 25, fresh, QUICK)


@pytest.mark.mutant("C8")
def test_C8_fails_when_a_cursor_runs_ahead(fresh: Callable[[], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    remember = tail.Tail._remember

    def ahead(self: tail.Tail, lines: list[bytes]) -> None:
        remember(self, lines)
        self.cursor += bool(self.rest)

    monkeypatch.setattr(tail.Tail, "_remember", ahead)
    with pytest.raises(AssertionError):
        check_c5(20, 20, fresh, QUICK)
