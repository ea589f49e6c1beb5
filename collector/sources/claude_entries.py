"""What Claude Code's settings need so that it tells us what happens: its hooks, its status line, its telemetry."""

import os
import re
from typing import Any
from urllib.parse import quote

from collector.settings.wanted import (
    HOOKS,
    ROOT_HEADER,
    SINCE_WHEN,
    STATUS_LINE,
    TELEMETRY,
    Call,
    Place,
    Wanted,
)

# All but three: WorktreeCreate would replace what is built in, FileChanged asks for names of files, and PostToolBatch
# says again, with every result, what PostToolUse said.
EVENTS = (
    "SessionStart", "SessionEnd", "UserPromptSubmit", "UserPromptExpansion", "PreToolUse", "PostToolUse",
    "PostToolUseFailure", "PermissionRequest", "PermissionDenied", "Elicitation", "ElicitationResult",
    "Notification", "Stop", "StopFailure", "SubagentStart", "SubagentStop", "TeammateIdle", "TaskCreated",
    "TaskCompleted", "PreCompact", "PostCompact", "MessageDisplay", "Setup", "ConfigChange", "InstructionsLoaded",
    "CwdChanged", "WorktreeRemove",
)  # fmt: skip
BY_COMMAND_ALONE = ("SessionStart", "Setup")
"""Of these it posts nothing, whatever its settings say."""
AT_THE_END = ("Stop", "StopFailure", "SessionEnd")
"""For these it waits some milliseconds: a run without a screen ends right after, and the rest is lost."""
TIMEOUT_S, POST_TIMEOUT_S = 10, 2
FILE, PROJECT_FILE = "settings.json", os.path.join(".claude", "settings.local.json")
LINE = ("statusLine",)
EXPORT = {
    "CLAUDE_CODE_ENABLE_TELEMETRY": "1", "OTEL_LOGS_EXPORTER": "otlp", "OTEL_METRICS_EXPORTER": "otlp",
    "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json",
}  # fmt: skip
ENDPOINT, HEADERS = ("env", "OTEL_EXPORTER_OTLP_ENDPOINT"), ("env", "OTEL_EXPORTER_OTLP_HEADERS")


def wanted(what: str, root: str, project: str | None, call: Call) -> Wanted | None:
    """In a project they are its user's own: that file is not shared."""
    path = os.path.join(project, PROJECT_FILE) if project else os.path.join(root, FILE)
    if what == HOOKS:
        # It waits for hardly any of them, and what they print goes nowhere.
        hook: dict[str, Any] = {"type": "command", "command": call.emit, "async": True, "timeout": TIMEOUT_S}
        post = {"type": "http", "url": call.url, "timeout": POST_TIMEOUT_S} if call.url else hook
        hooks = {event: hook if event in BY_COMMAND_ALONE else post for event in EVENTS}
        if not call.url:
            hooks |= {event: {name: hook[name] for name in hook if name != "async"} for event in AT_THE_END}
        return Wanted(path, {("hooks", event): {"hooks": [one]} for event, one in hooks.items()})
    if what == STATUS_LINE:
        return Wanted(path, members={LINE: {"type": "command", "command": call.status}}, wraps=LINE)
    if what == TELEMETRY:
        headers = f"{ROOT_HEADER}={quote(quote(root))}"
        members = {("env", name): value for name, value in EXPORT.items()} | {ENDPOINT: call.export, HEADERS: headers}
        return Wanted(path, members=members, mark=HEADERS, note=SINCE_WHEN, is_ours=_is_exported)
    return None


def _is_exported(place: Place, value: object) -> bool:
    """Whether such a variable says what we would say, wherever our door and the agent's folder are."""
    if place == ENDPOINT:
        return isinstance(value, str) and re.fullmatch(r"http://127\.0\.0\.1:\d+", value) is not None
    if place == HEADERS:
        return isinstance(value, str) and re.fullmatch(rf"{ROOT_HEADER}=[^,]*", value) is not None
    return value == EXPORT.get(place[-1])
