"""What Codex's settings need so that it tells us what happens: hooks, an exporter. Its status line runs no command."""

import os
from urllib.parse import quote

from collector.settings.toml_text import quoted
from collector.settings.wanted import HOOKS, ROOT_HEADER, SINCE_WHEN, TELEMETRY, Call, Wanted

EVENTS = (
    "SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse", "PermissionRequest", "Stop", "SubagentStart",
    "SubagentStop", "PreCompact", "PostCompact", "SessionEnd",
)  # fmt: skip
FILE, FOLDER = "config.toml", ".codex"
TABLES = '[[hooks.{event}]]\n[[hooks.{event}.hooks]]\ntype = "command"\ncommand = {command}\n'
# Not the table [otel] itself: who has one keeps it, and it may say more.
EXPORT = """[otel.exporter.otlp-http]
endpoint = {endpoint}
protocol = "json"

[otel.exporter.otlp-http.headers]
{header} = {root}
"""
NOTE = "Codex runs new hooks only after you approved them: it asks at its next start, or see /hooks there"


def wanted(what: str, root: str, project: str | None, call: Call) -> Wanted | None:
    path = os.path.join(project, FOLDER, FILE) if project else os.path.join(root, FILE)
    if what == HOOKS:
        command = quoted(call.emit)
        tables = "".join(TABLES.format(event=event, command=command) for event in EVENTS)
        return Wanted(path, tables=tables, note=NOTE)
    if what == TELEMETRY:
        endpoint, root = quoted(f"{call.export}/v1/logs"), quoted(quote(quote(root)))
        return Wanted(path, tables=EXPORT.format(endpoint=endpoint, header=ROOT_HEADER, root=root), note=SINCE_WHEN)
    return None
