"""The log names requests and places in the code, and nothing that stands in a file."""

from __future__ import annotations

import io
import json
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from webapp.config import Config
from webapp.routes import journal, security

HOME = "https://localhost"
NAME = "DOE^JANE"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What is logged."""
    root, stream = logging.getLogger(), io.StringIO()
    before, level = list(root.handlers), root.level
    journal.set_up(stream)
    yield stream
    logging.captureWarnings(False)
    root.handlers[:] = before
    root.setLevel(level)


def said(log: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


@pytest.mark.parametrize("name", ["pydicom", "py.warnings", "dash.dash", "trueslice"])
def test_a_librarys_words_are_not_written(name: str, log: io.StringIO) -> None:
    logging.getLogger(name).warning("Invalid value for VR DA: '%s'", NAME)
    assert NAME not in log.getvalue()
    assert said(log)[0]["said"].startswith("test_journal:")


def test_a_warning_that_quotes_a_value_is_not_written(log: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)
        logging.captureWarnings(True)
        warnings.warn(f"Invalid value {NAME}", stacklevel=1)
    assert log.getvalue()
    assert NAME not in log.getvalue()


def test_an_exception_is_named_by_its_kind_alone(log: io.StringIO) -> None:
    try:
        raise ValueError(NAME)
    except ValueError:
        logging.getLogger("webapp.test").exception("A job stopped")
    assert NAME not in log.getvalue()
    assert (said(log)[0]["said"], said(log)[0]["exception"]) == ("A job stopped", "ValueError")


def test_a_message_cannot_begin_a_line_of_its_own(log: io.StringIO) -> None:
    logging.getLogger("webapp.test").warning("one\ntwo \x1b[31m \u202e")
    assert len(said(log)) == 1
    assert "\x1b" not in log.getvalue()


def test_an_answer_and_its_log_lines_carry_the_same_id(log: io.StringIO, tmp_path: Path) -> None:
    server = Flask("journal under test")
    security.register(server, Config(data=tmp_path), list)

    def broken() -> str:
        raise ValueError(NAME)

    server.add_url_rule("/volumes/broken", view_func=broken)
    answer = server.test_client().get("/volumes/broken", base_url=HOME, headers={"X-Request-Id": "mine"})
    assert answer.headers["X-Request-Id"] == said(log)[0]["request"] != "mine"
    assert NAME not in log.getvalue()
