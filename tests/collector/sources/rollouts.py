"""Threads as several generations of Codex wrote them, by a program whose bill is known to the token."""

import copy
import json
import os
import random
from collections import Counter
from pathlib import Path
from typing import Any

WINDOW = 258_400
KINDS = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens", "total_tokens")
# unnamed: turns without ids, sums that restart at a resume (0.58). named: turns with ids, forks that copy (0.135).
# renamed: the same, but the copies lose the names of their turns (0.105). recorded: a record of each answer (0.155).
STYLES = ("unnamed", "named", "renamed", "recorded")
VERSIONS = {"unnamed": "0.58.0", "named": "0.135.0", "renamed": "0.105.0", "recorded": "0.169.0"}
Line = dict[str, Any]
Sums = tuple[int, int, int, int, int]
NOTHING: Sums = (0, 0, 0, 0, 0)


class Thread:
    """One rollout: its lines, and where its sum stands."""

    def __init__(self, id_: str, lines: list[Line], total: Sums = NOTHING) -> None:
        self.id, self.lines, self.total = id_, lines, total
        self.told = self.last = NOTHING  # what its last line tells
        self.turn, self.model = "", "gpt-5.5"
        self.rolled_back: set[str] = set()
        self.is_recorded = self.has_kept = False
        self.segment = ""  # of a thread that was rewound, the file it went on in
        self.is_left = False  # and the one it left
        self.sums: list[Sums] = [total]

    def path(self, user: Path) -> Path:
        name = f"rollout-2026-11-20T10-00-00-{self.id}{self.segment and '_' + self.segment}.jsonl"
        return user / ".codex" / "sessions" / "2026" / "11" / "20" / name


class Program:
    """What runs, and what it was billed for: tokens by thread and model."""

    def __init__(self, seed: int, style: str) -> None:
        self.dice, self.style, self.now = random.Random(seed), style, 0
        self.threads: list[Thread] = []
        self.bill: Counter[tuple[str, str]] = Counter()

    def work(self, steps: int) -> None:
        self.begin()
        for _ in range(steps):
            thread = self.dice.choice(self.threads)
            act = self.dice.choice(
                (self.turn, self.turn, self.turn, self.compact, self.resume, self.fork, self.overflow)
            )
            act(thread)
            if self.dice.random() < 0.1:
                self.begin()

    def begin(self) -> None:
        thread = Thread(self._id(), [])
        thread.is_recorded = self.style == "recorded"
        self._meta(thread, thread.id)
        self.threads.append(thread)
        self.turn(thread)

    def turn(self, thread: Thread) -> None:
        """A prompt, and some answers; one of them may lose its event, and the turn may be taken back."""
        self._start(thread)
        for _ in range(self.dice.randrange(1, 4)):
            if not thread.is_recorded and thread.told == thread.total != NOTHING and self.dice.random() < 0.15:
                self._bill(thread)  # interrupted before its tools ended: only the sum has it
            self._answer(thread)
        if not thread.is_recorded and self.style != "unnamed" and self.dice.random() < 0.2:
            self._count(thread, (0, 0, 0, 0, 7017))
            thread.rolled_back.add(thread.turn)
            # Known gap: where a migration drops the only line before an answer that has no line, that answer is lost.
            thread.told = thread.told if thread.has_kept else NOTHING
            self._event(thread, {"type": "thread_rolled_back", "num_turns": 1})
        else:
            thread.has_kept = True

    def compact(self, thread: Thread) -> None:
        self._start(thread)
        self._answer(thread)
        self._line(thread, "compacted", {"message": "what was said so far"})
        self._count(thread, (0, 0, 0, 0, self.dice.randrange(2000, 9000)))
        self._answer(thread)

    def overflow(self, thread: Thread) -> None:
        """The context is full: the sum jumps to its size, and begins anew."""
        self._start(thread)
        thread.total = (0, 0, 0, 0, WINDOW)
        self._count(thread, thread.total)
        thread.total, thread.has_kept = NOTHING, False

    def resume(self, thread: Thread) -> None:
        if self.style == "unnamed":
            thread.total = NOTHING
        self.turn(thread)

    def fork(self, parent: Thread) -> None:
        """Another thread that goes on from here; older programs copy all lines, with the time of the fork."""
        thread = Thread(self._id(), [], parent.total)
        thread.is_recorded = parent.is_recorded
        base = {"history_mode": "paginated", "history_base": {"thread_id": parent.id}} if thread.is_recorded else {}
        self._meta(thread, thread.id, forked_from_id=parent.id, **base)
        if thread.is_recorded:
            if self.dice.random() < 0.5:
                self._start(thread)
                self._count(thread, parent.last)  # its first turn fails: only the sum of its parent is told again
        else:
            stamp = self._stamp()
            for line in copy.deepcopy(parent.lines):
                line["timestamp"] = stamp
                if self.style == "renamed":
                    if line["payload"].get("type") == "task_started":
                        continue
                    line["payload"].pop("turn_id", None)
                thread.lines.append(line)
            thread.told, thread.last = parent.told, parent.last
        thread.rolled_back = set(parent.rolled_back)
        self.threads.append(thread)
        self.turn(thread)

    def rewind(self, thread: Thread) -> None:
        """Back to an earlier point: the file stays as it is, the thread goes on in another one, its sum falls back."""
        segment = Thread(thread.id, [], self.dice.choice(thread.sums))
        segment.is_recorded, segment.segment, thread.is_left = True, self._id(), True
        base = {"thread_id": thread.segment or thread.id, "end_ordinal_exclusive": 1}
        self._meta(segment, thread.id, history_mode="paginated", history_base=base)
        self.threads.append(segment)
        self.turn(segment)

    def write(self, user: Path, threads: list[Thread] | None = None) -> None:
        """Each rollout as one new file, which replaces what was there."""
        for thread in self.threads if threads is None else threads:
            path = thread.path(user)
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(".new")
            fresh.write_text("".join(json.dumps(line) + "\n" for line in thread.lines), "utf-8")
            os.replace(fresh, path)

    def migrate(self, thread: Thread) -> None:
        """Into the newer form: second headers and turns that were taken back are dropped, unnamed turns get names."""
        if self.style == "recorded":
            return
        lines: list[Line] = []
        turn, prompts, is_named = "", 0, any("turn_id" in line["payload"] for line in thread.lines)
        for line in copy.deepcopy(thread.lines):
            payload = line["payload"]
            if line["type"] == "session_meta" and lines:
                continue
            turn = payload.get("turn_id", turn)
            if turn in thread.rolled_back or payload.get("type") == "thread_rolled_back":
                continue
            if payload.get("type") == "user_message":
                prompts += 1
                if not is_named:
                    turn = f"rollout-{len(lines)}"
                    started = {"type": "task_started", "turn_id": turn}
                    lines.append({**line, "ordinal": len(lines), "payload": started})
                content = [{"type": "text", "text": payload["message"]}]
                item = {"type": "UserMessage", "id": f"item-{prompts}", "content": content}
                line["payload"] = {"type": "item_completed", "thread_id": thread.id, "turn_id": turn, "item": item}
            if payload.get("info"):
                for sums in (payload["info"]["total_token_usage"], payload["info"]["last_token_usage"]):
                    sums["cache_write_input_tokens"] = 0
            lines.append({**line, "ordinal": len(lines)})
        lines[0]["payload"]["history_mode"] = "paginated"
        thread.lines = lines
        thread.is_recorded = True  # whoever migrates goes on in the newer form

    # -- lines

    def _start(self, thread: Thread) -> None:
        thread.turn = self._id() if self.style != "unnamed" or thread.is_recorded else ""
        named = {"turn_id": thread.turn} if thread.turn else {}
        if self.dice.random() < 0.2:
            thread.model = self.dice.choice(("gpt-5.5", "gpt-5.1-codex"))
        if named:
            self._event(thread, {"type": "task_started", **named})
        self._line(thread, "turn_context", {"model": thread.model, "cwd": "/src/app", **named})
        self._event(thread, {"type": "user_message", "message": f"prompt {self.dice.random()}"})

    def _answer(self, thread: Thread) -> None:
        if self.dice.random() < 0.2 and thread.told == thread.total != NOTHING:
            self._count(thread, thread.last)  # told again, as at the start of a turn: the sum is the same
        last = self._bill(thread)
        if thread.is_recorded:
            usage, sums = (dict(zip(KINDS, vector, strict=True)) for vector in (last, thread.total))
            told = {
                "thread_id": thread.id,
                "turn_id": thread.turn,
                "response_id": self.dice.choice(("same", "", self._id())),
            }
            self._line(thread, "token_usage_record", {**told, "usage": usage, "thread_token_usage": sums})
        self._count(thread, last)

    def _bill(self, thread: Thread) -> Sums:
        fresh, output = self.dice.randrange(1, 90_000), self.dice.randrange(1, 5000)
        last = (fresh, self.dice.randrange(fresh + 1), output, self.dice.randrange(output + 1), fresh + output)
        thread.total = tuple(a + b for a, b in zip(thread.total, last, strict=True))  # pyright: ignore[reportAttributeAccessIssue] - five of them
        thread.sums.append(thread.total)
        self.bill[thread.id, thread.model] += last[4]
        return last

    def _count(self, thread: Thread, last: Sums) -> None:
        info = {
            "total_token_usage": dict(zip(KINDS, thread.total, strict=True)),
            "last_token_usage": dict(zip(KINDS, last, strict=True)), "model_context_window": WINDOW,
        }  # fmt: skip
        self._event(thread, {"type": "token_count", "info": info, "rate_limits": None})
        thread.told, thread.last = thread.total, last

    def _meta(self, thread: Thread, id_: str, **more: Any) -> None:
        meta = {
            "id": id_,
            "timestamp": self._stamp(),
            "cwd": "/src/app",
            "cli_version": VERSIONS["recorded" if thread.is_recorded else self.style],
            "source": "exec",
        }
        self._line(thread, "session_meta", {**meta, **more})

    def _event(self, thread: Thread, payload: Line) -> None:
        self._line(thread, "event_msg", payload)

    def _line(self, thread: Thread, type_: str, payload: Line) -> None:
        thread.lines.append({"timestamp": self._stamp(), "type": type_, "payload": payload})

    def _stamp(self) -> str:
        self.now += self.dice.randrange(1, 900)
        seconds, ms = divmod(self.now, 1000)
        return f"2026-11-20T{10 + seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{ms:03d}Z"

    def _id(self) -> str:
        """Ids that begin with their time, as the program's do."""
        self.now += 1
        return f"{self.now:08x}-{self.dice.randrange(1 << 16):04x}-7000-8000-{self.dice.randrange(1 << 48):012x}"
