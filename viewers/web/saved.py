"""The questions that a person keeps under a name: in a file of the data folder, so that every browser has them."""

import hashlib

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from store.errors import FleetmeterError
from viewers.trouble import UsageTrouble
from viewers.web.body import body
from viewers.web.own_file import OwnFile

NAME = "web-questions.json"
MOST, LONGEST_NAME, LONGEST_TEXT = 200, 80, 20_000


class Saved(msgspec.Struct, frozen=True):
    """A select, and how a person calls it. The id is of the name: the same name is the same question."""

    id: str
    name: str
    text: str


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """Keep this text under this name; without a text, let go of the name."""

    name: str
    text: str = ""


def saved(home: str) -> list[Saved]:
    """By name."""
    return sorted(_file(home).load().values(), key=lambda one: (one.name.lower(), one.id))


async def answer(home: str, request: Request) -> Response:
    """Keep one, or let go of it."""
    try:
        wanted = msgspec.json.decode(await body(request), type=Wanted)
        await run_in_threadpool(_change, home, wanted)
    except msgspec.DecodeError:
        return JSONResponse({"error": "that is no request of our page"}, 400)
    except FleetmeterError as error:
        return JSONResponse({"error": f"{error}; {error.hint}" if error.hint else str(error)}, 400)
    except OSError as error:
        return JSONResponse({"error": f"it cannot be kept: {error.strerror}"}, 503)
    return JSONResponse({"ok": True})


def _change(home: str, wanted: Wanted) -> None:
    name, text = wanted.name.strip(), wanted.text.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise UsageTrouble(f"a name has 1 to {LONGEST_NAME} characters, in one line")
    if len(text) > LONGEST_TEXT:
        raise UsageTrouble(f"a question has at most {LONGEST_TEXT:,} characters")
    one = Saved(hashlib.blake2s(name.lower().encode(), digest_size=6).hexdigest(), name, text)
    with _file(home).changing() as entries:
        if not text:
            entries.pop(one.id, None)
        elif one.id not in entries and len(entries) >= MOST:
            raise UsageTrouble(f"{MOST} questions are kept", hint="let go of one first")
        else:
            entries[one.id] = one


def _file(home: str) -> OwnFile[Saved]:
    return OwnFile(home, NAME, Saved, "mend the file, or delete it")
