"""What the browser gets when something is refused: cause and cure as JSON, or as a short page for a person."""

from __future__ import annotations

import logging
import traceback
from html import escape
from pathlib import Path

from flask import Flask, Response, json, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from webapp.errors import (
    BodyTooBig,
    MalformedRequest,
    MethodRefused,
    TruesliceError,
    Unforeseen,
    UnknownKey,
)

_log = logging.getLogger(__name__)
_CALLBACKS = "/_dash-update-component"
_SUITES = "/_dash-component-suites/"
_FOR_PROGRAMS = ("/_dash", "/assets/", "/uploads/", "/volumes/", "/health")
_BY_STATUS: dict[int, type[TruesliceError]] = {404: UnknownKey, 405: MethodRefused, 413: BodyTooBig}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Trueslice</title><link rel="stylesheet" href="/assets/viewer.css"></head>
<body><main class="refusal-page"><h1>{cause}</h1><p>{cure}</p><p><a href="/">Open the library</a></p></main></body>
</html>
"""


def answer(error: TruesliceError, status: int | None = None) -> Response:
    """The response that carries a refusal.

    Parameters
    ----------
    error : TruesliceError
    status : int, optional
        Another HTTP status than the error's own.

    Returns
    -------
    Response
        JSON ``{"code", "cause", "cure"}``; a short page where a person opened an address by hand.
    """
    code = status or error.status
    if _wants_page():
        return Response(_PAGE.format(cause=escape(error.cause), cure=escape(error.cure)), code, mimetype="text/html")
    return Response(json.dumps(error.as_json()), code, mimetype="application/json")


def register(server: Flask) -> None:
    """Turn every exception of a request into an answer that holds no value, path or traceback.

    Parameters
    ----------
    server : Flask
    """
    server.register_error_handler(TruesliceError, answer)
    server.register_error_handler(HTTPException, _http)
    server.register_error_handler(Exception, _other)


def _wants_page() -> bool:
    """Whether a person typed or followed the address, rather than the page's own code."""
    if request.path.startswith(_FOR_PROGRAMS):
        return False
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def _http(error: HTTPException) -> Response:
    """Flask's own refusals, in our words."""
    status = error.code or 500
    kind = _BY_STATUS.get(status, Unforeseen if status >= 500 else MalformedRequest)
    response = answer(kind(), status)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _other(error: Exception) -> Response:
    """Anything else: what a forged body does to Dash is the sender's fault, the rest is ours."""
    if request.path.startswith(_SUITES):
        return answer(UnknownKey())
    _log.error("%s at %s", type(error).__name__, _place(error))
    return answer(MalformedRequest() if request.path == _CALLBACKS else Unforeseen())


def _place(error: Exception) -> str:
    """Where an exception was raised; never its text, which may hold a patient's name."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}, {frames[-1].name}" if frames else "an unknown place"
