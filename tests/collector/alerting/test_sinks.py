"""Sinks are told in their own forms, say why they were not, and neither their address nor a transcript gets out."""

import json
import os
import socket
import stat
import time
from pathlib import Path
from typing import Any

import pytest

from collector.alerting import sinks
from collector.alerting.sinks import Undelivered, send, trial
from store.alert_config import FORMS, Sink
from store.alert_rules import RULES
from store.alerts import Told
from tests.collector.doors.receiver import Receiver, receiving

CANARY = "Zebrafinch-canary"
AT = "2026-11-20T10:00:00.000Z"


def told(alert_id: int = 1, rule: str = "waiting", text: str = "app: waits for you") -> Told:
    return Told(alert_id, rule, "claude x s", "claude", "x", "/w/app", "s", 130.0, text, CANARY, AT)


def hook(receiver: Receiver, **more: Any) -> Sink:
    return Sink("hook", "webhook", receiver.url, **more)


def words(receiver: Receiver, form: str) -> tuple[str, str]:
    """The text of the message that came last, and its path."""
    path, headers, body = receiver.came[-1]
    if form == "ntfy":
        return f"{headers['Title']}\n{body.decode()}", path
    document = json.loads(body)
    assert headers["Content-Type"] == "application/json"
    key = {"json": "text", "slack": "text", "discord": "content"}[form]
    return document[key], path


@pytest.mark.parametrize("form", FORMS)
def test_each_form_says_it_and_no_transcript_unless_it_is_wanted(form: str) -> None:
    with receiving(204) as receiver:
        send(hook(receiver, form=form), [told()])
        text, path = words(receiver, form)
        assert "app: waits for you" in text and path == "/hook/T0P-S3CRET?k=v"
        assert CANARY.encode() not in receiver.came[0][2] and "Authorization" not in receiver.came[0][1]
        send(hook(receiver, form=form, has_text=True, token="t0k3n"), [told()])
        assert CANARY in words(receiver, form)[0]
        assert receiver.came[1][1]["Authorization"] == "Bearer t0k3n"


def test_json_has_every_alert_and_its_names() -> None:
    with receiving(200) as receiver:
        send(hook(receiver), [told(number) for number in range(1, 9)])
        document = json.loads(receiver.came[0][2])
        assert receiver.ids == list(range(1, 9))
    assert document["title"] == "8 alerts" and document["text"].splitlines()[-1] == "and 3 more"
    assert document["alerts"][0] == {
        "id": 1, "rule": "waiting", "subject": "claude x s", "level": 130.0, "text": "app: waits for you",
        "agent": "claude", "account": "x", "project": "/w/app", "sessionId": "s", "firstAt": AT,
        "state": "open", "endedAt": None,
    }  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_what_is_over_is_said_to_be(form: str) -> None:
    with receiving(200) as receiver:
        send(hook(receiver, form=form), [told()._replace(ended_at=AT), told(2)])
        assert "Over: app: waits for you\napp: waits for you" in words(receiver, form)[0]
        if form == "json":
            assert [one["state"] for one in json.loads(receiver.came[0][2])["alerts"]] == ["ended", "open"]


def test_a_name_calls_nobody_and_links_nowhere() -> None:
    with receiving(200) as receiver:
        send(hook(receiver, form="slack"), [told(text="<!channel> & co")])
        assert "&lt;!channel&gt; &amp; co" in words(receiver, "slack")[0]
        send(hook(receiver, form="discord"), [told(text="@everyone" * 1000)])
        document = json.loads(receiver.came[1][2])
    assert document["allowed_mentions"] == {"parse": []} and len(document["content"]) <= 2000


@pytest.mark.parametrize(
    ("answer", "why", "is_final"),
    [
        (500, "it answered 500", False), (503, "it answered 503", False), (429, "it answered 429", False),
        (404, "it answered 404", True), (302, "it answered 302", True),
        ("hang", "it did not answer in time", False), ("close", "it closed the connection", False),
    ],
)  # fmt: skip
@pytest.mark.timed
def test_who_does_not_take_it_says_why(answer: int | str, why: str, is_final: bool) -> None:
    with receiving(answer) as receiver:
        began = time.monotonic()
        with pytest.raises(Undelivered) as error:
            send(hook(receiver), [told()], timeout_s=0.3)
        assert time.monotonic() - began < 5
        assert len(receiver.came) == 1
    assert why in str(error.value) and error.value.is_final == is_final
    assert "S3CRET" not in str(error.value) and "127.0.0.1" not in str(error.value)


def test_where_nobody_listens_is_another_try() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(Undelivered, match="refused") as error:
        send(Sink("hook", "webhook", f"http://127.0.0.1:{port}/S3CRET"), [told()])
    assert not error.value.is_final and "S3CRET" not in str(error.value)


def test_an_address_that_speaks_no_tls_is_said_so() -> None:
    with receiving(200) as receiver, pytest.raises(Undelivered, match="no safe connection"):
        send(Sink("hook", "webhook", receiver.url.replace("http:", "https:")), [told()], timeout_s=2)


def program(folder: Path, name: str, body: str) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_a_command_gets_json_and_little_of_our_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_TOKEN", "S3CRET")
    said, variables = tmp_path / "said", tmp_path / "variables"
    command = program(tmp_path, "mine", f'cat > {said}; env > {variables}; test "$1" = "a b"')
    send(Sink("mine", "command", command=(command, "a b")), [told()])
    assert json.loads(said.read_text())["alerts"][0]["rule"] == "waiting"
    assert "PATH=" in variables.read_text() and "S3CRET" not in variables.read_text()


@pytest.mark.parametrize(
    ("body", "why", "is_final"),
    [("exit 3", "exit code 3", False), ("sleep 20", "did not end in time", False), (None, "cannot be run", True)],
)
def test_a_command_that_fails(body: str | None, why: str, is_final: bool, tmp_path: Path) -> None:
    command = (
        str(tmp_path / "none")
        if body is None
        else program(tmp_path, "mine", f"exec {body}" if "sleep" in body else body)
    )
    with pytest.raises(Undelivered, match=why) as error:
        send(Sink("mine", "command", command=(command,)), [told()], timeout_s=0.3)
    assert error.value.is_final == is_final


def test_the_desktop_is_told_by_what_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = tmp_path / "said"
    program(tmp_path, "notify-send", f'for word; do echo "$word"; done > {said}')
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    send(Sink("d", "desktop"), [told(text="--help")])
    assert said.read_text().splitlines() == ["--app-name=fleetmeter", "--", "Waiting for you", "--help"]
    monkeypatch.setattr(sinks.shutil, "which", lambda name: None)
    with pytest.raises(Undelivered, match="neither notify-send nor osascript"):
        send(Sink("d", "desktop"), [told()])


@pytest.mark.parametrize("rule", [rule.name for rule in RULES])
def test_every_rule_can_be_tried(rule: str) -> None:
    with receiving(200) as receiver:
        assert trial(hook(receiver), rule, 0.0) == ""
        assert rule in words(receiver, "json")[0]
    assert trial(hook(receiver), rule, 0.0) != ""


def test_a_secret_in_a_transcript_is_hidden_even_where_its_words_are_sent() -> None:
    secret = "ghp_" + "a1B2c3D4e5" * 4
    with receiving(200) as receiver:
        send(hook(receiver, has_text=True), [told()._replace(detail=f"Bash curl {secret}")])
    assert b"Bash curl ghp_" in receiver.came[0][2] and secret.encode() not in receiver.came[0][2]
