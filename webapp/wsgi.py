"""What gunicorn loads: ``gunicorn webapp.wsgi:server``."""

from __future__ import annotations

from webapp.app import create_app
from webapp.config import Config
from webapp.routes import journal

journal.set_up()
app = create_app(Config())
server = app.server
