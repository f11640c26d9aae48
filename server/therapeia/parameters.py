"""The parameters of a request to the endpoint, read strictly: what is not UTF-8 or a number is refused.

SPARQL 1.1 Protocol, sections 2.1.1 to 2.1.3.
"""

from typing import TypeAlias
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

Given: TypeAlias = "MultiDict[str, str]"

_FORM, _QUERY, _UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_HOW = (
    "Send exactly one query: as ?query= in the address, as the form field query, "
    f"or as the body with Content-Type: {_QUERY}."
)


def read(request: Request) -> Given:
    """Read the address and the body; a body that is an update counts as the parameter `update`.

    Raises BadRequest for what is not UTF-8, UnsupportedMediaType for another kind of body.
    """
    given = _pairs(request.query_string)
    if request.method != "POST":
        return given
    body = request.get_data()
    if request.mimetype == _FORM:
        given.update(_pairs(body))
    elif request.mimetype in (_QUERY, _UPDATE):
        given.add(request.mimetype.rpartition("-")[2], _decode(body, request.mimetype_params.get("charset", "utf-8")))
    else:
        raise UnsupportedMediaType(f"Send the query as {_FORM} or as {_QUERY}.")
    return given


def _pairs(text: bytes) -> Given:
    try:
        return MultiDict(parse_qsl(text.decode("utf-8"), True, errors="strict", max_num_fields=100))
    except ValueError as error:
        raise BadRequest(f"The parameters cannot be read: {error}. Percent-encode them as UTF-8.") from error


def _decode(body: bytes, charset: str) -> str:
    if charset.lower() not in ("utf-8", "utf8", "us-ascii"):
        raise UnsupportedMediaType(f"The query comes as {charset}; send it as UTF-8.")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"The query is not UTF-8: {error}.") from error


def query(given: Given) -> str:
    """Return the query. Raises BadRequest where there is none, or more than one."""
    values = [value for value in given.getlist("query") if value.strip()]
    if len(values) != 1:
        raise BadRequest(_HOW)
    return values[0]


def number(given: Given, name: str, most: float) -> float:
    """Read a number above 0; where there is none, or it is above `most`, return `most`."""
    text = given.get(name)
    if text is None:
        return most
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not value > 0:
        raise BadRequest(f"{name}={text}: write a number above 0, at most {most:g}.")
    return min(value, most)


def whole(given: Given, name: str, most: int) -> int:
    """Read a whole number above 0; where there is none, or it is above `most`, return `most`."""
    return int(number(given, name, most)) or 1
