"""What happened inside a session: its agents as a tree, its workflows by phase, its prompts and tools."""

from viewers.panels.fleet_read import Moment
from viewers.panels.gauges import FREE, FULL, bar
from viewers.panels.ink import Line, Panel, Row, apart, cell, one
from viewers.panels.moments import clock
from viewers.panels.session_read import Agent, Phase, Session
from viewers.panels.words import money
from viewers.screen import format
from viewers.screen.secrets import hide
from viewers.screen.text import clean

NANOS = 1e9
CELLS = 12
FAILED = frozenset({"error", "failed", "killed", "interrupted", "rejected"})


def is_running(agent: Agent, is_live: bool) -> bool:
    """Whether it still works: a session that rests has none that does."""
    if not is_live or agent.state in ("done", "completed") or agent.state in FAILED:
        return False
    return agent.state == "async_launched" or agent.outcome in (None, "open")


def agents(found: Session, columns: int) -> Panel:
    """Those that run first, then by tokens; children below their parent."""
    is_live = found.now.state in ("working", "waiting")
    tokens: dict[str, int] = {}
    for use in found.used:
        tokens[use.run_id] = tokens.get(use.run_id, 0) + use.tokens
    known = {agent.run_id for agent in found.agents}
    children: dict[str, list[Agent]] = {}
    for agent in found.agents:
        children.setdefault(agent.parent if agent.parent in known else "", []).append(agent)
    running = {agent.run_id for agent in found.agents if is_running(agent, is_live)}
    rows: list[Row] = []

    def add(parent: str, depth: int) -> None:
        own = sorted(
            children.get(parent, ()), key=lambda each: (each.run_id not in running, -tokens.get(each.run_id, 0))
        )
        for index, agent in enumerate(own):
            branch = "" if not depth else "  " * (depth - 1) + ("└" if index == len(own) - 1 else "├")
            line = _agent(agent, branch, agent.run_id in running, tokens.get(agent.run_id, 0), columns)
            rows.append(Row(agent.run_id, (line,)))
            if depth < 8:
                add(agent.run_id, depth + 1)

    add("", 0)
    fact = f"{len(running)} running / {len(found.agents)}" if running else f"{len(found.agents)}" if rows else ""
    return Panel("Subagents", tuple(rows), fact)


def _agent(agent: Agent, branch: str, runs: bool, tokens: int, columns: int) -> Line:
    is_failed = agent.state in FAILED or agent.outcome in FAILED
    mark, style = ("●", "accent") if runs else ("✗", "bad") if is_failed else ("✓", "ok")
    kind = clean(agent.agent_type or agent.kind)
    words = clean(hide(agent.description or ""))
    left: Line = ((branch, "muted"), (f"{mark} ", style), cell(kind, min(len(kind), 15), "tool"), (f" {words}", ""))
    return apart(left, (cell(format.tokens(tokens), 8, "muted", is_right=True),), columns)


def workflows(found: Session, columns: int) -> Panel:
    """Each with its phases: cells of agents done, running, failed, not begun."""
    rows: list[Row] = []
    costs: dict[str, int] = {}
    flow_of = {agent.run_id: agent.workflow_id for agent in found.agents if agent.workflow_id}
    for use in found.used:
        if use.run_id in flow_of:
            costs[flow_of[use.run_id] or ""] = costs.get(flow_of[use.run_id] or "", 0) + (use.usd_nanos or 0)
    for flow in found.flows:
        cost = costs.get(flow.workflow_id)
        right = f"{flow.finished}/{flow.agents}" + (f" · {money(cost / NANOS)}" if cost else "")
        style = "accent" if flow.state == "running" else "bad" if flow.state in FAILED else "bold"
        head = apart(
            (cell(flow.name or flow.workflow_id, columns - len(right) - 2, style),), ((right, "muted"),), columns
        )
        phases = tuple(_phase(p, columns) for p in found.phases if p.workflow_id == flow.workflow_id and p.name)
        rows.append(Row(flow.workflow_id, (head, *phases)))
    running = sum(flow.state == "running" for flow in found.flows)
    return Panel("Workflows", tuple(rows), f"{running} running" if running else "")


def _phase(phase: Phase, columns: int) -> Line:
    cells = min(CELLS, max(phase.agents, 1)) if phase.agents <= CELLS else CELLS
    scale = cells / max(phase.agents, 1)
    done, failed = round(phase.done * scale), min(-(-phase.failed * cells // max(phase.agents, 1)), cells)
    runs = max(cells - done - failed, 0)
    count = f"{phase.done}/{phase.agents}" + (f" {phase.failed}✗" if phase.failed else "")
    gauge: Line = ((FULL * done, "ok"), ("▒" * runs, "accent"), ("✗" * failed, "bad"), (FREE * 0, ""))
    return apart((cell(f"  {phase.name}", max(columns - CELLS - 10, 8)), *gauge), ((count, "muted"),), columns)


def moment_of(asked: tuple[str, str | None, str, str]) -> Moment:
    """A prompt as the feed has it, also one that is further back than the feed."""
    id_, at, kind, text = asked
    return Moment(at or "", "main", "prompt", kind, text, None, None, None, f"prompt {id_}", id_, 0)


def prompts(found: Session, columns: int) -> Panel:
    """What was asked, and what each prompt came to with all that it set off."""
    nanos: dict[str | None, int] = {}
    least: set[str | None] = set()
    for use in found.used:
        nanos[use.prompt_id] = nanos.get(use.prompt_id, 0) + (use.usd_nanos or 0)
        if use.unpriced_tokens or use.lower_bounds:
            least.add(use.prompt_id)
    rows: list[Row] = []
    for index, (id_, at, _, text) in enumerate(found.asked):
        cost = money(nanos[id_] / NANOS, is_least=id_ in least) if id_ in nanos else format.NONE
        number = cell(str(len(found.asked) - index), 3, "muted", is_right=True)
        left: Line = (number, (f" {clock(at, is_exact=False)} ", "muted"), (clean(hide(text)), ""))
        rows.append(Row(id_, (apart(left, (cell(cost, 10, "", is_right=True),), columns),)))
    return Panel("Prompts", tuple(rows), str(len(rows)) if rows else "")


def tools(found: Session, columns: int) -> Panel:
    """How often each tool was called, how often that failed, how long it took."""
    most = max((calls for _, calls, _, _ in found.tools), default=1)
    rows: list[Row] = []
    for name, calls, failed, duration in found.tools:
        gauge = bar(calls / most, max(columns - 38, 4), "tool")
        wrong = cell(f"{failed}✗" if failed else format.NONE, 5, "bad" if failed else "muted", is_right=True)
        took = cell(format.took(duration) if duration else format.NONE, 8, "muted", is_right=True)
        rows.append(
            one(
                name,
                cell(name, 16, "tool"),
                cell(format.count(calls), 7, is_right=True),
                (" ", ""),
                *gauge,
                wrong,
                took,
            )
        )
    return Panel(
        "Tools", tuple(rows), format.things(sum(calls for _, calls, _, _ in found.tools), "call") if rows else ""
    )
