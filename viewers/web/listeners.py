"""Whoever holds a stream open: how many there may be, for how long each is welcome, and how all of them end."""

import asyncio
import contextlib
from collections.abc import Callable, Generator

MOST = 256
"""So many streams at a time; the next one is told to wait."""
WELCOME_S = 1.0
"""So often it is looked whether a device is still let in; what is told to it waits for nothing."""


class Listener:
    """One stream, and that there may be something new for it. What it did not take yet is never piled up."""

    def __init__(self, device: str) -> None:
        self.device = device
        self.news = asyncio.Event()
        self.is_over = False


class Listeners:
    """All streams of a server."""

    def __init__(self) -> None:
        self.all: set[Listener] = set()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.is_ending = False
        self.is_welcome: Callable[[str], bool] = lambda _: True

    @property
    def are_full(self) -> bool:
        return len(self.all) >= MOST

    @contextlib.contextmanager
    def entered(self, one: Listener) -> Generator[None]:
        """As long as its stream is open."""
        self.loop = asyncio.get_running_loop()
        self.all.add(one)
        try:
            yield
        finally:
            self.all.discard(one)

    def may_stay(self, one: Listener) -> bool:
        return not (one.is_over or self.is_ending) and self.is_welcome(one.device)

    async def news(self, one: Listener) -> None:
        """Until there may be something new, or it is time to ask again whether it may stay."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(one.news.wait(), WELCOME_S)
        one.news.clear()

    def end(self) -> None:
        """End every stream, from a signal: a server that waits for its streams waits for ever."""
        self.is_ending = True
        self.call(self.shut, None)

    def shut(self, device: str | None) -> None:
        """End the streams of a device, or of all."""
        for one in list(self.all):
            if device in (None, one.device):
                one.is_over = True
                one.news.set()

    def call(self, function: Callable[..., None], *given: object) -> None:
        """Have it called in the loop, from any thread."""
        loop = self.loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(function, *given)
