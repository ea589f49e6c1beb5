"""Entries in agents' settings: they come and go without a trace, whatever the file looks like, or it is not touched."""

import json
import os
import random
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from collector.settings import file, toml_text
from collector.settings.change import plan, targets
from collector.settings.json_text import Invalid, scan, value_of
from collector.settings.wanted import HOOKS, STATUS_LINE, is_ours
from collector.settings.wrapped import unwrapped, wrapped
from store.errors import FleetmeterError
from tests.collector.settings.settings_desk import BAD, BAD_TOML, JSON, OLD, OLD_PATH, OTHERS, TOML, Desk, commands


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, "claude")


@pytest.fixture
def codex(tmp_path: Path) -> Desk:
    return Desk(tmp_path, "codex")


def come_and_go(desk: Desk, content: bytes | None, what: str) -> bytes:
    """install, install, uninstall; gives what stood there between."""
    desk.put(content)
    mode = desk.path.stat().st_mode if content is not None else None
    assert desk.do(True, what) == "installed"
    once = desk.content()
    assert once is not None and once != content
    assert desk.do(True, what) == "installed"
    assert desk.content() == once
    assert mode is None or desk.path.stat().st_mode == mode
    assert desk.do(False, what) == "not installed"
    assert desk.content() == content
    assert [path.name for path in desk.root.iterdir()] == ([desk.path.name] if content is not None else [])
    return once


@pytest.mark.parametrize("shape", JSON)
def test_hooks_come_and_go_without_a_trace(shape: str, desk: Desk) -> None:
    once = come_and_go(desk, JSON[shape], HOOKS)
    text = once.decode("utf-8-sig")
    value = value_of(text, scan(text))
    ours = [command for command in commands(value) if is_ours(command)]
    assert len(ours) == 27 and f"'{desk.root}'" in ours[0]
    before = (JSON[shape] or b"").decode("utf-8-sig")
    if before.strip():
        said = value_of(before, scan(before))
        assert {**value, "hooks": 0} == {**said, "hooks": 0}
        assert [command for command in commands(value) if not is_ours(command)] == commands(said)


@pytest.mark.parametrize("shape", JSON)
def test_a_status_line_comes_and_goes_without_a_trace(shape: str, desk: Desk) -> None:
    come_and_go(desk, JSON[shape], STATUS_LINE)


@pytest.mark.parametrize("shape", BAD)
def test_what_cannot_be_understood_is_told_and_not_touched(shape: str, desk: Desk) -> None:
    content, words = BAD[shape]
    desk.put(content)
    for _ in range(2):
        with pytest.raises(FleetmeterError) as caught:
            desk.do(True)
        assert words in str(caught.value) and str(desk.path) in str(caught.value)
    assert desk.content() == content


@pytest.mark.parametrize("shape", TOML)
def test_tables_come_and_go_without_a_trace(shape: str, codex: Desk) -> None:
    once = come_and_go(codex, TOML[shape], HOOKS)
    value = tomllib.loads(once.decode())
    assert len([command for command in commands(value) if is_ours(command)]) == 11
    assert once.startswith(TOML[shape] or b"")
    assert b"\n" not in once.replace(b"\r\n", b"") or b"\r" not in once


@pytest.mark.parametrize("shape", BAD_TOML)
def test_what_is_no_toml_is_told_and_not_touched(shape: str, codex: Desk) -> None:
    content, words = BAD_TOML[shape]
    codex.put(content)
    with pytest.raises(FleetmeterError, match=words):
        codex.do(True)
    assert codex.content() == content


@pytest.mark.parametrize("shape", ["missing", "empty", "object", "two_spaces", "crlf", "hooks_empty_spread", "comments",
                                   "trailing_commas", "status_line", "status_line_quotes", "minified"])  # fmt: skip
@pytest.mark.parametrize("order", ["hooks first", "line first"])
def test_two_kinds_of_entries_do_not_disturb_each_other(shape: str, order: str, desk: Desk) -> None:
    desk.put(JSON[shape])
    desk.do(True, HOOKS)
    desk.do(True, STATUS_LINE)
    for what in (HOOKS, STATUS_LINE) if order == "hooks first" else (STATUS_LINE, HOOKS):
        assert desk.do(False, what) == "not installed"
    assert desk.content() == JSON[shape]


def test_entries_of_older_versions_are_replaced_and_removed(desk: Desk) -> None:
    groups = b'{"hooks": [%s, %s]}, {"matcher": "*", "hooks": [%s]}' % (OTHERS, OLD, OLD_PATH)
    desk.put(b'{"hooks": {"Stop": [%s], "Old": [{"hooks": [%s]}]}}' % (groups, OLD))
    (target,) = targets(str(desk.home), HOOKS, {}, str(desk.user), None)
    assert plan(str(desk.home), target, is_install=True).standing == "installed in part, or by another version"
    assert desk.do(True) == "installed"
    found = commands(json.loads(desk.path.read_bytes()))
    assert not any("/old/" in command or "/gone/" in command for command in found)
    desk.do(False)
    assert json.loads(desk.path.read_bytes()) == {"hooks": {"Stop": [{"hooks": [json.loads(OTHERS)]}]}}


def test_what_was_added_meanwhile_stays(desk: Desk) -> None:
    desk.put(b'{\n  "a": 1\n}\n')
    desk.do(True)
    now = json.loads(desk.path.read_bytes())
    now["hooks"]["Stop"].append({"hooks": [json.loads(OTHERS)]})
    now["hooks"]["Stop"][0]["hooks"].insert(0, json.loads(OTHERS))
    now["z"] = [1]
    desk.path.write_text(json.dumps(now, indent=4))
    desk.do(False)
    left = [{"hooks": [json.loads(OTHERS)]}] * 2
    assert json.loads(desk.path.read_bytes()) == {"a": 1, "hooks": {"Stop": left}, "z": [1]}


def test_tables_that_were_added_between_our_lines_stay(codex: Desk) -> None:
    codex.put(b"a = 1\n")
    codex.do(True)
    theirs = b"[hooks.state.x]\ntrusted = true\n\n"
    content = codex.path.read_bytes()
    codex.path.write_bytes(content.replace(toml_text.END.encode(), theirs + toml_text.END.encode()))
    assert codex.do(True) == "installed"
    assert tomllib.loads(codex.path.read_text())["hooks"]["state"] == {"x": {"trusted": True}}
    codex.do(False)
    assert codex.content() == b"a = 1\n" + theirs


def test_a_status_line_that_was_there_goes_on(desk: Desk) -> None:
    desk.put(JSON["status_line_quotes"])
    old = json.loads(JSON["status_line_quotes"] or b"")["statusLine"]["command"]
    desk.do(True, STATUS_LINE)
    command = json.loads(desk.path.read_bytes())["statusLine"]["command"]
    said = subprocess.run(["/bin/sh", "-c", old], capture_output=True, check=True).stdout
    environ = {"HOME": str(desk.user), "PATH": os.environ["PATH"]}
    done = subprocess.run(["/bin/sh", "-c", command], input=b"{}", capture_output=True, check=True, env=environ)
    assert (done.stdout, done.stderr) == (said, b"") and said
    assert list((desk.home / "feed").rglob("*.feed"))


def test_any_command_is_wrapped_and_found_again() -> None:
    rng = random.Random(7)
    pieces = ["'", '"', "\\", "a", " ", "--", " -- '", "$x", "\n", "é", "🦉", "\\'", "'\\''"]
    commands = ["".join(rng.choice(pieces) for _ in range(rng.randrange(12))) for _ in range(300)]
    lines: list[str] = []
    for command in commands:
        raw = json.dumps(command, ensure_ascii=rng.random() < 0.5)[1:-1]
        whole = wrapped("/bin/x 'a -- '\"'\"'b'", raw)
        assert unwrapped(whole) == raw
        lines.append("printf '%s\\0' " + json.loads(f'"{whole}"'))
    done = subprocess.run(["/bin/sh"], input="\n".join(lines).encode(), capture_output=True, check=True)
    said = done.stdout.split(b"\0")[:-1]
    assert said[3::4] == [command.encode() for command in commands] and set(said[2::4]) == {b"--"}


def test_a_link_is_followed_inside_the_home_and_nowhere_else(desk: Desk, tmp_path: Path) -> None:
    inside, outside = desk.user / "dotfiles" / "s.json", tmp_path / "elsewhere.json"
    inside.parent.mkdir()
    for real in (inside, outside):
        real.write_bytes(b'{"a": 1}')
    desk.path.symlink_to(inside)
    desk.do(True)
    assert desk.path.is_symlink() and b"emit.py" in inside.read_bytes()
    desk.do(False)
    assert inside.read_bytes() == b'{"a": 1}'
    desk.path.unlink()
    desk.path.symlink_to(outside)
    with pytest.raises(FleetmeterError, match="symbolic link"):
        desk.do(True)
    assert outside.read_bytes() == b'{"a": 1}'


def test_a_file_that_is_read_only_is_told_and_not_touched(desk: Desk) -> None:
    desk.put(b"{}")
    desk.path.chmod(0o400)
    with pytest.raises(FleetmeterError, match="read-only"):
        desk.do(True)
    assert desk.content() == b"{}"


@pytest.mark.parametrize("kind", ["folder", "fifo"])
def test_what_is_no_file_is_told(kind: str, desk: Desk) -> None:
    desk.path.mkdir() if kind == "folder" else os.mkfifo(desk.path)
    with pytest.raises(FleetmeterError, match="not a regular file"):
        desk.do(True)


def test_a_project_has_settings_of_its_own(desk: Desk) -> None:
    project = desk.user / "project"
    project.mkdir()
    desk.do(True, HOOKS, str(project))
    path = project / ".claude" / "settings.local.json"
    assert len(commands(json.loads(path.read_bytes()))) == 27
    assert desk.content() is None
    desk.do(False, HOOKS, str(project))
    assert not path.exists()


def test_a_file_that_changes_meanwhile_is_not_touched(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.put(b"{}")

    def like(_descriptor: int, _held: object) -> None:
        desk.path.write_bytes(b'{"new": 1}')

    monkeypatch.setattr(file, "_like", like)
    with pytest.raises(FleetmeterError, match="changed meanwhile"):
        desk.do(True)
    assert desk.content() == b'{"new": 1}'
    assert [path.name for path in desk.root.iterdir()] == [desk.path.name]


def test_what_was_there_before_is_kept_and_the_copies_are_private(desk: Desk) -> None:
    desk.put(b'{"a": 1}')
    for _ in range(15):
        desk.do(True)
        desk.do(False)
    (folder,) = (desk.home / file.FOLDER).iterdir()
    copies = [path for path in folder.iterdir() if path.name[0].isdigit()]
    assert len(copies) == file.KEPT and b'{"a": 1}' in {path.read_bytes() for path in copies}
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == folder.parent.stat().st_mode & 0o777 == 0o700


# Forks for each step: a process of its own, so that no thread of the tests is in the way.
KILLER = """
import os, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from tests.collector.settings.settings_desk import Desk
desk = Desk.__new__(Desk)
desk.user, desk.home, desk.agent = Path(sys.argv[2]), Path(sys.argv[3]), "claude"
desk.root = desk.user / ".claude"
desk.path = desk.root / "settings.json"
old, names = desk.content(), ("open", "fsync", "fchmod", "rename", "unlink", "close", "replace", "mkdir")
desk.do(True)
new = desk.content()
desk.do(False)

def counted(usual, left):
    def call(*words, **more):
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), 9)
        return usual(*words, **more)
    return call

ends = []
for step in range(400):
    pid = os.fork()
    if not pid:
        left = [step]
        for name in names:
            setattr(os, name, counted(getattr(os, name), left))
        desk.do(True)
        os._exit(0)
    status = os.waitpid(pid, 0)[1]
    ends.append(desk.content())
    assert ends[-1] in (old, new), step
    desk.do(False)
    assert desk.content() == old, step
    if not status:
        break
assert not status and {old, new} == set(ends), (status, len(ends))
assert [path.name for path in desk.root.iterdir()] == [desk.path.name]
print(len(ends), ends.count(new))
"""


def test_a_kill_at_any_step_leaves_the_old_or_the_new_file(desk: Desk) -> None:
    desk.put(b'{\n  "a": 1\n}\n')
    words = [str(Path(__file__).parents[3]), str(desk.user), str(desk.home)]
    done = subprocess.run([sys.executable, "-c", KILLER, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    steps, after = map(int, done.stdout.split())
    assert steps > 20 and 1 < after < steps


def test_where_json_is_wrong_is_told_by_line_and_column() -> None:
    with pytest.raises(Invalid, match=r"line 2, column 3: "):
        scan("{\n  x")
