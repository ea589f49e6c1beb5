"""One session, of now or of long ago: its context, its money, its agents, and all that was said."""

import shlex
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from viewers import query
from viewers.panels import feed, session_parts, session_read
from viewers.panels.fleet import LATELY_S, NANOS
from viewers.panels.session_read import Agent, Session, Use
from viewers.processes import peaks
from viewers.reports.scope import session_keys
from viewers.web import drawing, stacks
from viewers.web.page import Asked, Page

DONE = frozenset({"completed", "done", "cancelled"})
SHOWN = 40
"""Moments of the activity, agents of the tree; the conversation has them all."""
FILES = 30


class File(NamedTuple):
    """A file that was read or changed."""

    path: str
    edits: int
    added: int | None
    removed: int | None
    last_at: str
    files: int


KINDS = ("Input", "Cache read", "Cache write 5m", "Cache write 1h", "Output")


def read(asked: Asked) -> Mapping[str, Any]:
    """The same answer that the terminal app draws."""
    key = session_keys(asked.place["id"], asked.reader)[0]
    memory: session_read.Memory = asked.memory.setdefault("session", session_read.Memory())
    found = session_read.session(asked.reader, key, memory, asked.now_s)
    assert found is not None  # its key was found in the same database a moment ago
    found = found._replace(peak=peaks.told(asked.home, found.now.session_id, found.now.agent))
    near = asked.memory.get("near")
    if near is None or near[0] != (found.before, found.after):
        ids = [session_id(asked, each) for each in (found.before, found.after)]
        near = asked.memory["near"] = ((found.before, found.after), ids)
    card = found.card
    window, known = card.window_tokens if card else None, costs(found)
    top = max(window or 0, *(tokens for _, tokens in found.contexts), 0) if found.contexts else 0
    return {
        "one": found, "card": card, "near": near[1], "top": top,
        "curve": drawing.curve(found.contexts, top), "peak": max((tokens for _, tokens in found.contexts), default=0),
        "names": {agent.run_id: agent.agent_type or agent.kind for agent in found.agents},
        "costs": known, "colours": stacks.colours([row[0] for row in known["models"]]),
        "tree": tree(found), "flows": flows(found), "prompts": prompts(found),
        "rate": (card.lately_nanos or 0) / NANOS / (LATELY_S / 60) if card else 0.0,
        "kind_of": feed.kind_of, "words_of": feed.words, "marks": feed.MARKS,
        "moments": [moment for moment in found.feed if moment.what not in feed.QUIET][:SHOWN],
        "files": [File(*row) for row in query.rows(asked.reader, "session_files", session=key, most=FILES)],
        "resume": resume(asked, found),
        "cwd": found.now.project, "done": DONE, "is_live": found.now.state in ("working", "waiting"), "shown": SHOWN,
    }  # fmt: skip


def resume(asked: Asked, found: Session) -> str:
    """What one types to go on with it, in the folder that it is in; "" where nobody knows."""
    told = asked.means.told
    if told is None:
        return ""
    known: Mapping[str, tuple[str, ...]] = asked.memory.get("resumes") or told.resumes()
    asked.memory["resumes"] = known
    words = known.get(found.now.agent)
    if not words:
        return ""
    folder = found.card.cwd if found.card and found.card.cwd else None
    command = shlex.join([*words, found.now.session_id])
    return f"cd {shlex.quote(folder)} && {command}" if folder else command


def session_id(asked: Asked, key: int | None) -> str | None:
    """The id of a neighbour."""
    rows = query.rows(asked.reader, "session_now", session=key) if key is not None else []
    return rows[0][1] if rows else None


def costs(found: Session) -> dict[str, Any]:
    """Money and tokens by kind, and by model."""
    used = found.used
    sums = [sum(column) for column in zip(*(use.kinds for use in used), strict=True)] if used else [0] * 5
    models: dict[str, list[Use]] = {}
    for use in used:
        models.setdefault(use.model, []).append(use)
    rows = sorted(((name, *worth(own), sum(use.tokens for use in own)) for name, own in models.items()),
                  key=lambda row: (-(row[1] or 0.0), -row[3]))  # fmt: skip
    given = sum(sums[:4])
    usd, is_least = worth(list(used))
    return {
        "usd": usd, "is_least": is_least, "models": rows, "most": max((row[1] or 0.0 for row in rows), default=0.0),
        "kinds": list(zip(KINDS, sums, strict=True)), "hit": sums[1] / given if given else None,
        "searches": sum(use.web_searches for use in used), "unpriced": sum(use.unpriced_tokens for use in used),
    }  # fmt: skip


def worth(own: list[Use]) -> tuple[float | None, bool]:
    """Dollars, or None without a price; and whether it may be more."""
    if all(use.usd_nanos is None for use in own):
        return None, False
    is_least = any(use.unpriced_tokens or use.lower_bounds for use in own)
    return sum(use.usd_nanos or 0 for use in own) / NANOS, is_least


def tree(found: Session) -> list[dict[str, Any]]:
    """Those that run first, then by tokens; children below their parent."""
    is_live = found.now.state in ("working", "waiting")
    tokens: Counter[str] = Counter()
    for use in found.used:
        tokens[use.run_id] += use.tokens
    known = {agent.run_id for agent in found.agents}
    children: dict[str, list[Agent]] = {}
    for agent in found.agents:
        children.setdefault(agent.parent if agent.parent in known else "", []).append(agent)
    rows: list[dict[str, Any]] = []

    def add(parent: str, depth: int) -> None:
        own = children.get(parent, [])
        own.sort(key=lambda each: (not session_parts.is_running(each, is_live), -tokens[each.run_id]))
        for agent in own:
            rows.append({
                "agent": agent, "depth": min(depth, 6), "tokens": tokens[agent.run_id],
                "runs": session_parts.is_running(agent, is_live),
                "failed": agent.state in session_parts.FAILED or agent.outcome in session_parts.FAILED,
            })  # fmt: skip
            if depth < 8:
                add(agent.run_id, depth + 1)

    add("", 0)
    return rows


def flows(found: Session) -> list[dict[str, Any]]:
    """Each workflow with its phases and what it cost."""
    flow_of = {agent.run_id: agent.workflow_id for agent in found.agents if agent.workflow_id}
    uses: dict[str | None, list[Use]] = {}
    for use in found.used:
        if use.run_id in flow_of:
            uses.setdefault(flow_of[use.run_id], []).append(use)
    return [
        {
            "flow": flow,
            "phases": [each for each in found.phases if each.workflow_id == flow.workflow_id and each.name],
            "tokens": sum(use.tokens for use in uses.get(flow.workflow_id, ())),
            "worth": worth(uses[flow.workflow_id]) if flow.workflow_id in uses else None,
        }
        for flow in found.flows
    ]  # fmt: skip


def prompts(found: Session) -> list[dict[str, Any]]:
    """What was asked, and what each prompt came to with all that it set off."""
    uses: dict[str | None, list[Use]] = {}
    for use in found.used:
        uses.setdefault(use.prompt_id, []).append(use)
    rows: list[dict[str, Any]] = []
    for index, (id_, at, _, text) in enumerate(found.asked):
        own = uses.get(id_, [])
        rows.append({
            "number": len(found.asked) - index, "id": id_, "at": at, "text": text,
            "tokens": sum(use.tokens for use in own), "worth": worth(own) if own else None,
        })  # fmt: skip
    return rows


PAGE = Page(
    "session", "Session", "/session/{id}", read,
    ("head", "context", "now", "cost", "agents", "flows", "feed", "prompts", "tools", "todo", "files"),
)  # fmt: skip
