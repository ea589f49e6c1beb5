"""However the bytes arrive, the rows are the same; and a line is a record only when its newline is there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.files import tail
from collector.lines import threads
from tests.collector.examples import SETTINGS
from tests.collector.recorded import check_same, record, refused, rows, source, views
from tests.collector.transcript import SESSION, answer, line, prompt

CHUNKS = [
    prompt(1, "größer 🚀 \u2028 als"), answer(1, "erst 日本", output=1, stop=None), answer(1, "dann", output=9),
    prompt(2, "nächstes", parentUuid="a1"), answer(2, "fertig ü"), prompt(3, "zurück", parentUuid="a1"), b"\n", b"  \n",
    b"not a record\n", b"\xff\xfe\0\n", answer(3)[:90], answer(4)[:-1], b"\0\0\0",
    line(type="ai-title", aiTitle="Titel 🚀", sessionId=SESSION), line(type="summary", summary="s", leafUuid="a1"),
]  # fmt: skip


def check_c3(pieces: list[bytes], cuts: list[int], place: Path) -> None:
    """Cut anywhere, with a look after each cut, the rows are those of one look at the whole."""
    content = b"".join(pieces)
    home, user = place / "home", place / "user"
    path = user / ".claude" / "projects" / "p" / f"{SESSION}.jsonl"
    ends = sorted({cut % (len(content) + 1) for cut in cuts} | {len(content)})
    start = 0
    for end in ends:
        with open(path, "ab") as file:
            file.write(content[start:end])
        record(home, user)
        start = end
    record(place / "again", user)
    check_same(views(home), views(place / "again"))


STREAMS = {"pieces": st.lists(st.sampled_from(CHUNKS), max_size=12), "cuts": st.lists(st.integers(0, 5000), max_size=6)}


@pytest.mark.promise("C3")
@settings(max_examples=40, derandomize=True, **SETTINGS)
@given(**STREAMS)
def test_C3_cuts_do_not_matter(places: Iterator[Path], pieces: list[bytes], cuts: list[int]) -> None:
    check_c3(pieces, cuts, next(places))


@pytest.mark.full
@pytest.mark.promise("C3")
@settings(max_examples=10_000, **SETTINGS)
@given(**STREAMS)
def test_C3_cuts_do_not_matter_for_long(places: Iterator[Path], pieces: list[bytes], cuts: list[int]) -> None:
    check_c3(pieces, cuts, next(places))


@pytest.mark.mutant("C3")
def test_C3_fails_when_lines_end_at_any_line_separator(places: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def by_text(self: tail.Tail) -> Iterator[tail.Stretch]:
        data = self._read(self.descriptor, self.seen.size - self.cursor, self.cursor)
        for part in data.decode("utf-8", "surrogateescape").splitlines(keepends=True):
            content = part.encode("utf-8", "surrogateescape")
            start, self.cursor = self.cursor, self.cursor + len(content)
            yield tail.Stretch(start, [content[:-1]], None)

    monkeypatch.setattr(tail.Tail, "stretches", by_text)
    with pytest.raises(AssertionError):
        check_c3(CHUNKS[:5], [300, 333], next(places))


@pytest.mark.mutant("C3")
def test_C3_fails_when_a_restart_forgets_the_threads(places: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads.Threads, "_recall", lambda self: None)
    pieces = [prompt(1), answer(1), prompt(2, parentUuid="a1"), answer(2)]
    with pytest.raises(AssertionError):
        check_c3(pieces, [len(pieces[0] + pieces[1])], next(places))


# All cuts of a small file, each in a session of its own: two looks at two thousand files.

SMALL = b"".join(
    part.replace(SESSION.encode(), b"SNNNN").replace(b'uuid":"', b'uuid":"NNNN').replace(b'Uuid":"', b'Uuid":"NNNN')
    .replace(b"msg_", b"msgNNNN_")
    for part in (CHUNKS[0], CHUNKS[1], CHUNKS[2], b"junk\n\n", CHUNKS[3], CHUNKS[4], CHUNKS[10], CHUNKS[5], CHUNKS[6])
)  # fmt: skip


@pytest.mark.promise("C3")
def test_C3_every_single_cut(project: Path, home: Path, user: Path) -> None:
    cuts = range(len(SMALL) + 1)
    files = {cut: (project / f"S{cut:04d}.jsonl", SMALL.replace(b"NNNN", b"%04d" % cut)) for cut in cuts}
    for cut, (path, content) in files.items():
        path.write_bytes(content[:cut])
    record(home, user)
    for cut, (path, content) in files.items():
        with open(path, "ab") as file:
            file.write(content[cut:])
    record(home, user)
    found: dict[str, set[tuple[Any, ...]]] = {f"S{cut:04d}": set() for cut in cuts}
    for query in (
        "select session_id, 'response', prompt_id, message_id, at, output_tokens, byte_offset, stop_reason, "
        "is_abandoned from responses",
        "select session_id, 'prompt', prompt_id, at, text, previous_prompt_id, is_abandoned from prompts",
        "select session_id, 'activity', at, kind, what, text, size, ref from activity",
        "select session_id, 'session', first_at, last_at, branch, version, model from sessions",
        "select substr(path, -11, 5), 'reject', byte_offset, length, reason from rejects",
        "select substr(path, -11, 5), 'source', state, size_bytes, cursor_bytes, records, rejected, mended "
        "from sources",
    ):
        for session, *row in rows(home, query):
            found[session].add(tuple(v.replace(session[1:], "NNNN") if isinstance(v, str) else v for v in row))
    for session, kept in found.items():
        assert kept == found["S0000"], f"cut at {session[1:]}"


# C4


def check_c4(path: Path, home: Path, user: Path) -> None:
    """A half line is nothing yet; a whole one without its newline shows its facts; its record waits for the newline."""
    before, last = prompt(1) + answer(1), answer(2, "über", output=77)
    path.write_bytes(before)
    record(home, user)
    state = views(home)
    for end in (1, len(last) // 2, last.index("ü".encode()) + 1, len(last) - 2):
        path.write_bytes(before + last[:end])
        record(home, user)
        assert source(home, path)["cursor_bytes"] == len(before)
        assert {**views(home), "sources": []} == {**state, "sources": []}
    path.write_bytes(before + last[:-1])
    record(home, user)
    seen = source(home, path)
    assert (seen["cursor_bytes"], seen["records"], seen["rejected"]) == (len(before), 2, 0)
    assert rows(home, "select output_tokens from responses where message_id = 'msg_2'") == [(77,)]
    state = views(home)
    path.write_bytes(before + last)
    record(home, user)
    seen = source(home, path)
    assert (seen["cursor_bytes"], seen["records"], seen["rejected"]) == (len(before + last), 3, 0)
    assert {**views(home), "sources": []} == {**state, "sources": []}
    assert refused(home) == []


@pytest.mark.promise("C4")
def test_C4_a_line_is_a_record_only_after_its_newline(project: Path, home: Path, user: Path) -> None:
    check_c4(project / f"{SESSION}.jsonl", home, user)


@pytest.mark.mutant("C4")
def test_C4_fails_when_half_lines_are_records(
    project: Path, home: Path, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole_lines = tail.Tail.stretches

    def with_the_rest(self: tail.Tail) -> Iterator[tail.Stretch]:
        yield from whole_lines(self)
        if self.rest:
            start, rest, self.rest = self.cursor, self.rest, b""
            self.cursor += len(rest)
            yield tail.Stretch(start, [rest], None)

    monkeypatch.setattr(tail.Tail, "stretches", with_the_rest)
    with pytest.raises(AssertionError):
        check_c4(project / f"{SESSION}.jsonl", home, user)


@pytest.mark.mutant("C4")
def test_C4_fails_when_the_last_line_waits_for_its_newline(
    project: Path, home: Path, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.lines.understand.load", _refuse_all)
    with pytest.raises(AssertionError):
        check_c4(project / f"{SESSION}.jsonl", home, user)


def _refuse_all(_line: bytes) -> None:
    from collector.lines.tolerant import NotARecord

    raise NotARecord
