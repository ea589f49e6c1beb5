"""Whose a process is: by its executable, its script or its place, and never by what it was told."""

import pytest

from collector.files.agents import programs
from collector.sources import all_sources
from control.recognise import is_candidate, part
from control.scan import Scanner
from control.scope import Scope
from tests.control.conftest import PROGRAM
from tests.control.fakes import FakeMachine

NODE, PACKAGES = "/usr/bin/node", "/usr/lib/node_modules"
CLAUDE_NPM = f"{PACKAGES}/@anthropic-ai/claude-code/bin/claude.exe"
NATIVE = "/home/u/.local/share/claude/versions/2.1.197"
CODEX_NPM = f"{PACKAGES}/@openai/codex/vendor/x86_64-unknown-linux-musl/codex/codex"
OPENCODE = f"{PACKAGES}/opencode-ai/node_modules/opencode-linux-x64/bin/opencode"
PI = f"{PACKAGES}/@mariozechner/pi-coding-agent/dist/cli.js"
GEMINI = f"{PACKAGES}/@google/gemini-cli/bundle/gemini.js"
BUN, OMP = "/home/u/.bun/bin/bun", "/home/u/.bun/install/global/node_modules/@oh-my-pi/pi-coding-agent/src/cli.ts"


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
        # A native program that is others too, by the name that it is called by; and tools that lie deeper below.
        ("claude", NATIVE, ["rg", "--no-config", "--files"], ("claude", "helper")),
        ("claude", CLAUDE_NPM, ["claude", "--chrome-native-host"], ("claude", "helper")),
        ("claude", CLAUDE_NPM, ["/usr/bin/claude", "--ripgrep", "--files"], ("claude", "helper")),
        ("rg", f"{PACKAGES}/@anthropic-ai/claude-code/vendor/ripgrep/x64-linux/rg", ["rg", "--files"], None),
        ("codex-linux-san", CODEX_NPM, ["codex-linux-sandbox", "--", "make"], ("codex", "helper")),
        ("apply_patch", CODEX_NPM, ["/home/u/.codex/tmp/arg0/codex-arg0x/apply_patch"], ("codex", "helper")),
        ("rg", f"{PACKAGES}/@openai/codex/vendor/x86_64-unknown-linux-musl/path/rg", ["rg", "x"], None),
        ("codex", CODEX_NPM, ["codex", "mcp-server"], ("codex", "server")),
        ("codex", CODEX_NPM, ["codex", "resume", "--last"], ("codex", "session")),
        # By their packages, whatever the script is called; by their titles, whatever the system calls them.
        ("claude", "/home/u/.vscode/extensions/anthropic.claude-code-2/resources/native-binary/claude",
         ["claude", "--output-format", "stream-json"], ("claude", "headless")),
        ("MainThread", NODE, ["node", f"{PACKAGES}/@anthropic-ai/claude-agent-sdk/cli.js"], ("claude", "session")),
        ("node", NODE, ["node", f"{PACKAGES}/@anthropic-ai/claude-code/node_modules/other/cli.js"], None),
        ("node-MainThread", NODE, ["pi"], ("pi", "session")),
        ("node", NODE, ["node", PI, "--mode", "rpc"], ("pi", "headless")),
        ("omp", BUN, ["bun", "/home/u/.bun/bin/omp"], ("pi", "session")),
        ("bun", BUN, ["bun", "run", "--bun", OMP, "-p", "x"], ("pi", "headless")),
        ("bun", BUN, ["bun", "run", "dev"], None),
        ("node", NODE, ["node", "/usr/bin/opencode"], ("opencode", "launcher")),
        ("node", NODE, ["node", f"{PACKAGES}/opencode-ai/bin/opencode.exe"], ("opencode", "launcher")),
        ("opencode", f"{PACKAGES}/opencode-ai/bin/opencode.exe", ["opencode"], ("opencode", "session")),
        ("opencode", OPENCODE, [OPENCODE, "run", "x"], ("opencode", "headless")),
        ("node", NODE, ["node", f"{PACKAGES}/@qwen-code/qwen-code/cli-entry.js", "-p", "x"], ("qwen", "headless")),
        ("node", NODE, ["node", "--import", "/x/hook.mjs", "-r", "x", "/usr/bin/gemini"], ("gemini", "session")),
        ("node", NODE, ["node", GEMINI, "--experimental-acp"], ("gemini", "server")),
        # What only leads to it.
        ("npm exec @google", NODE, ["npm exec @google/gemini-cli"], None),
        ("node", NODE, ["node", "/usr/bin/npx", "@google/gemini-cli"], None),
        ("sh", "/bin/dash", ["sh", "-c", "gemini"], None),
        ("bash", "/bin/bash", ["bash", "run", "claude"], None),
        ("node.exe", "C:\\n\\node.exe", ["node", "C:\\m\\node_modules\\@openai\\codex\\bin\\codex.js"],
         ("codex", "launcher")),
        ("claude.exe", "C:\\Users\\u\\.local\\bin\\claude.exe", ["claude"], ("claude", "session")),
    ],
)  # fmt: skip
def test_who_is_who(name: str, exe: str | None, argv: list[str] | None, expected: tuple[str, str] | None) -> None:
    found = part(name, exe, argv, programs())
    assert found == expected
    assert found is None or is_candidate(name, exe, programs())


def test_every_agent_says_how_its_programs_look() -> None:
    assert {program.agent for program in programs()} == {source.agent for source in all_sources()}


@pytest.mark.parametrize("first", ["/x/zoo-agent", "/x/zoo-versions/entry.js"])
def test_whoever_began_the_same_once_more_only_waits_for_it(first: str) -> None:
    """As some do to give their interpreter more memory; an agent that an agent started is none of these."""
    machine, script = FakeMachine(), ["/x/zoo-agent", "go on"]
    machine.add(40, 1, "sh")
    for pid, parent, words in (
        (50, 40, ["node", first, "go on"]), (51, 50, ["node", "--max-old-space-size=9", *script]),
        (52, 51, ["node", "/x/zoo-agent", "-p", "a part of it"]), (53, 51, ["node", "--max-old-space-size=9", *script]),
    ):  # fmt: skip
        machine.add(pid, parent, "node")
        machine.argvs[pid] = words
    look = Scanner(machine, [PROGRAM], Scope((40,))).look()
    assert {one.pid: one.role for one in look.processes} == {50: "launcher", 51: "session", 52: "headless"}
