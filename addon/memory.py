"""Keeps the memory of a worker flat: what was freed is given back to the system."""

import ctypes
import sys

# glibc: mallopt(3).
_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
# Whatever is larger is a mapping of its own, which goes back when it is freed. Left to
# itself glibc raises this to the largest block ever freed, and keeps what many threads
# have read of long lists in an arena for each.
_LARGE = 128 * 1024
_ARENAS = 1


def give_back() -> None:
    """Tell the allocator of this process so; where it is another one, nothing."""
    if not sys.platform.startswith("linux"):
        return
    tune = getattr(ctypes.CDLL(None), "mallopt", None)
    if tune is not None:
        tune(_MMAP_THRESHOLD, _LARGE)
        tune(_ARENA_MAX, _ARENAS)
