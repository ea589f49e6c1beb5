"""Tells somebody outside: a web address, the desktop, a command of the user's. Knows no database, and writes no log.

An address and a token are secrets: they are in no error, no argument, no log. No redirection is followed.
"""

import http.client
import json
import os
import shutil
import ssl
import subprocess
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from collector.lines.when import from_unix_ms, instant
from store.alert_config import Sink
from store.alert_rules import BY_NAME
from store.alerts import Told
from store.secrets import hide

TIMEOUT_S = 10.0
MOST = 5
"""Alerts that one message names; of more it says how many."""
LATER = (408, 425, 429)
"""Answers of the 400s after which another try may do better."""
TITLE, SLACK, DISCORD = "fleetmeter", 3000, 2000
PASSED = ("PATH", "HOME", "LANG", "LC_ALL", "DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")
"""What of our environment a command sees."""
APPLE = "on run argv\ndisplay notification (item 2 of argv) with title (item 1 of argv)\nend run"


class Undelivered(Exception):
    """Nobody was told, and why. is_final: another try would not do better."""

    def __init__(self, words: str, *, is_final: bool = False) -> None:
        super().__init__(words)
        self.is_final = is_final


def send(sink: Sink, told: Sequence[Told], timeout_s: float = TIMEOUT_S) -> None:
    """Tell that sink of these alerts in one message, or raise Undelivered."""
    SENDERS[sink.kind](sink, told, timeout_s)


def trial(sink: Sink, rule: str, at_s: float) -> str:
    """Tell it of an alert that there is not. Says why that failed, or ""."""
    text = f"this is a test of the rule {rule}: {BY_NAME[rule].what}"
    at = from_unix_ms(at_s * 1000) or ""
    try:
        send(sink, [Told(0, rule, "test", None, None, None, None, BY_NAME[rule].threshold, text, None, at)])
    except Undelivered as error:
        return str(error)
    return ""


def heading(told: Sequence[Told]) -> str:
    """What it is about."""
    return _over(told[0]) + BY_NAME[told[0].rule].title if len(told) == 1 else f"{len(told)} alerts"


def _over(one: Told) -> str:
    return "Over: " if one.ended_at else ""


def sentences(sink: Sink, told: Sequence[Told]) -> str:
    """A line for each; the words of a transcript only where the user wants them to leave the machine."""
    lines = [
        f"{_over(one)}{one.text}" + (f": {hide(one.detail)}" if sink.has_text and one.detail else "")
        for one in told[:MOST]
    ]
    return "\n".join([*lines, *([f"and {len(told) - MOST} more"] if len(told) > MOST else [])])


def document(sink: Sink, told: Sequence[Told]) -> dict[str, Any]:
    """All of it, for programs."""
    return {
        "schemaVersion": 1, "title": heading(told), "text": sentences(sink, told),
        "alerts": [
            {
                "id": one.alert_id, "rule": one.rule, "subject": one.subject, "level": round(one.level, 2),
                "text": one.text, "agent": one.agent, "account": one.account, "project": one.project,
                "sessionId": one.session_id, "firstAt": instant(one.first_at) or one.first_at,
                "state": "ended" if one.ended_at else "open", "endedAt": one.ended_at,
                **({"detail": one.detail and hide(one.detail)} if sink.has_text else {}),
            }
            for one in told
        ],
    }  # fmt: skip


def _post(sink: Sink, told: Sequence[Told], timeout_s: float) -> None:
    body, headers = FORMED[sink.form](sink, told)
    if sink.token:
        headers["Authorization"] = f"Bearer {sink.token}"
    parts = urlsplit(sink.url)
    where = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    host = parts.hostname or ""
    line = (
        http.client.HTTPSConnection(host, parts.port, timeout=timeout_s, context=ssl.create_default_context())
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, parts.port, timeout=timeout_s)
    )
    try:
        line.request("POST", where, body, {"User-Agent": TITLE, **headers})
        status = line.getresponse().status  # of the answer only that is read: it may never end
    except TimeoutError:
        raise Undelivered("it did not answer in time") from None
    except ssl.SSLError as error:
        raise Undelivered(f"no safe connection: {error.reason or 'refused'}") from None
    except http.client.HTTPException as error:
        raise Undelivered(f"it closed the connection, or answered nonsense ({type(error).__name__})") from None
    except OSError as error:
        raise Undelivered(error.strerror or type(error).__name__) from None
    finally:
        line.close()
    if not 200 <= status < 300:
        raise Undelivered(f"it answered {status}", is_final=300 <= status < 500 and status not in LATER)


def _as_json(sink: Sink, told: Sequence[Told]) -> tuple[bytes, dict[str, str]]:
    return _encoded(document(sink, told))


def _as_slack(sink: Sink, told: Sequence[Told]) -> tuple[bytes, dict[str, str]]:
    text = f"*{heading(told)}*\n{_slack_safe(sentences(sink, told))}"
    return _encoded({"text": text[:SLACK]})


def _as_discord(sink: Sink, told: Sequence[Told]) -> tuple[bytes, dict[str, str]]:
    text = f"**{heading(told)}**\n{sentences(sink, told)}"
    return _encoded({"content": text[:DISCORD], "allowed_mentions": {"parse": []}})


def _as_ntfy(sink: Sink, told: Sequence[Told]) -> tuple[bytes, dict[str, str]]:
    headers = {"Content-Type": "text/plain; charset=utf-8", "Title": heading(told), "Tags": "robot"}
    return sentences(sink, told).encode("utf-8", "replace"), headers


def _encoded(value: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    return json.dumps(value).encode(), {"Content-Type": "application/json"}


def _slack_safe(text: str) -> str:
    """A name must not become a link, or a call to everybody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _notify(sink: Sink, told: Sequence[Told], timeout_s: float) -> None:
    title, text = heading(told), sentences(sink, told)
    if program := shutil.which("notify-send"):
        _run([program, f"--app-name={TITLE}", "--", title, text], b"", timeout_s)
    elif program := shutil.which("osascript"):
        _run([program, "-e", APPLE, title, text], b"", timeout_s)
    else:
        raise Undelivered("neither notify-send nor osascript is on the path", is_final=True)


def _command(sink: Sink, told: Sequence[Told], timeout_s: float) -> None:
    _run(sink.command, json.dumps(document(sink, told)).encode() + b"\n", timeout_s)


def _run(words: Sequence[str], given: bytes, timeout_s: float) -> None:
    environ = {name: os.environ[name] for name in PASSED if name in os.environ}
    try:
        done = subprocess.run(
            list(words), input=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environ,
            timeout=timeout_s, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Undelivered("the command did not end in time") from None
    except OSError as error:
        raise Undelivered(f"the command cannot be run: {error.strerror}", is_final=True) from None
    if done.returncode:
        raise Undelivered(f"the command ended with exit code {done.returncode}")


Formed = Callable[[Sink, Sequence[Told]], tuple[bytes, dict[str, str]]]
FORMED: dict[str, Formed] = {"json": _as_json, "slack": _as_slack, "discord": _as_discord, "ntfy": _as_ntfy}
SENDERS = {"webhook": _post, "desktop": _notify, "command": _command}
