"""Your own questions."""

from viewers.entry import JSON, Plain, amount, whole

ROWS, SECONDS = 1_000, 1.0


def sql(
    *, statement: str, as_json: bool = False, as_csv: bool = False, rows: int = ROWS, seconds: float = SECONDS
) -> int:
    from viewers.sql import run

    return run(statement, as_json=as_json, as_csv=as_csv, rows=rows, seconds=seconds)


PLAIN = {
    "sql": Plain(
        sql, {"--csv": "as_csv", **JSON}, {"--rows": ("rows", whole), "--seconds": ("seconds", amount)}, ("statement",)
    ),
}
