"""A conversation is shown, and comes back, whether its files are still there or not."""

import json
from pathlib import Path
from typing import Any

from tests.viewers.conftest import SESSION, spoken


def transcript(tmp_path: Path, *texts: str) -> Path:
    """A session in which this was said."""
    path = tmp_path / "home" / ".claude" / "projects" / "p" / f"{SESSION}.jsonl"
    path.parent.mkdir(parents=True)
    lines = [
        spoken(
            type="user", uuid=f"u{number}", timestamp=f"2026-11-20T10:{number:02d}:00.000Z",
            message={"role": "user", "content": text},
        )
        for number, text in enumerate(texts)
    ]  # fmt: skip
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_a_conversation_outlives_its_file(tmp_path: Path, run: Any) -> None:
    long = "a word, " * 600 + "the end"
    path = transcript(tmp_path, "first\x1b]0;title\x07\u202e words", long)
    content = path.read_bytes()
    run("collect", "--once")
    path.unlink()
    shown = run("show", "latest").stdout
    assert "2026-11-20\n10:00:00  prompt\n    first" in shown
    assert "\x1b" not in shown and "\u202e" not in shown
    assert "the end" not in shown
    assert "the end" in run("show", SESSION[:5], "--full").stdout
    moments = json.loads(run("show", SESSION, "--json", "--full", "--run", "main").stdout)["moments"]
    assert [one["text"] for one in moments][1] == long
    assert "1 file" in run("restore", "latest", "--dry-run").stdout
    assert not path.exists()
    assert json.loads(run("restore", "latest", "--json").stdout)["files"][0]["state"] == "written"
    assert path.read_bytes() == content
    assert run("verify").stdout.startswith("all is as it was recorded")


def test_what_is_not_there_is_said(tmp_path: Path, run: Any) -> None:
    transcript(tmp_path, "first")
    run("collect", "--once")
    assert "no session 'x' is recorded" in run("show", "x").stderr
    assert "no run 'x' in this session" in run("show", "latest", "--run", "x").stderr
