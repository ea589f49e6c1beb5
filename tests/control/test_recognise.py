"""Whose a process is: by its executable, its script or its place, and never by what it was told."""

import pytest

from collector.files.agents import programs
from collector.sources import all_sources
from control.recognise import is_candidate, part

NODE, PACKAGES = "/usr/bin/node", "/usr/lib/node_modules"
CLAUDE_NPM = f"{PACKAGES}/@anthropic-ai/claude-code/bin/claude.exe"
NATIVE = "/home/u/.local/share/claude/versions/2.1.197"
CODEX_NPM = f"{PACKAGES}/@openai/codex/vendor/x86_64-unknown-linux-musl/codex/codex"


@pytest.mark.parametrize(
    ("name", "exe", "argv", "expected"),
    [
        ("claude", CLAUDE_NPM, ["claude"], ("claude", "session")),
        ("claude", CLAUDE_NPM, ["claude", "-p", "run codex exec"], ("claude", "headless")),
        ("2.1.197", NATIVE, [NATIVE], ("claude", "session")),
        ("claude", NATIVE + " (deleted)", ["claude"], ("claude", "session")),
        ("other", NATIVE, ["other"], ("claude", "session")),
        ("claude", NODE, ["claude"], ("claude", "session")),
        ("node", NODE, ["node", "--max-old-space-size=4096", "/usr/bin/claude", "-p", "x"], ("claude", "headless")),
        ("claude.exe", CLAUDE_NPM, ["claude.exe", "daemon", "run"], ("claude", "helper")),
        ("claude.exe", CLAUDE_NPM, ["claude.exe", "--bg-pty-host", "s", "200", "50", "--", "x"], ("claude", "helper")),
        ("claude.exe", CLAUDE_NPM, ["claude.exe", "--bg-spare", "s"], ("claude", "background")),
        ("bash", "/bin/bash", ["bash", "/home/u/bin/claude"], ("claude", "launcher")),
        ("bash", "/bin/bash", ["/bin/bash", "-c", "source x && eval 'claude'", "claude"], None),
        ("node", NODE, ["node", "-e", "1", "/usr/bin/claude"], None),
        ("vim", "/usr/bin/vim", ["vim", "claude"], None),
        ("claude", "/usr/bin/vim", ["claude"], None),
        ("node", NODE, ["node", f"{PACKAGES}/@openai/codex/bin/codex.js"], ("codex", "launcher")),
        ("codex", CODEX_NPM, [CODEX_NPM], ("codex", "session")),
        ("codex", "/usr/bin/codex", ["codex", "exec", "app-server"], ("codex", "server")),
        ("codex", "/usr/bin/codex", ["codex", "exec", "mend it"], ("codex", "headless")),
        ("codex", CODEX_NPM, ["codex", "app-server", "--listen", "unix://"], ("codex", "server")),
        ("codex", CODEX_NPM, ["codex", "app-server", "daemon", "pid-update-loop"], ("codex", "helper")),
        ("codex", None, None, ("codex", "session")),
        ("node", NODE, ["node", f"{PACKAGES}/@google/gemini-cli/dist/index.js", "-p", "x"], ("gemini", "headless")),
        ("node", NODE, ["node", "/usr/local/bin/qwen"], ("qwen", "session")),
        ("opencode", "/home/u/.opencode/bin/opencode", ["opencode", "serve"], ("opencode", "server")),
        ("pi", "/home/u/bin/pi", ["pi", "100"], None),
        ("pi", NODE, ["pi"], ("pi", "session")),
        ("python3.11", "/usr/bin/python3.11", ["python3", "-m", "http.server"], None),
    ],
)
def test_who_is_who(name: str, exe: str | None, argv: list[str] | None, expected: tuple[str, str] | None) -> None:
    found = part(name, exe, argv, programs())
    assert found == expected
    assert found is None or is_candidate(name, exe, programs())


def test_every_agent_says_how_its_programs_look() -> None:
    assert {program.agent for program in programs()} == {source.agent for source in all_sources()}
