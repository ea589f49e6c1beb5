"""What a request carries, if it is short."""

import msgspec
from starlette.requests import Request

MOST_BODY = 65_536


async def body(request: Request) -> bytes:
    """All of it."""
    parts, size = list[bytes](), 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BODY:
            raise msgspec.DecodeError("too long")
        parts.append(part)
    return b"".join(parts)
