"""The servers the command line starts: the viewer on its own, and the worker beside it."""

from __future__ import annotations

import os
import sys

from webapp.config import ROOT, Config
from webapp.routes import journal
from webapp.routes.owners import current_owner
from webapp.services import open_services


def serve(config: Config) -> None:
    """Serve the viewer until it is stopped; gunicorn takes the place of this process.

    Parameters
    ----------
    config : Config
    """
    environment = {
        **os.environ,
        "TRUESLICE_HOST": config.host,
        "TRUESLICE_PORT": str(config.port),
        "TRUESLICE_DATA": str(config.data),
        "PYTHONPATH": str(ROOT),
    }
    print(f"Trueslice on http://{config.host}:{config.port}", flush=True)
    words = [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "gunicorn.conf.py"), "webapp.wsgi:server"]
    os.execve(sys.executable, words, environment)  # noqa: S606 - our own interpreter, no shell


def work(config: Config) -> None:
    """Work on jobs until SIGTERM or SIGINT."""
    os.umask(0o077)
    journal.set_up()
    services = open_services(config, current_owner)
    services.jobs.work()
