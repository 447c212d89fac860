"""How gunicorn serves Trueslice: a few processes with threads, each made ready before its first request."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

os.umask(0o077)  # what is uploaded and made of it is for this user alone

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\s\"\\]")


class OneLineLogger(Logger):  # type: ignore[misc]
    """The access log, in which no request can begin a line of its own or turn the text around."""

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        """The fields of a line; the path without anything that is not plain text."""
        fields: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        fields["U"] = _CONTROL.sub("?", str(fields["U"]))
        return fields

    def exception(self, msg: str, *_args: Any, **_kwargs: Any) -> None:
        """A fault that no route caught, by its kind alone: its text may quote what was sent."""
        self.error("A request stopped: %s", getattr(sys.exc_info()[0], "__name__", "unknown"))


_port = os.environ.get("PORT") or os.environ.get("TRUESLICE_PORT", "8050")
bind = f"{os.environ.get('TRUESLICE_HOST', '127.0.0.1')}:{_port}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8
timeout = 60
graceful_timeout = 30  # on SIGTERM: requests under way end, then the process
max_requests = 0  # a worker that is replaced would drop uploads and jobs for nothing
control_socket_disable = True
forwarded_allow_ips = ""  # whoever forwards is believed by TRUESLICE_PROXIES alone, not for the address it has
if Path("/dev/shm").is_dir():  # noqa: S108
    worker_tmp_dir = "/dev/shm"  # noqa: S108

accesslog = "-"
# One JSON object a line. No query: it names what somebody looks at.
access_log_format = (
    '{"time": "%(t)s", "request": "%({x-request-id}o)s", "method": "%(m)s", "path": "%(U)s", "status": %(s)s, '
    '"bytes": %(B)s, "ms": %(M)s}'
)
logger_class = OneLineLogger


def post_worker_init(worker: Any) -> None:
    """Let Dash finish its set-up before requests arrive in parallel: it does so at the first one."""
    worker.wsgi.test_client().get("/_dash-layout", base_url="https://localhost")
