"""What a browser of this machine may do to a process: the request read, done once by its key, and told."""

import sqlite3

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from store.errors import FleetmeterError
from store.shown_process import Acted
from viewers.processes.acting import document
from viewers.processes.desk import Desk
from viewers.web.body import body
from viewers.web.looking import Looking

ACTS = ("kill", "pin", "unpin")


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """born, key: which process was shown, and which press of the button this is; neither may be missing."""

    act: str
    pid: int
    born: str
    key: str
    force: bool = False
    tree: bool = False


async def answer(looking: Looking | None, request: Request) -> Response:
    """Do it."""
    try:
        wanted = msgspec.json.decode(await body(request), type=Wanted)
    except msgspec.DecodeError:
        return JSONResponse({"error": "that is no request of our page"}, 400)
    if wanted.act not in ACTS or not wanted.born or not wanted.key or len(wanted.key) > 64:
        return JSONResponse({"error": "that is no request of our page"}, 400)
    if looking is None:
        return JSONResponse({"error": "this server looks at no processes"}, 404)
    address = request.client.host if request.client else ""
    try:
        done = await run_in_threadpool(_done, looking.desks(address), wanted)
    except FleetmeterError as error:
        return JSONResponse({"error": f"{error}; {error.hint}" if error.hint else str(error)}, 403)
    except (sqlite3.Error, OSError) as error:
        return JSONResponse({"error": str(error)}, 503)
    looking.forget()
    return JSONResponse(document(done))


def _done(desk: Desk, wanted: Wanted) -> Acted:
    if wanted.act == "kill":
        return desk.kill(wanted.pid, wanted.born, key=wanted.key, force=wanted.force, tree=wanted.tree)
    return desk.pin(wanted.pid, wanted.born, key=wanted.key, is_on=wanted.act == "pin")
