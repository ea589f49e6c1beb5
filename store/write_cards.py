"""What files that are rewritten at will say: their last version replaces all that an earlier one said."""

import sqlite3

from store.batch import Rows
from store.write_sessions import keyed

RUN_CARD = """
insert or replace into run_card (
    session_key, run_id, agent_type, name, description, tool_use_id, depth, workflow_id
)
values (?, ?, ?, ?, ?, ?, ?, ?)
"""
WORKFLOW_CARD = """
insert or replace into workflow_card (
    session_key, workflow_id, name, summary, state, started_at, duration_ms, agents, tool_calls, phases, result_bytes
)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
FORGET_STEPS = "delete from workflow_step where session_key = ? and workflow_id = ?"
WORKFLOW_STEP = """
insert or replace into workflow_step (session_key, workflow_id, run_id, label, phase, state) values (?, ?, ?, ?, ?, ?)
"""


def write_cards(connection: sqlite3.Connection, rows: Rows, sessions: list[int]) -> None:
    """Write what such files say now."""
    connection.executemany(RUN_CARD, keyed(rows.run_cards, sessions))
    cards = keyed(rows.workflow_cards, sessions)
    connection.executemany(WORKFLOW_CARD, cards)
    connection.executemany(FORGET_STEPS, [card[:2] for card in cards])
    connection.executemany(WORKFLOW_STEP, keyed(rows.workflow_steps, sessions))
