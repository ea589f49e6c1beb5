"""What is recorded equals what a slow and plain count finds, and what an API billed to the real program."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.collector.published import CORPUS, Tree, lay, needed, oracle, trees
from tests.collector.recorded import record, rows

KINDS = ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h")
TOKENS = ", ".join(f"sum({kind}_tokens)" for kind in KINDS)
RESPONSES = f"""
select agent, session_id, coalesce(day, 'unknown'), model, sum(not is_nested), sum(is_lower_bound and not is_nested),
    {TOKENS}
from responses
group by 1, 2, 3, 4
"""  # noqa: S608 - column names, written above
QUARTERS = f"""
select agent, session_id, coalesce(day, 'unknown'), model, sum(responses), sum(lower_bounds), {TOKENS}
from usage_quarter_hours
group by 1, 2, 3, 4
"""  # noqa: S608 - column names, written above

# Where ours differs from the slow count on purpose: home → group → name → how many more of it are ours.
ARGUED: dict[str, dict[str, dict[str, int]]] = {
    # Made by hand: two sessions give two records one uuid "a1", and the tool calls in both have no id, so the slow
    # count takes them for one. Four retries, cut-down values in all their fields, share one uuid with a notice. A
    # side chain has no root in its file: the slow count has none, ours is one run for all such lines of a session.
    "claude/agent-sessions": {"tools": {"bash": 1}, "errors": {"retry": -1}, "runs": {"runs": 1}},
    # One more side chain without a root, and one whose root does not name its parent at all.
    "claude/claude-code-log": {"runs": {"runs": 2}},
    # Two lines are two records glued together, which ours reads; the last line of another program's file waits for
    # its newline.
    "claude/entireio-cli": {"lines": {"refused": -3}},
    # Given while the agent was busy, it exists only as an attachment, where the slow count does not look.
    "real-clients/claude/subagents": {"prompts": {"notification": 1}},
    # Of one command in the background a notification says that it was killed, of one that it is lost.
    "real-clients/claude/hooks": {"errors": {"tool": 2}},
    # A patch that does not fit, a tool that is not there and a command that was broken off are failures too; the slow
    # count sees exit codes only. 0.135 copies prompts and compactions into forks with a new time, and so counts them
    # again; their turns tell that they are copies.
    "real-clients/codex/exec_basic": {"errors": {"tool": 2}},
    "real-clients/codex/tui": {"errors": {"tool": 1}},
    "real-clients/codex/code_mode": {"errors": {"tool": 1}},
    "real-clients/codex/legacy_0_135_0": {"prompts": {"prompt": -3}, "compactions": {"full": -1}},
    "real-clients/codex/legacy_0_135_0_migrated": {"compactions": {"full": -1}},
    "codex/agentv": {"errors": {"tool": 2}},
    "codex/ai-sessions": {"errors": {"tool": 1}},
    # Made by hand: items without a type, which are prompts all the same; two calls of one id; times that are gone.
    "codex/agentsview": {"tools": {"shell_command": -1, "apply_patch": 1}, "prompts": {"prompt": 5}},
    "codex/agent-sessions": {
        "tools": {"[trimmed for fixture]": 1, "run_shell_command": 1, "translate": 1, "tool_search": -1},
        "prompts": {"prompt": 1},
        "compactions": {"full": 4},
        "errors": {"tool": 1, "error": 1},
        "lines": {"refused": 2},  # usage of an unknown shape: loud, never silently nothing
    },
    # Failed turns end with their error, which is no line of its own.
    "real-clients/codex/errors": {"errors": {"error": 3}},
    "real-clients/subagents": {"prompts": {"notification": 1}},
    # Of one command in the background a notification says that it was killed, of one that it is lost.
    "real-clients/hooks": {"errors": {"tool": 2}},
}
# A migration dropped a turn that was rolled back: the growth of the sum has its tokens, not that they were an answer.
UNTOLD = {"real-clients/codex/legacy_0_135_0_migrated": {"gpt-5.5": 1}}

PUBLISHED = [name for name in ARGUED if not name.startswith("real-clients/")]

each = pytest.mark.parametrize("tree", trees(), ids=lambda tree: tree.name)
pytestmark = needed


def sums(found: list[tuple[Any, ...]]) -> dict[tuple[str, ...], tuple[int, ...]]:
    return {row[:4]: row[4:] for row in found}


@each
def test_every_token_is_counted_once(tree: Tree, home: Path, user: Path) -> None:
    environ = lay(tree, user)
    record(home, user, environ)
    counted = oracle().count(str(user))
    expected = {
        (row["source"], row["session"], row["day"], row["model"]): (
            row["responses"], row.get("output_floor", 0), *(row[kind] for kind in KINDS)
        )
        for row in counted["tokens"]
    }  # fmt: skip
    assert sums(rows(home, RESPONSES)) == expected
    assert sums(rows(home, QUARTERS)) == expected
    check_activity(tree, home, counted)
    assert rows(home, "select reason from rejects where reason like 'not understood%'") == []
    if tree.is_real:
        check_bill(tree, home)


def check_activity(tree: Tree, home: Path, counted: dict[str, Any]) -> None:
    expected = {group: Counter(names) for group, names in activity_of(counted).items()}
    for name in PUBLISHED if tree.name == "whole" else [tree.name]:
        for group, names in ARGUED.get(name, {}).items():
            expected[group].update(names)
    assert activity_in(home) == {group: dict(+names) for group, names in expected.items()}


def activity_of(counted: dict[str, Any]) -> dict[str, dict[str, int]]:
    """The activity that the slow count finds, in our words."""
    tools, errors, prompts = activity_in_group(counted, "tool_calls", "errors", "prompts")
    agents, compactions = activity_in_group(counted, "subagents", "compactions")
    progress = counted["progress_only"]
    return {
        "tools": {name: count for name, count in tools.items() if name != "unknown"},
        "prompts": {
            "prompt": prompts.get("prompts", 0), "slash_command": prompts.get("slash_commands", 0),
            "shell": prompts.get("bash_inputs", 0), "interruption": prompts.get("interruptions", 0),
            "notification": prompts.get("notifications", 0),
        },
        "errors": {"tool": errors.get("tool", 0), "error": errors.get("api", 0), "retry": errors.get("api_retry", 0)},
        "compactions": compactions,
        "lines": {"refused": sum(kind["not_json_objects"] for kind in counted["files"].values())},
        "runs": {"runs": agents.get("agents", 0) + agents.get("sidechain_roots", 0)},
        "progress": {
            "responses": progress["responses"], "input": progress["input"], "output": progress["output"],
            "cache_read": progress["cache_read"], "cache_write": progress["cache_write"],
        },
    }  # fmt: skip


def activity_in_group(counted: dict[str, Any], *groups: str) -> list[Counter[str]]:
    """The activity of these groups, of all agents together."""
    return [sum((Counter(total.get(group, {})) for total in counted["totals"].values()), Counter()) for group in groups]


def activity_in(home: Path) -> dict[str, dict[str, int]]:
    """The activity that the views show: agents that wrote a line, and all prompts but those typed while it was busy.

    Such a prompt is an attachment and nothing else, so the slow count has none; an agent whose file is missing, or is
    only named by a workflow, has a run of ours all the same, and so has a tool call of which only the result is there.
    """
    failed = "select 'tool', count(*) from tool_calls where outcome in ('error', 'rejected', 'interrupted')"
    noted = "select what, count(*) from activity where kind = 'message' and what in ('error', 'retry') group by 1"
    found = {
        "tools": rows(home, "select name, count(*) from tool_calls where name <> 'unknown' group by 1"),
        "prompts": rows(home, "select kind, count(*) from prompts where kind <> 'queued' group by 1"),
        "errors": rows(home, failed) + rows(home, noted),
        "compactions": rows(home, "select kind, count(*) from compactions group by 1"),
        "runs": rows(home, "select 'runs', count(*) from runs where kind <> 'main' and first_at is not null"),
        "lines": rows(home, "select 'refused', sum(rejected) from sources"),
        "progress": list(
            zip(
                ("responses", "input", "output", "cache_read", "cache_write"),
                rows(
                    home,
                    "select count(*), sum(input_tokens), sum(output_tokens), sum(cache_read_tokens), "
                    "sum(cache_write_5m_tokens + cache_write_1h_tokens) from progress_responses",
                )[0],
                strict=True,
            )
        ),
    }
    return {group: {name: count for name, count in names if count} for group, names in found.items()}


def check_bill(tree: Tree, home: Path, *, is_all_told: bool = False) -> None:
    """What an API really billed, for all that is on disk."""
    bill = json.loads((CORPUS / tree.name / "billed.json").read_text())
    untold = Counter(None if is_all_told else UNTOLD.get(tree.name))
    expected = {
        model: (row["responses"] - untold[model], *(row[name] for name in KINDS))
        for model, row in bill["on_disk_by_model"].items()
    }
    found = rows(home, f"select model, sum(not is_nested), {TOKENS} from responses group by 1")  # noqa: S608 - names
    assert {row[0]: row[1:] for row in found} == expected
