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
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeAlias

Task: TypeAlias = Callable[[Any], Any]

_MIB = 1024 * 1024
# A worker that took longer, or has made more of the shared memory its own, is not used again: to read is
# to count references in Oxigraph, and a page that is written to is copied.
_STALE_SECONDS, _STALE_MIB = 1.0, 96
_IDLE_SECONDS = 10.0  # a worker that nobody needed for so long is let go


@dataclass(frozen=True)
class Limits:
    """What queries may use.

    `seconds` until one is stopped, `memory` in MiB beside the data, `rows` of an answer for programs
    and `page_rows` for the page, `size` of an answer in MiB; how many run `at_once`, how many may
    wait in the `queue`, and for how many seconds (`patience`).
    """

    seconds: float = 10.0
    memory: int = 1024
    rows: int = 1_000_000
    page_rows: int = 10_000
    size: int = 64
    at_once: int = 8
    queue: int = 16
    patience: float = 5.0


class QueryRefusedError(Exception):
    """The query is not legal; the message says why."""


class QueryTimeoutError(Exception):
    """The query was stopped at its deadline."""


class QueryDiedError(Exception):
    """The process of the query ended without an answer, most likely for want of memory."""


class QueueFullError(Exception):
    """Too many queries run and wait; try again later."""


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


class Pool:
    """The workers of one server process; threads may ask at the same time."""

    def __init__(self, channel: socket.socket, limits: Limits) -> None:
        """Ask through a channel that leads to a nursery."""
        self.limits = limits
        self._channel = channel
        weakref.finalize(self, channel.close)
        self._idle: list[tuple[float, Connection]] = []
        self._slots = threading.Semaphore(limits.at_once)
        self._lock = threading.Lock()
        self.waiting = self.running = 0

    @classmethod
    def fork(cls, task: Task, limits: Limits) -> "Pool":
        """Make a nursery of a fork of this process, which must have no other threads, and its pool."""
        ours, theirs = channel()
        if os.fork() == 0:
            ours.close()
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            try:
                nurse(theirs, task, limits.memory)
            finally:
                os._exit(0)
        theirs.close()
        return cls(ours, limits)

    def ask(self, question: Any, seconds: float | None = None) -> Any:  # noqa: ANN401 (as the task has it)
        """Return the task's answer to a question, within `seconds` or the limit, whichever is less.

        Raises QueryRefusedError for a SyntaxError, ValueError or OSError of the task, QueryTimeoutError
        past the deadline, QueryDiedError if the worker ends without an answer, QueueFullError where too
        many wait.
        """
        self._queue()
        try:
            answer = self._converse(question, min(seconds or self.limits.seconds, self.limits.seconds))
        finally:
            with self._lock:
                self.running -= 1
            self._slots.release()
        if isinstance(answer, QueryRefusedError):
            raise answer
        return answer

    def _queue(self) -> None:
        with self._lock:
            if self.waiting >= self.limits.queue:
                raise QueueFullError
            self.waiting += 1
        try:
            if not self._slots.acquire(timeout=self.limits.patience):
                raise QueueFullError
        finally:
            with self._lock:
                self.waiting -= 1
        with self._lock:
            self.running += 1

    def _converse(self, question: Any, seconds: float) -> Any:  # noqa: ANN401 (as the task has it)
        worker = self._idle_worker() or self._hire()
        begun = time.monotonic()
        try:
            worker.send((seconds, question))
            answer, last = worker.recv()
        except (EOFError, OSError) as error:
            worker.close()
            raise (QueryTimeoutError if time.monotonic() - begun >= seconds else QueryDiedError) from error
        if last:
            worker.close()
            worker = self._hire()
        self._idle.append((time.monotonic(), worker))
        return answer

    def _idle_worker(self) -> Connection | None:
        """Take the worker that has waited least and lives; one that can be read from unasked has died."""
        with self._lock:
            while self._idle and self._idle[0][0] < time.monotonic() - _IDLE_SECONDS and len(self._idle) > 1:
                self._idle.pop(0)[1].close()
            while self._idle:
                worker = self._idle.pop()[1]
                if not worker.poll(0):
                    return worker
                worker.close()
        return None

    def _hire(self) -> Connection:
        ours, theirs = socket.socketpair()
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * _MIB)  # long answers in few steps
        with theirs:
            try:
                socket.send_fds(self._channel, [b"."], [theirs.fileno()])
            except OSError as error:
                ours.close()
                raise QueryDiedError from error
        return Connection(ours.detach())


def channel() -> tuple[socket.socket, socket.socket]:
    """Make the two ends of a channel between a server process and its nursery."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
