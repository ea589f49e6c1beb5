"""The answers for programs: the documents that the commands print as JSON, each an entry of one table."""

import csv
import io
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, NamedTuple

from store.ask import ask
from viewers import query
from viewers.asking.collected import collected
from viewers.asking.questions import questions
from viewers.care.status import silent
from viewers.panels import fleet_read, search, search_read, session_read
from viewers.panels.documents import fleet_document, session_document
from viewers.processes import peaks
from viewers.reports import block_report, report_csv, report_json
from viewers.reports.blocks import blocks
from viewers.reports.flags import REPORTS as REPORT_OPTIONS
from viewers.reports.flags import SPENDING
from viewers.reports.flags import Asked as ReportAsked
from viewers.reports.report import KINDS, Told, cards_of, ordered
from viewers.reports.scope import number_of, one_of, session_keys
from viewers.reports.usage import groups, total
from viewers.screen.output import safe_json
from viewers.screen.secrets import hide
from viewers.spending.shown import ANSWERS
from viewers.trouble import UsageTrouble
from viewers.web.asked_range import FILTERS, range_of
from viewers.web.page import Asked
from viewers.web.saved import saved

JSON, CSV = "application/json", "text/csv; charset=utf-8"
ROWS, SECONDS = 1_000, 1.0
RANGE = ("range", "since", "until", *FILTERS)
SHOWS = ("all",)
GROUPS = ("day", "week", "month", "session", "project", "model", "agent", "branch")
REPORTS = {report.by: report for report in KINDS.values()}


class Call(NamedTuple):
    """An entry: where, what it answers, and which words it understands."""

    path: str
    answer: Callable[[Asked], Any]
    """A document; or a text, which is written as it is."""
    about: str
    words: tuple[str, ...] = ()
    kind: str = JSON


def sessions(asked: Asked) -> Mapping[str, Any]:
    is_all = one_of(asked.query.get("show"), SHOWS, "show") is not None
    found = fleet_read.fleet(asked.reader, fleet_read.Memory(), asked.now_s, is_all=is_all)
    return fleet_document(found, asked.now_s)


def session(asked: Asked) -> Mapping[str, Any]:
    key = session_keys(asked.place["id"], asked.reader)[0]
    found = session_read.session(asked.reader, key, session_read.Memory(), asked.now_s)
    assert found is not None  # its key was found in the same database a moment ago
    peak = peaks.of_session(asked.home, found.now.session_id, found.now.agent)
    return {**session_document(found, asked.now_s), "peak": peaks.document(peak)}


def conversation(asked: Asked) -> Mapping[str, Any]:
    from viewers.reading.show import Moment, document_of

    keys, run = session_keys(asked.place["id"], asked.reader), asked.query.get("run")
    if run is not None:
        one_of(run, ["main", *(id_ for key in keys for id_, *_ in fleet_read.names(asked.reader, key))], "run")
    rows = query.rows(asked.reader, "session_story", sessions=str(list(keys)), run=run)
    moments = [document_of(Moment(*row)) for row in rows]
    return {"schemaVersion": 1, "sessionId": asked.place["id"], "moments": [_hidden(one) for one in moments]}


def _hidden(document: dict[str, Any]) -> dict[str, Any]:
    return {name: hide(value) if isinstance(value, str) else value for name, value in document.items()}


def _told(asked: Asked) -> Told:
    report = REPORTS[one_of(asked.query.get("group") or GROUPS[0], GROUPS, "group") or GROUPS[0]]
    scope = range_of(asked, GROUPS, usual=None).scope
    found = groups(asked.reader, scope, report.by, is_split=report.is_split)
    order = "asc" if report.is_dated else "cost"
    shown, omitted = ordered(report, found, order, number_of(asked.query.get("limit"), "limit"))
    cards = cards_of(asked.reader, shown) if report.by == "session" else {}
    whole = total([group.used for group in found])
    return Told(report, ReportAsked(), scope, shown, found, whole, omitted, cards)


def usage(asked: Asked) -> str:
    return report_json.document(_told(asked))


def usage_csv(asked: Asked) -> str:
    names, records = report_csv.records(_told(asked))
    return csv_of(names, records)


def csv_of(names: Any, records: Any) -> str:
    """RFC 4180."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows(records)
    return text.getvalue()


def searched(asked: Asked) -> Mapping[str, Any]:
    understood = search_read.understood(asked.query.get("q", ""))
    if not understood.terms:
        raise UsageTrouble("there is nothing to search for", hint="/api/search?q=words")
    return {"schemaVersion": 1, **search.document(search_read.search(asked.reader, understood, asked.now_s))}


def status(asked: Asked) -> Mapping[str, Any]:
    said = ask(asked.home, "status")
    return silent(asked.home, None) if said is None or "error" in said else said


def sql(asked: Asked) -> str:
    return _sql(asked, "json") or "[]"


def sql_csv(asked: Asked) -> str:
    return _sql(asked, "csv")


def questions_kept(asked: Asked) -> Mapping[str, Any]:
    found = {"saved": saved(asked.home), "questions": questions()}
    return {
        "schemaVersion": 1,
        **{name: [{"name": one.name, "sql": one.text} for one in each] for name, each in found.items()},
    }


def _sql(asked: Asked, shape: str) -> str:
    found = collected(asked.home, asked.query.get("q", ""), shape, rows=ROWS, seconds=SECONDS)
    if not found.answer and found.code:
        raise UsageTrouble(found.said or "there is nothing to ask", hint="/api/sql?q=select 1")
    return found.answer.decode("utf-8", "replace")


def _report(name: str) -> Call:
    """What the command of that name answers."""

    def answer(asked: Asked) -> Mapping[str, Any]:
        module = import_module(f"viewers.{ANSWERS[name]}")
        chosen = range_of(asked, ("",), usual=None)
        usual = None if chosen.scope.since or chosen.scope.until else "28d"
        asked_for = module.defaults(ReportAsked(limit=asked.query.get("limit") or None))
        scope = range_of(asked, ("",), usual=usual if asked_for.last else None).scope
        return {"schemaVersion": 1, **module.answer(asked.reader, asked_for._replace(last=None), scope).document}

    return Call(f"/api/{name}", answer, f"what `fleetmeter {name} --json` prints", words(SPENDING[name][1]))


def words(options: tuple[str, ...]) -> tuple[str, ...]:
    """Those of an address that mean what the options of the command mean; another one would leave nothing out."""
    return tuple(word for word in (*RANGE, "limit") if {"range": "last"}.get(word, word) in options)


def windows(asked: Asked) -> Mapping[str, Any]:
    chosen = range_of(asked, ("",), usual=None)
    scope, limit = chosen.scope, number_of(asked.query.get("limit"), "limit")
    known = block_report.chosen(blocks(asked.reader, scope, asked.now_s), ReportAsked(), scope, asked.now_s)
    shown = block_report.ordered(known, "asc", limit)
    return block_report.document(shown, total([block.used for block in known]), scope, asked.now_s)


CALLS: tuple[Call, ...] = (
    Call("/api/sessions", sessions, "the fleet: sessions, today, limits; show=all for all that was ever", ("show",)),
    Call("/api/sessions/{id}", session, "one session: context, tokens, money, agents, workflows, activity"),
    Call("/api/sessions/{id}/conversation", conversation, "all that was said and done in it", ("run",)),
    Call("/api/s/{id}", session, "the same as /api/sessions/{id}"),
    Call("/api/usage", usage, f"tokens and money by group: {', '.join(GROUPS)}", ("group", "limit", *RANGE)),
    Call("/api/usage.csv", usage_csv, "the same as CSV", ("group", "limit", *RANGE), CSV),
    Call("/api/blocks", windows, "what `fleetmeter blocks --json` prints", words(REPORT_OPTIONS["blocks"][1])),
    *(_report(name) for name in ANSWERS if name != "compare"),
    Call("/api/search", searched, "where something was said", ("q",)),
    Call("/api/status", status, "whether a collector runs, and how far it is"),
    Call("/api/sql/saved", questions_kept, "the questions that are kept, and those that come with fleetmeter"),
    Call("/api/sql", sql, "the answer to a select, within a second and 1,000 rows", ("q",)),
    Call("/api/sql.csv", sql_csv, "the same as CSV", ("q",), CSV),
)


def written(found: Any) -> str:
    """A document as text."""
    import json

    return found if isinstance(found, str) else safe_json(json.dumps(found, ensure_ascii=False))
