"""The query workers of one server process, and what they may use.

Questions go to workers that are kept ready by a nursery (see `isolation.py`); those that cannot be
asked at once wait in a queue.
"""

import os
import signal
import socket
import threading
import time
import weakref
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from therapeia.isolation import QueryRefusedError, Task, nurse

_MIB = 1024 * 1024
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


class QueryTimeoutError(Exception):
    """The query was stopped at its deadline."""


class QueryDiedError(Exception):
    """The process of the query ended without an answer, most likely for want of memory."""


class QueueFullError(Exception):
    """Too many queries run and wait; try again later."""


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
