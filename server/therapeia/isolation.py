"""A stranger's query runs in a process of its own, which is kept ready.

The nursery is a process that holds the data and has no threads. Handed a socket, it forks a worker,
which answers one question after another through that socket. A worker has a deadline for each
question, a limit of memory, and no new file descriptors: neither `SERVICE` nor anything else can
reach the network. It serialises an answer whole before it sends it, so an answer is complete or an
error; a worker that dies costs its own question and no other.
"""

import faulthandler
import gc
import os
import resource
import signal
import socket
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeAlias

Task: TypeAlias = Callable[[Any], Any]

_MIB = 1024 * 1024
# A worker that took longer, or has made more of the shared memory its own, is not used again: to read is
# to count references in Oxigraph, and a page that is written to is copied.
_STALE_SECONDS, _STALE_MIB = 1.0, 96


class QueryRefusedError(Exception):
    """The query is not legal; the message says why."""


def nurse(channel: socket.socket, task: Task, memory: int) -> None:
    """Fork a worker for each socket that comes through the channel, until the channel is closed.

    The process must have no other threads. Each worker may use `memory` MiB beside what it has.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for workers
    gc.freeze()  # the workers share the memory of what is there already
    while descriptors := socket.recv_fds(channel, 1, 1)[1]:
        if os.fork() == 0:
            channel.close()
            _work(Connection(descriptors[0]), task, memory)
        os.close(descriptors[0])


def _work(connection: Connection, task: Task, memory: int) -> None:
    """Answer questions until the other end is closed or the worker is stale."""
    try:
        _confine(memory)
        size = _own()
        last = False
        while not last:
            seconds, question = connection.recv()
            begun = time.monotonic()
            answer = _answer(task, question, seconds)
            last = time.monotonic() - begun > _STALE_SECONDS or _own() - size > _STALE_MIB * _MIB
            connection.send((answer, last))
    except (EOFError, OSError):
        pass  # the server has gone
    finally:
        os._exit(0)


def _answer(task: Task, question: Any, seconds: float) -> Any:  # noqa: ANN401 (as the task has it)
    """Carry out the task; past the deadline the alarm ends the process."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return task(question)
    except (SyntaxError, ValueError, OSError) as error:
        return QueryRefusedError(str(error))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _confine(memory: int) -> None:
    """Take away what a query has no business with."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    faulthandler.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what a dying engine prints helps nobody
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _limit_memory(memory)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _limit_memory(mib: int) -> None:
    """Allow `mib` MiB of address space beyond what the process has now."""
    status = Path("/proc/self/statm")
    if not status.exists():  # not Linux: the deadline alone holds
        return
    pages = int(status.read_text().split()[0])
    limit = pages * resource.getpagesize() + mib * _MIB
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _own() -> int:
    """About how many bytes the process has touched of its own: each page was a fault."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt * resource.getpagesize()
