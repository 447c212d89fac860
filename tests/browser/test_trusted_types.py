"""Text that would become code is stopped in the browser too."""

from __future__ import annotations

import pytest
from selenium.webdriver import Chrome

from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

MARKUP = """
const box = document.createElement("div");
box.innerHTML = arguments[0];
return box.innerHTML;
"""
SCRIPT = """
const script = document.createElement("script");
try { script.src = arguments[0]; return script.src; } catch (error) { return error.name; }
"""


@pytest.fixture
def page(browser: Chrome, server: Server) -> Chrome:
    browser.get(server.url)
    return browser


@pytest.mark.parametrize(
    ("markup", "left"),
    [
        ("<b>12</b> mm", "<b>12</b> mm"),
        ("<svg><text onclick='x()'>R</text></svg>", "<svg><text>R</text></svg>"),
        ("<p>a<script>x()</script>b</p>", "<p>ab</p>"),
        ("<a href='javascript:x()'>open</a>", "<a>open</a>"),
        ("<a href=' JavaScript:x()'>open</a>", "<a>open</a>"),
        ("<iframe srcdoc='x'></iframe>text", "text"),
        ("<template><i>ok</i></template><form action='/x'><i>no</i></form>", "<template><i>ok</i></template>"),
    ],
)
def test_markup_keeps_its_words_and_loses_its_code(page: Chrome, markup: str, left: str) -> None:
    assert page.execute_script(MARKUP, markup) == left
    page.get_log("browser")  # the policy of the page names each handler it stops as well


def test_scripts_are_taken_from_this_server_only(page: Chrome, server: Server) -> None:
    assert page.execute_script(SCRIPT, "/assets/keys.js") == f"{server.url}/assets/keys.js"
    assert page.execute_script(SCRIPT, "https://evil.example/x.js") == "TypeError"
    assert page.execute_script(SCRIPT, "data:text/javascript,1") == "TypeError"
