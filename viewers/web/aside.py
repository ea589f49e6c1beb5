"""Reading a page beside the loop: in a thread that nobody waits for once its browser went or the server ends."""

import asyncio
import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import anyio.to_thread

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


async def aside(function: Callable[Given, Answer], *given: Given.args, **named: Given.kwargs) -> Answer:
    """What it answers. A thread of the pool would hold up the end of the program for as long as it reads."""
    async with anyio.to_thread.current_default_thread_limiter():
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()

        def told(answer: Answer | None, error: BaseException | None) -> None:
            if future.done():
                return
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(answer)  # pyright: ignore[reportArgumentType] - without an error it is one

        def read() -> None:
            try:
                found, error = function(*given, **named), None
            except Exception as trouble:  # noqa: BLE001 - it is raised again where it is waited for
                found, error = None, trouble
            if not loop.is_closed():
                loop.call_soon_threadsafe(told, found, error)

        threading.Thread(target=read, name="page", daemon=True).start()
        return await future
