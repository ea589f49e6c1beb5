"""What an agent waits for: a message kept, and a status line drawn, each beside the bare interpreter."""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from programs import ROOT, Stage, fleetmeter

FLOOR = [sys.executable, "-I", "-S", "-c", "pass"]
EMIT, STATUS = (str(ROOT / folder / name) for folder, name in (("collector", "emit.py"), ("viewers", "status_line.py")))
HOOK = {"session_id": "s", "hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": {"command": "x" * 2_000}}
TOLD = {
    "session_id": "s", "model": {"id": "model-a", "display_name": "A"}, "cost": {"total_cost_usd": 1.5},
    "context_window": {"context_window_size": 200_000, "current_usage": {"input_tokens": 50_000}},
    "rate_limits": {"five_hour": {"used_percentage": 20, "resets_at": 1_800_000_000}},
}  # fmt: skip


def measure_senders(
    args: argparse.Namespace, corpora: dict[str, Path | None], say: Callable[[str], None],
    bar: Callable[[str, float, float], None],
) -> list[str]:  # fmt: skip
    """Without any history, and over those that are given."""
    for name, corpus in corpora.items():
        stage = Stage(args.work, f"senders-{name}", corpus or args.work)
        stage.renew()
        if corpus is not None:
            stage.run(fleetmeter(args.command))
        environ = {"HOME": str(args.work), "FLEETMETER_HOME": str(stage.data)}
        python = [sys.executable, "-I", "-S"]
        runs = {
            "floor": (FLOOR, b""),
            "emit": ([*python, EMIT, "claude", "/root"], json.dumps(HOOK).encode()),
            "emit, first of a root": ([*python, EMIT, "claude", "/fresh"], json.dumps(HOOK).encode()),
            "status line": ([*python, STATUS, "claude", "/root"], json.dumps(TOLD).encode()),
        }
        took: dict[str, list[float]] = {what: [] for what in runs}
        for number in range(args.runs):
            for what, (words, body) in runs.items():
                fresh = [f"{words[-1]}-{number}"] if what == "emit, first of a root" else words[-1:]
                took[what].append(timed([*words[:-1], *fresh], body, environ))
        median = {what: statistics.median(times) for what, times in took.items()}
        say(f"{name}: " + ", ".join(f"{what} {seconds * 1000:.1f} ms" for what, seconds in median.items()))
        bar("emit, against the bare interpreter", median["emit"] / median["floor"], 2)
        bar("emit, first of a root, against it", median["emit, first of a root"] / median["floor"], 2)
        bar("status line, against the bare interpreter", median["status line"] / median["floor"], 5)
    return []


def timed(words: list[str], body: bytes, environ: dict[str, str]) -> float:
    """One run, as its caller waits for it."""
    began = time.perf_counter()
    subprocess.run(words, input=body, env=environ, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began
