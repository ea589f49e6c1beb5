"""What Codex's settings need so that it tells us what happens: its hooks. Its status line runs no command."""

import os

from collector.settings.toml_text import quoted
from collector.settings.wanted import HOOKS, Call, Wanted

EVENTS = (
    "SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse", "PermissionRequest", "Stop", "SubagentStart",
    "SubagentStop", "PreCompact", "PostCompact", "SessionEnd",
)  # fmt: skip
FILE, FOLDER = "config.toml", ".codex"
TABLES = '[[hooks.{event}]]\n[[hooks.{event}.hooks]]\ntype = "command"\ncommand = {command}\n'
NOTE = "Codex runs new hooks only after you approved them: it asks at its next start, or see /hooks there"


def wanted(what: str, root: str, project: str | None, call: Call) -> Wanted | None:
    if what != HOOKS:
        return None
    command = quoted(call.emit)
    tables = "".join(TABLES.format(event=event, command=command) for event in EVENTS)
    return Wanted(
        os.path.join(project, FOLDER, FILE) if project else os.path.join(root, FILE), tables=tables, note=NOTE
    )
