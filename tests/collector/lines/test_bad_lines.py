"""C9: no input stops the recording, and a bad line costs only itself, wherever in a file it stands."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.lines import understand
from tests.collector.examples import SETTINGS
from tests.collector.lines.bad_lines import ALL, Bad, usage
from tests.collector.recorded import record, refused, rows, source
from tests.collector.transcript import SESSION, answer, prompt

GOOD = [prompt(1) + answer(1), prompt(2) + answer(2)]
PLACES: dict[str, Callable[[bytes], bytes]] = {
    "first": lambda bad: bad + GOOD[0] + GOOD[1],
    "middle": lambda bad: GOOD[0] + bad + GOOD[1],
    "last": lambda bad: GOOD[0] + GOOD[1] + bad,
}


def check_c9(bad: Bad, content: bytes, path: Path, home: Path, user: Path) -> None:
    """The good neighbours are all there, and what is refused is counted and shown, no more and no less."""
    path.write_bytes(content)
    summary = record(home, user)
    answers = {row[0] for row in rows(home, "select message_id from responses")}
    assert answers == {"msg_1", "msg_2", *bad.answers}
    prompts = {row[0] for row in rows(home, "select prompt_id from prompts where text = 'go on'")}
    assert prompts >= {"p1", "p2"}
    assert len(refused(home, path)) == bad.refused == summary.rejected == source(home, path)["rejected"]
    assert not [row for row in refused(home) if row[2].startswith("not understood")]
    assert source(home, path)["state"] == "read"


@pytest.mark.promise("C9")
@pytest.mark.promise("C22")
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("bad", ALL, ids=lambda bad: bad.name)
def test_C9_a_bad_line_costs_only_itself(bad: Bad, place: str, project: Path, home: Path, user: Path) -> None:
    check_c9(bad, PLACES[place](bad.content), project / f"{SESSION}.jsonl", home, user)


@pytest.mark.mutant("C9")
def test_C9_fails_when_a_bad_line_stops_the_rest(
    project: Path, home: Path, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def give_up(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr(understand, "_mend", give_up)
    with pytest.raises((AssertionError, ValueError)):
        check_c9(Bad("", b"", 1), PLACES["middle"](b"junk\n"), project / f"{SESSION}.jsonl", home, user)


@pytest.mark.mutant("C9")
def test_C9_fails_when_one_wrong_type_costs_the_line(
    project: Path, home: Path, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = next(bad for bad in ALL if bad.name == "B31-lone-surrogate")
    monkeypatch.setattr(understand, "fit", lambda value, shape: msgspec.convert(value, shape))
    with pytest.raises(AssertionError):
        check_c9(bad, PLACES["middle"](usage('"12"')), project / f"{SESSION}.jsonl", home, user)


@pytest.mark.mutant("C22")
def test_C22_fails_when_a_bad_line_is_dropped_in_silence(
    project: Path, home: Path, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(understand, "_refuse", lambda *_: None)
    with pytest.raises(AssertionError):
        check_c9(Bad("", b"", 1), PLACES["middle"](b"junk\n"), project / f"{SESSION}.jsonl", home, user)


PIECES = st.one_of(
    st.binary(max_size=60), st.sampled_from([bad.content[:400] for bad in ALL]), st.sampled_from([b"\n", b"{", b'"}'])
)


def check_any_bytes(pieces: list[bytes], place: Path) -> None:
    """Whatever stands between two newlines, what comes before and after it is read."""
    home, user = place / "home", place / "user"
    (user / ".claude" / "projects" / "p" / "s.jsonl").write_bytes(GOOD[0] + b"".join(pieces) + b"\n" + GOOD[1])
    record(home, user)
    assert {row[0] for row in rows(home, "select message_id from responses")} >= {"msg_1", "msg_2"}
    assert rows(home, "select count(*) from rejects where reason like 'not understood%'") == [(0,)]


@pytest.mark.promise("C9")
@settings(max_examples=60, derandomize=True, **SETTINGS)
@given(pieces=st.lists(PIECES, max_size=6))
def test_C9_any_bytes(places: Iterator[Path], pieces: list[bytes]) -> None:
    check_any_bytes(pieces, next(places))


@pytest.mark.full
@pytest.mark.promise("C9")
@settings(max_examples=20_000, **SETTINGS)
@given(pieces=st.lists(PIECES, max_size=12))
def test_C9_any_bytes_for_long(places: Iterator[Path], pieces: list[bytes]) -> None:
    check_any_bytes(pieces, next(places))
