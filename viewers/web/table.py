"""The pages there are, in the order of the menu. A page is one module and its templates, and nothing else knows it."""

from viewers.web.page import Page
from viewers.web.pages import fleet, session

PAGES: tuple[Page, ...] = (fleet.PAGE, session.PAGE)
