"""Answers kept and sent again: the data do not change while they are served.

Each answer to a GET has an ETag of the data's version and of what was asked; who has it already gets 304
(RFC 9110, section 13). A bounded number of bytes of answers is kept, those longest unused go first.
"""

import hashlib
import re
from collections import OrderedDict
from threading import Lock
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from flask import Flask, Response, current_app, request

_MIB = 1024 * 1024
_CHANGING = re.compile(rb"\b(now|rand|uuid|struuid|bnode)\b", re.IGNORECASE)  # functions with another value each time


class Kept(NamedTuple):
    """An answer as it goes over the wire."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def weight(self) -> int:
        """About how many bytes it takes."""
        return len(self.body) + 2048


class Cache:
    """Answers by key, up to a number of bytes; threads may use it at the same time."""

    def __init__(self, size: int) -> None:
        """Keep up to `size` bytes."""
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._size, self._free = size, size
        self._lock = Lock()

    def get(self, key: str) -> Kept | None:
        """Return what was kept under a key, now the last to go."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: str, answer: Kept) -> None:
        """Keep an answer, unless it alone would take a quarter of the room."""
        with self._lock:
            if key in self._kept or answer.weight > self._size // 4:
                return
            self._kept[key] = answer
            self._free -= answer.weight
            while self._free < 0:
                self._free += self._kept.popitem(last=False)[1].weight


def init_app(app: Flask, version: str, size: int = 64) -> None:
    """Keep up to `size` MiB of answers; with 0, none, and no answer has an ETag."""
    if not size:
        return
    app.extensions["cache"] = Cache(size * _MIB)
    app.config["CACHE_VERSION"] = version
    app.before_request(_from_cache)
    app.after_request(_into_cache)


def _key() -> str | None:
    """Name what was asked, in its version and for this client; None where the answer may change."""
    if request.method not in ("GET", "HEAD") or _CHANGING.search(unquote_to_bytes(request.query_string)):
        return None
    if request.path in ("/health", "/metrics"):
        return None
    asked = "\n".join([current_app.config["CACHE_VERSION"], request.url, request.headers.get("Accept", "")])
    return hashlib.sha256(asked.encode()).hexdigest()[:32]


def _from_cache() -> Response | None:
    key = _key()
    if key is None:
        return None
    known = request.if_none_match  # compared weakly, for a proxy that compresses weakens the tag
    if known.contains_weak(key) and not known.star_tag:
        return _tagged(Response(status=304), key)
    kept: Kept | None = current_app.extensions["cache"].get(key)
    return Response(kept.body, kept.status, kept.headers) if kept else None


def _into_cache(response: Response) -> Response:
    key = _key()
    if key and response.status_code in (200, 303) and "ETag" not in response.headers and not response.is_streamed:
        _tagged(response, key)
        if request.method == "GET":
            kept = Kept(response.status_code, list(response.headers), response.get_data())
            current_app.extensions["cache"].put(key, kept)
    return response


def _tagged(response: Response, key: str) -> Response:
    response.headers["ETag"] = f'"{key}"'
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
