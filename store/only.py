"""A portion's rows of some sessions alone: what files say of others is not wanted, or was deleted."""

from collections.abc import Callable

from msgspec.structs import replace

from store.batch import Row, Rows

OF_RUNS = ("responses", "prompts", "messages", "tool_calls", "touches", "compactions", "turns", "signals")
OF_SESSIONS = (
    "status_readings", "api_calls", "metric_points", "run_cards", "workflows", "workflow_agents", "workflow_cards",
    "workflow_steps", "tasks", "words", "files",
)  # fmt: skip


OF_THE_ACCOUNT = ("limits", "processes", "limit_levels", "summaries", "branches", "worktrees")


def only(rows: Rows, is_wanted: Callable[[str], bool], wanted_runs: set[int] | None = None) -> Rows:
    """The rows of the sessions whose ids are wanted, of their wanted runs, and of none; the same where all are."""
    kept = [place for place, session in enumerate(rows.sessions) if is_wanted(session[0])]
    if len(kept) == len(rows.sessions) and wanted_runs is None:
        return rows
    sessions = {place: number for number, place in enumerate(kept)}
    runs_kept = [
        place
        for place, run in enumerate(rows.runs)
        if run[0] in sessions and (wanted_runs is None or place in wanted_runs)
    ]
    runs = {place: number for number, place in enumerate(runs_kept)}
    changed = {name: _placed(getattr(rows, name), runs) for name in OF_RUNS}
    changed |= {name: _placed(getattr(rows, name), sessions) for name in OF_SESSIONS}
    return replace(
        rows,
        sessions=[rows.sessions[place] for place in kept],
        runs=_placed([rows.runs[place] for place in runs_kept], sessions),
        **changed,
    )


def _placed(rows: list[Row], places: dict[int, int]) -> list[Row]:
    return [(places[row[0]], *row[1:]) for row in rows if row[0] in places]
