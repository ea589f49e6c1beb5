"""The same for programs: every number exact, every name as it was recorded, secrets hidden."""

from store.light import Any
from viewers.panels.fleet import share
from viewers.panels.fleet_read import Call, Card, Fleet, Moment, Now, One
from viewers.panels.plans import Limit
from viewers.panels.session_parts import is_running
from viewers.panels.session_read import Session, Use
from viewers.reports.budgets import Standing as Budgeted
from viewers.reports.dates import utc
from viewers.screen.secrets import hide

NANOS = 1e9


def fleet_document(found: Fleet, now_s: float) -> dict[str, Any]:
    """What the screen of the fleet shows."""
    return {
        "schemaVersion": 1,
        "at": utc(now_s),
        "today": {
            "usd": _usd(sum(quarter.usd or 0.0 for quarter in found.today)),
            "tokens": sum(quarter.tokens for quarter in found.today),
            "isLowerBound": any(quarter.lower_bounds or quarter.unpriced_tokens for quarter in found.today),
        },
        "limits": [_limit(limit) for limit in found.limits],
        "alerts": [
            {"id": alert.alert_id, "rule": alert.rule, "text": _text(alert.text), "sessionId": alert.session_id,
             "firstAt": alert.first_at} for alert in found.alerts
        ],
        "budgets": [budget_document(own) for own in found.plans.budgets],
        "unpriced": [{"model": model, "tokens": tokens} for model, tokens in found.unpriced],
        "sessions": [one_document(one) for one in found.sessions],
    }  # fmt: skip


def budget_document(own: Budgeted) -> dict[str, Any]:
    """A budget as it stands."""
    return {
        "name": own.budget.name, "per": own.budget.per, "since": own.since, "until": own.until,
        "limits": [
            {"kind": bound.kind, "spent": _amount(bound.kind, bound.spent), "limit": _amount(bound.kind, bound.limit),
             "percent": round(bound.share * 100, 2), "crosses": bound.crosses, "isOver": bound.is_over}
            for bound in own.limits
        ],
    }  # fmt: skip


def _amount(kind: str, number: int) -> int | float:
    return _usd(number / NANOS) if kind == "usd" else number


def one_document(one: One) -> dict[str, Any]:
    """A session of the fleet."""
    return {**_now(one.now), **_card(one.card), "running": [_call(call) for call in one.calls]}


def session_document(found: Session, now_s: float) -> dict[str, Any]:
    """What the screen of a session shows."""
    is_live = found.now.state in ("working", "waiting")
    return {
        "schemaVersion": 1,
        "at": utc(now_s),
        **_now(found.now),
        **_card(found.card),
        "running": [_call(call) for call in found.calls],
        "models": _models(found.used),
        "contexts": [{"at": at, "tokens": tokens} for at, tokens in found.contexts],
        "compactions": [
            {"at": at, "reason": reason, "tokensBefore": before, "tokensAfter": after}
            for at, reason, before, after in found.compactions
        ],
        "agents": [
            {
                "id": agent.run_id, "kind": agent.kind, "parent": agent.parent, "type": agent.agent_type,
                "description": _text(agent.description), "workflow": agent.workflow_id, "phase": agent.phase,
                "isRunning": is_running(agent, is_live), "firstAt": agent.first_at, "lastAt": agent.last_at,
                "tokens": sum(use.tokens for use in found.used if use.run_id == agent.run_id),
            }
            for agent in found.agents
        ],
        "workflows": [
            {
                "id": flow.workflow_id, "name": flow.name, "state": flow.state, "startedAt": flow.started_at,
                "durationMs": flow.duration_ms, "agents": flow.agents, "agentsFinished": flow.finished,
                "phases": [
                    {"name": phase.name, "agents": phase.agents, "done": phase.done, "failed": phase.failed}
                    for phase in found.phases
                    if phase.workflow_id == flow.workflow_id
                ],
            }
            for flow in found.flows
        ],
        "tasks": [{"id": id_, "subject": _text(subject), "status": status} for id_, subject, status in found.tasks],
        "prompts": [{"id": id_, "at": at, "kind": kind, "text": _text(text)} for id_, at, kind, text in found.asked],
        "tools": [
            {"name": name, "calls": calls, "failed": failed, "durationMs": duration}
            for name, calls, failed, duration in found.tools
        ],
        "activity": [moment_document(moment) for moment in found.feed],
    }  # fmt: skip


def moment_document(moment: Moment) -> dict[str, Any]:
    """One thing that happened."""
    return {
        "at": moment.at, "run": moment.run_id, "kind": moment.kind, "what": moment.what, "text": _text(moment.text),
        "size": moment.size, "durationMs": moment.duration_ms,
        "outcome": moment.status if moment.kind == "tool" else None, "id": moment.id,
    }  # fmt: skip


def _now(now: Now) -> dict[str, Any]:
    return {
        "sessionId": now.session_id, "agent": now.agent, "account": now.account, "project": now.project,
        "state": now.state, "since": now.since, "what": _text(now.what), "pid": now.pid, "lastAt": now.last_at,
    }  # fmt: skip


def _card(card: Card | None) -> dict[str, Any]:
    if card is None:
        return {}
    part = share(card)
    return {
        "title": _text(card.title), "branch": card.branch, "model": card.model, "firstAt": card.first_at,
        "lastPrompt": _text(card.last_prompt), "answers": card.responses,
        "usd": None if card.usd is None else _usd(card.usd), "isLowerBound": card.is_least,
        "unpricedTokens": card.unpriced_tokens,
        "tokens": {
            "input": card.input_tokens, "cacheRead": card.cache_read_tokens,
            "cacheWrite5m": card.cache_write_5m_tokens, "cacheWrite1h": card.cache_write_1h_tokens,
            "output": card.output_tokens,
        },
        "context": {
            "tokens": card.context_tokens, "window": card.window_tokens,
            "percent": None if part is None else round(part * 100, 1), "compactions": card.compactions,
        },
        "lately": {"usd": _usd((card.lately_nanos or 0) / NANOS), "tokens": card.lately_tokens or 0, "seconds": 300},
    }  # fmt: skip


def _call(call: Call) -> dict[str, Any]:
    return {"run": call.run_id, "tool": call.name, "target": _text(call.target), "startedAt": call.started_at}


def _limit(limit: Limit) -> dict[str, Any]:
    return {
        "agent": limit.agent, "account": limit.account, "limit": limit.limit_id, "span": limit.span,
        "usedPercent": limit.used_percent, "windowMinutes": limit.window_minutes, "resetsAt": limit.resets_at,
        "plan": limit.plan, "readAt": limit.seen_until,
    }  # fmt: skip


def _models(used: tuple[Use, ...]) -> list[dict[str, Any]]:
    found: dict[str, list[Use]] = {}
    for use in used:
        found.setdefault(use.model, []).append(use)
    return [
        {
            "model": model, "answers": sum(use.responses for use in own), "tokens": sum(use.tokens for use in own),
            "usd": None if all(use.usd_nanos is None for use in own)
            else _usd(sum(use.usd_nanos or 0 for use in own) / NANOS),
            "unpricedTokens": sum(use.unpriced_tokens for use in own),
        }
        for model, own in found.items()
    ]  # fmt: skip


def _text(text: str | None) -> str | None:
    return None if text is None else hide(text)


def _usd(amount: float) -> float:
    return round(amount, 6)
