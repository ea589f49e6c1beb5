"""Files that are there for a while, or change between the look and the reading: what was said is kept."""

import os
from pathlib import Path

import pytest

from collector.files import tail
from store.sources import Seen
from tests.collector.recorded import record, rows, source
from tests.collector.transcript import SESSION, answer, prompt


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable to root")
def test_a_file_that_may_not_be_read_is_read_when_it_may(project: Path, home: Path, user: Path) -> None:
    _unreadable_for_a_while(project, home, user, "Permission denied")


def test_a_file_that_cannot_be_opened_is_read_when_it_can(
    project: Path, home: Path, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open

    def refuse(path: bytes, *rest: int) -> int:
        if path == os.fsencode(project / "x.jsonl") and not (project / "open").exists():
            raise PermissionError(13, "Permission denied")
        return opened(path, *rest)

    monkeypatch.setattr(os, "open", refuse)
    _unreadable_for_a_while(project, home, user, "Permission denied")


def _unreadable_for_a_while(project: Path, home: Path, user: Path, reason: str) -> None:
    """B76."""
    path = project / "x.jsonl"
    path.write_bytes(prompt(1) + answer(1))
    path.chmod(0)
    (project / "y.jsonl").write_bytes(prompt(2) + answer(2))
    record(home, user)
    assert (source(home, path)["state"], source(home, path)["reason"]) == ("unreadable", reason)
    assert rows(home, "select message_id from responses") == [("msg_2",)]
    path.chmod(0o600)
    (project / "open").touch()
    record(home, user)
    assert (source(home, path)["state"], source(home, path)["reason"]) == ("read", None)
    assert rows(home, "select count(*) from responses") == [(2,)]


def test_a_file_deleted_while_open_keeps_what_was_read(
    project: Path, home: Path, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B79."""
    path = project / "x.jsonl"
    path.write_bytes(prompt(1) + answer(1))
    opened = tail.open_file

    def then_delete(raw_path: bytes) -> tuple[int, Seen]:
        found = opened(raw_path)
        path.unlink(missing_ok=True)
        return found

    for module in _holders("open_file"):
        monkeypatch.setattr(module, "open_file", then_delete)
    record(home, user)
    assert rows(home, "select message_id from responses") == [("msg_1",)]
    record(home, user)
    assert source(home, path)["state"] == "gone"
    assert rows(home, "select message_id from responses") == [("msg_1",)]


@pytest.mark.parametrize("change", ["shrinks", "grows"])
def test_a_file_that_changes_between_the_look_and_the_reading(
    change: str, project: Path, home: Path, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B82 and B83."""
    path, whole = project / "x.jsonl", prompt(1) + answer(1) + prompt(2) + answer(2)
    path.write_bytes(whole)
    opened = tail.open_file

    def then_change(raw_path: bytes) -> tuple[int, Seen]:
        found = opened(raw_path)
        path.write_bytes(prompt(1) + answer(1) if change == "shrinks" else whole + answer(3))
        return found

    with monkeypatch.context() as patch:
        for module in _holders("open_file"):
            patch.setattr(module, "open_file", then_change)
        record(home, user)
    record(home, user)
    expected = ["msg_1"] if change == "shrinks" else ["msg_1", "msg_2", "msg_3"]
    assert rows(home, "select message_id from responses order by 1") == [(name,) for name in expected]
    assert source(home, path)["cursor_bytes"] == path.stat().st_size


def _holders(name: str) -> list[object]:
    """The modules of the collector that use a function by this name."""
    import collector.files.tail
    import collector.recording.record

    found: list[object] = [collector.recording.record, collector.files.tail]
    try:
        import collector.recording.read as read  # pyright: ignore[reportMissingImports] - where the reading may live
    except ImportError:
        pass
    else:
        found.append(read)
    return [module for module in found if hasattr(module, name)]


def test_an_agent_that_was_never_here(home: Path, tmp_path: Path) -> None:
    summary = record(home, tmp_path / "nobody")
    assert (summary.sources, summary.found_in) == (0, ())
    assert any(place.endswith(".claude") for place in summary.looked_in)


def test_a_tree_that_cannot_be_reached_does_not_say_that_its_files_are_gone(
    project: Path, home: Path, user: Path
) -> None:
    """USERS 39: unreachable is not deleted."""
    path = project / f"{SESSION}.jsonl"
    path.write_bytes(prompt(1) + answer(1))
    record(home, user)
    (user / ".claude").rename(user / "elsewhere")
    record(home, user)
    assert source(home, path)["state"] == "unreachable"
    (user / "elsewhere").rename(user / ".claude")
    path.unlink()
    record(home, user)
    assert source(home, path)["state"] == "gone"
    assert rows(home, "select message_id from responses") == [("msg_1",)]


def test_a_folder_that_became_a_link_does_not_say_that_its_files_are_gone(
    project: Path, home: Path, user: Path
) -> None:
    """USERS 39: it is not followed, and shown for as long as it is a link."""
    path = project / f"{SESSION}.jsonl"
    path.write_bytes(prompt(1) + answer(1))
    record(home, user)
    project.rename(user / "elsewhere")
    project.symlink_to(user / "elsewhere")
    for _ in range(2):
        assert record(home, user).unreadable == 1
        assert source(home, path)["state"] == "unreachable"
        assert source(home, project)["state"] == "skipped"
        assert source(home, project)["reason"] == "a symbolic link: not followed"
    project.unlink()
    (user / "elsewhere").rename(project)
    assert record(home, user).unreadable == 0
    assert rows(home, "select path, state from sources") == [(str(path), "read")]
