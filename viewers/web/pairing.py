"""What the browser of this machine may do about others: let a phone in, and shut one out. Both as the terminal does."""

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from viewers.screen import qr
from viewers.web.access import PAIRING_S, Access
from viewers.web.body import body


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """Whom to shut out."""

    id: str


def invite(access: Access, network: str) -> Response:
    """A code for one phone, as words and as a picture that its camera reads; the one before is closed."""
    if not network:
        return JSONResponse({"error": "phones reach this server only where it was started with --lan"}, 409)
    code = access.pairing()
    grid = qr.encode(f"{network}/open#{code}/")
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(grid) for x, is_dark in enumerate(row) if is_dark)
    return JSONResponse({
        "code": f"{code[:4]} {code[4:]}", "address": f"{network}/open", "minutes": round(PAIRING_S / 60),
        "size": len(grid), "quiet": qr.QUIET, "dark": "".join(dark),
    })  # fmt: skip


async def revoke(access: Access, request: Request) -> Response:
    """Shut it out: its open pages end within a second."""
    try:
        wanted = msgspec.json.decode(await body(request), type=Wanted)
    except msgspec.DecodeError:
        return JSONResponse({"error": "that is no request of our page"}, 400)
    if not access.revoke(wanted.id):
        return JSONResponse({"error": "it was shut out already"}, 404)
    return JSONResponse({"ok": True})
