"""Whatever is held to a time by the clock is tried again before it fails: others work on the machine too."""

import pytest
from _pytest.runner import runtestprotocol
from _pytest.terminal import TerminalReporter

TRIES = 3


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Whatever is marked as timed fails when it is too slow each time. A long round levels that out by itself."""
    if item.get_closest_marker("timed") is None or item.get_closest_marker("full") is not None:
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = runtestprotocol(item, nextitem=nextitem, log=False)
    for number in range(2, TRIES + 1):
        if not any(report.failed for report in reports):
            break
        item.user_properties[:] = [("tries", number)]
        item._initrequest()  # type: ignore[attr-defined] - each try has fixtures of its own
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    for report in terminalreporter.getreports("passed"):
        for tries in (value for name, value in report.user_properties if name == "tries" and report.when == "call"):
            terminalreporter.write_line(f"in time at try {tries} of {TRIES}: {report.nodeid}")
