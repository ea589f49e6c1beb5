"""How a Codex tool call ended: mostly there is no field for it, and the first words of its answer tell."""

import re
from typing import NamedTuple

from store.merge import BACKGROUND

SEARCHED = 400  # bytes of an answer that say how it ended, or, of the oldest, its last ones
# What most answers begin with.
HEADER = re.compile(
    rb'"(?:Chunk ID: \w+\\n)?Wall time: (\d{1,9}\.\d{3,9}) seconds\\nProcess (?:exited with code (-?\d{1,9})'
    rb"|running with session ID (\w{1,40}))\\n"
)
TEXT = re.compile(rb'"text"\s*:\s*"')
OUTPUT = re.compile(rb"(?:^|\\n)Output:")
EXIT = re.compile(rb"(?:[Ee]xit code:?|exited with code)\s*(-?\d{1,9})")
TOLD = re.compile(rb'\\"exit_code\\":\s*(-?\d{1,9})')
# Of times told to a tenth of a second, those between the lines are nearer.
TOOK = re.compile(rb'(?:Wall time:\s*(?=\d+\.\d{3})|\\"duration_seconds\\":\s*)(\d{1,9}(?:\.\d{1,9})?)')
RUNNING = re.compile(rb"running with (?:session|cell) ID (\w{1,40})")
BROKEN_OFF = re.compile(rb'(?:Wall time:? [\d.]+ seconds?(?:\\n)+)?aborted(?: by user|"|$)')
REJECTED = re.compile(rb"(?:[\w ]{1,30} )?rejected by user|user (?:rejected|cancelled) ")
FAILED = re.compile(
    rb"apply_patch verification failed|unsupported (?:\w+ )*call|Script failed|execution error|failed to |"
    rb"tool call error|write_stdin failed"
)
SPAWNED = re.compile(rb'"\{\\"agent_id\\":\s*\\"([0-9a-f-]{36})\\"')


class End(NamedTuple):
    """What an answer says of its call. process: the one that goes on running."""

    outcome: str
    took_ms: int | None = None
    process: str = ""


def end_of(output: bytes) -> End:
    """The end of a call, by its answer: a text, or a list of pieces of which the first says it."""
    usual = HEADER.match(output)
    if usual:
        took, code, process = usual.groups()
        if process:
            return End(BACKGROUND, None, process.decode())
        return End("error" if int(code) else "ok", round(float(took) * 1000) or None)
    start = 1
    if output[:1] in (b"[", b"{"):
        text = TEXT.search(output, 0, SEARCHED)
        start = text.end() if text else 0
    beginning = output[start : start + SEARCHED]
    if beginning.startswith(b'{\\"output\\":'):  # what it says of itself stands at its end
        said = output.rfind(b'\\"exit_code\\":', -SEARCHED)
        return _end(b"", TOLD.match(output, said), TOOK.search(output, said)) if said >= 0 else End("ok")
    if BROKEN_OFF.match(beginning):
        return End("interrupted")
    if REJECTED.match(beginning):
        return End("rejected")
    header = OUTPUT.search(beginning)
    if header:
        beginning = beginning[: header.start()]
    running = RUNNING.search(beginning)
    if running:
        return End(BACKGROUND, None, running[1].decode())
    return _end(beginning, EXIT.search(beginning) or TOLD.search(beginning), TOOK.search(beginning))


def _end(beginning: bytes, code: re.Match[bytes] | None, took: re.Match[bytes] | None) -> End:
    took_ms = round(float(took[1]) * 1000) if took else 0  # nothing is told of what took less than they count
    is_bad = (code is not None and int(code[1]) != 0) or FAILED.match(beginning) is not None
    return End("error" if is_bad else "ok", took_ms or None)
