"""The server's log: one JSON object a line, each with the request it belongs to, and never a tag's text.

A message of this project is written as it is, because it holds no value. Of everything else, a library's warning or an
exception, only the kind and the place in the code are written: its text may quote what stands in a file.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from secrets import token_hex
from typing import IO, Any

from flask import Flask, Response, g, has_request_context

#: Loggers whose messages hold no value.
_OWN = ("webapp", "gunicorn")
HEADER = "X-Request-Id"


class JsonLines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; control characters of a message are escaped by JSON, so nothing can begin a line of its own."""
        own = record.name.split(".")[0] in _OWN
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "said": record.getMessage() if own else f"{record.module}:{record.lineno}",
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
        if has_request_context() and "request_id" in g:
            line["request"] = g.request_id
        return json.dumps(line)


def set_up(stream: IO[str] | None = None) -> logging.Handler:
    """Send every log and warning of this process through `JsonLines`.

    Parameters
    ----------
    stream : file-like, optional
        Standard error when left out.

    Returns
    -------
    logging.Handler
        What writes.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(True)
    return handler


def register(server: Flask) -> None:
    """Give each request an id that its log lines and its answer carry.

    Parameters
    ----------
    server : Flask
    """

    def name() -> None:
        g.request_id = token_hex(8)

    def answer(response: Response) -> Response:
        if "request_id" in g:
            response.headers[HEADER] = g.request_id
        return response

    server.before_request(name)
    server.after_request(answer)
