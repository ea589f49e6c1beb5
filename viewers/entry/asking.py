"""Your own questions."""

from viewers.entry import JSON, Plain, amount, whole

ROWS, SECONDS = 1_000, 1.0


def sql(
    *,
    statement: str | None = None,
    table: str | None = None,
    file: str | None = None,
    is_schema: bool = False,
    as_json: bool = False,
    as_csv: bool = False,
    rows: int = ROWS,
    seconds: float = SECONDS,
) -> int:
    if is_schema:
        from viewers.asking.schema_list import asked

        return asked(statement, as_json=as_json, is_alone=not (table or file or as_csv))
    from viewers.asking.sql import run, statement_of

    return run(statement_of(statement, table, file), as_json=as_json, as_csv=as_csv, rows=rows, seconds=seconds)


PLAIN = {
    "sql": Plain(
        sql,
        {"--csv": "as_csv", "--schema": "is_schema", **JSON},
        {
            "--table": ("table", str), "--file": ("file", str), "--rows": ("rows", whole),
            "--seconds": ("seconds", amount),
        },
        more=("statement",),
    ),
}  # fmt: skip
