"""The pages there are, in the order of the menu. A page is one module and its templates, and nothing else knows it."""

from viewers.web.page import Page
from viewers.web.pages import conversation, devices, fleet, health, history, processes, search, session, sql, tools

PAGES: tuple[Page, ...] = (
    fleet.PAGE, history.PAGE, search.PAGE, tools.PAGE, processes.PAGE, sql.PAGE, health.PAGE, devices.PAGE,
    session.PAGE, conversation.PAGE,
)  # fmt: skip
