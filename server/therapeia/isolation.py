"""A stranger's query runs in a process of its own.

The process is a fork of the server, so the data are there at once. It has a deadline, a limit of
memory and no new file descriptors: neither `SERVICE` nor anything else can reach the network. The
result is serialised whole before anything is answered, so an answer is complete or an error.
"""

import faulthandler
import os
import resource
import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What one query may use: seconds until it is stopped, and MiB of memory beside the data."""

    seconds: float = 10.0
    memory: int = 1024


class QueryRefusedError(Exception):
    """The query is not legal; the message says why."""


class QueryTimeoutError(Exception):
    """The query was stopped at its deadline."""


class QueryDiedError(Exception):
    """The process of the query ended without an answer, most likely for want of memory."""


def run(task: Callable[[], bytes], limits: Limits) -> bytes:
    """Return what `task` returns, computed in a forked process within the limits.

    Raises QueryRefusedError for a SyntaxError, ValueError or OSError of the task, QueryTimeoutError
    past the deadline, QueryDiedError if the process ends without an answer. The caller must have no
    other threads.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _work(task, writer, limits)
    os.close(writer)
    try:
        answer = _read(reader, time.monotonic() + limits.seconds)
    finally:
        os.close(reader)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return _unpack(answer)


def _work(task: Callable[[], bytes], writer: int, limits: Limits) -> None:
    """Compute in the child, write `+` and the result or `-` and the reason, and end."""
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        faulthandler.disable()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what a dying engine prints helps nobody
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _limit_memory(limits.memory)
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
        try:
            answer = b"+" + task()
        except (SyntaxError, ValueError, OSError) as error:
            answer = b"-" + str(error).encode()
        view = memoryview(answer)
        while view:
            view = view[os.write(writer, view) :]
        os.write(writer, b".")
    finally:
        os._exit(0)


def _limit_memory(mib: int) -> None:
    """Allow `mib` MiB of address space beyond what the process has now."""
    status = Path("/proc/self/statm")
    if not status.exists():  # not Linux: the deadline alone holds
        return
    pages = int(status.read_text().split()[0])
    limit = pages * resource.getpagesize() + mib * _MIB
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _read(reader: int, deadline: float) -> bytes:
    chunks: list[bytes] = []
    while select.select([reader], [], [], max(0.0, deadline - time.monotonic()))[0]:
        chunk = os.read(reader, _MIB)
        if not chunk:
            return b"".join(chunks)
        chunks.append(chunk)
    raise QueryTimeoutError


def _unpack(answer: bytes) -> bytes:
    if answer[:1] == b"+" and answer[-1:] == b".":
        return answer[1:-1]
    if answer[:1] == b"-":
        raise QueryRefusedError(answer[1:-1].decode())
    raise QueryDiedError
