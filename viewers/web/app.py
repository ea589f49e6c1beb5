"""The application: the table of routes behind the gate."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from viewers.web.guard import Guard
from viewers.web.routes import Route, Served, enter_page, gone, is_open, mounted, routes


def application(served: Served, table: tuple[Route, ...] | None = None) -> Starlette:
    """Made for one data folder and one address."""
    table = routes(served) if table is None else table
    served.access.revoked = served.listeners.shut
    served.listeners.is_welcome = served.access.is_welcome
    return Starlette(
        routes=mounted(table),
        middleware=[
            Middleware(Guard, door=served.door, access=served.access, is_open=is_open(table), ask=lambda: enter_page()),
            Middleware(GZipMiddleware, minimum_size=1024, compresslevel=5),
        ],
        exception_handlers={404: gone},
    )
