"""Memory that is free goes back to the system, where the C library has to be asked for that."""

import ctypes
import gc


def trim() -> None:
    """Once in a while: it takes some milliseconds."""
    gc.collect()
    give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if give_back is not None:
        give_back(0)
