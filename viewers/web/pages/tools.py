"""How often each tool was called, how that ended and how long it took; and which files were changed most."""

from collections.abc import Mapping
from typing import Any

from viewers.reports.flags import Asked as ReportAsked
from viewers.spending import file_report, tool_report
from viewers.web.asked_range import FILTERS, RANGES, range_of
from viewers.web.page import Asked, Page

BYS = ("calls", "failures", "time", "bytes", "name")


def read(asked: Asked) -> Mapping[str, Any]:
    """The same answers as the commands give."""
    chosen = range_of(asked, BYS)
    tools = tool_report.answer(asked.reader, ReportAsked(order=chosen.by, limit="40"), chosen.scope).document
    files = file_report.answer(asked.reader, ReportAsked(limit="40"), chosen.scope).document
    return {"chosen": chosen, "ranges": RANGES, "bys": BYS, "filters": FILTERS, "tools": tools, "files": files}


PAGE = Page("tools", "Tools", "/tools", read, icon="tools", is_live=False)
