"""The first page."""

from __future__ import annotations

from dash.testing.browser import Browser

from tests.browser.conftest import Server


def test_a_newcomer_meets_one_sentence_and_the_drop_zone(dash_viewer: Browser, server: Server) -> None:
    dash_viewer.driver.get(server.url)
    dash_viewer.wait_for_element("#drop-zone", timeout=20)
    assert "Drop a zip" in dash_viewer.find_element("#drop-zone").text
    assert dash_viewer.driver.title == "Trueslice"
