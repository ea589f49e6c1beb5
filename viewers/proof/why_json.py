"""The answers behind a figure as JSON, a line for each, written as they are read; schemas/why.json is its schema."""

import json
from collections.abc import Iterator

from store.light import Any
from viewers.asking import outlet
from viewers.proof.why import Answer, Opened
from viewers.reports.report_json import SCHEMA_VERSION, sums, value
from viewers.screen.money import amount
from viewers.screen.output import quoted, safe_json

MILLION_PICOS, SEARCH_PICOS = 10**6, 10**12


def show(answers: Iterator[Answer], opened: Opened) -> None:
    """One document on stdout: the answers, the largest first, and at the end what all of them come to."""
    row, scope = opened.row, opened.row.scope
    head = {
        "schemaVersion": str(SCHEMA_VERSION),
        "row": f'{{"kind":{quoted(row.kind)},"name":{quoted(row.name)}}}',
        "timezone": quoted(scope.zone.name),
        "since": value(scope.since),
        "until": value(scope.until),
        "mode": quoted(scope.mode),
    }
    with outlet.standard_output() as write:
        write(("{" + "".join(f'"{name}":{text},\n' for name, text in head.items()) + '"responses":[').encode())
        between = "\n"
        for answer in answers:
            text = safe_json(json.dumps(document(answer), ensure_ascii=False))
            write(f"{between}{text}".encode())
            between = ",\n"
        omitted = opened.parts - len(opened.keys)
        write(f'\n],\n"omittedResponses":{omitted},\n"totals":{{{sums(opened.used)}}}}}\n'.encode())


def document(answer: Answer) -> dict[str, Any]:
    """One answer under its public names."""
    return {
        "timestamp": answer.at,
        "agent": answer.agent,
        "account": answer.account,
        "projectPath": answer.project,
        "sessionId": answer.session_id,
        "runId": answer.run_id,
        "runKind": answer.run_kind,
        "messageId": answer.message_id,
        "requestId": answer.request_id,
        "isNested": bool(answer.is_nested),
        "model": answer.model,
        "tier": answer.tier,
        "branch": answer.branch,
        "inputTokens": answer.input_tokens,
        "outputTokens": answer.output_tokens,
        "cacheCreationTokens": answer.cache_write_tokens,
        "cacheWrite5mTokens": answer.cache_write_5m_tokens,
        "cacheWrite1hTokens": answer.cache_write_1h_tokens,
        "cacheReadTokens": answer.cache_read_tokens,
        "totalTokens": answer.total_tokens,
        "reasoningTokens": answer.reasoning_tokens,
        "webSearches": answer.web_searches,
        "cost": None if answer.is_unpriced else amount(answer.usd_nanos),
        "costNanos": None if answer.is_unpriced else answer.usd_nanos,
        "isUnpriced": bool(answer.is_unpriced),
        "isLowerBound": bool(answer.is_lower_bound),
        "isTelemetryOnly": bool(answer.is_telemetry_only),
        "isRemainder": bool(answer.is_remainder),
        "isReported": bool(answer.is_reported),
        "path": answer.path,
        "byteOffset": answer.byte_offset,
        "price": None if answer.is_reported else _price(answer),
    }


def _price(answer: Answer) -> dict[str, Any]:
    picos = {
        "input": answer.input_picos,
        "cacheRead": answer.cache_read_picos,
        "cacheWrite5m": answer.cache_write_5m_picos,
        "cacheWrite1h": answer.cache_write_1h_picos,
        "output": answer.output_picos,
    }
    search = answer.web_search_picos
    return {
        "provider": answer.provider,
        "matched": answer.matched,
        "reason": answer.reason,
        "version": answer.version,
        "since": answer.since,
        "fromTime": answer.from_time,
        "aboveTokens": answer.above_tokens,
        **{name: None if rate is None else rate / MILLION_PICOS for name, rate in picos.items()},
        "webSearch": None if search is None else search / SEARCH_PICOS,
    }
