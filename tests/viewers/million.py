"""As many answers as anybody may have, written at once: priced, and summed up as the collector does."""

from contextlib import closing
from pathlib import Path

from store.costs import price
from store.database import open_writer, transaction

FILL = """
with recursive n(i) as (select 0 union all select i + 1 from n where i < :answers - 1)
insert into response (message_id, request_id, agent, part, session_key, run_key, run_kind, at, model, tier,
    input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens,
    web_searches, stop_reason, evidence, is_branch, generation_id, byte_offset, best_at, best_generation_id,
    best_byte_offset)
select 'm' || i, '', 'a', 0, 1 + i % 50, 1 + i % 50, 'main',
    strftime('%Y-%m-%dT%H:%M:%S.000Z', 1767225600 + i * 7919 % 31536000, 'unixepoch'),
    'model-' || (i % 3), 'standard', i % 50, i % 90000, i % 900, i % 90, i % 2000, 0, 0, 'end_turn', 'transcript', 0,
    1, i, '', 1, 0
from n
"""


def fill(home: Path, answers: int) -> None:
    """That many, over a year, of fifty sessions and three models."""
    with closing(open_writer(home)) as connection, transaction(connection):
        connection.execute("insert into device values (1, 'd', 'd')")
        connection.execute("insert into account values (1, 1, 'a', '/', 'a')")
        for key in range(1, 51):
            connection.execute(
                "insert into session (session_key, account_id, session_id) values (?, 1, ?)", (key, f"s{key}")
            )
            connection.execute(
                "insert into run (run_key, session_key, run_id, kind) values (?, ?, 'main', 'main')", (key, key)
            )
        for number in range(3):
            connection.execute(
                "insert into price values (null, 'table 1', ?, 'standard', 'maker', 'm', 'by its name', '', '00:00',"
                " -1, 3000000, 300000, 3750000, 6000000, 15000000, 0)",
                (f"model-{number}",),
            )
        connection.execute(FILL, {"answers": answers})
        price(connection)
