"""A headless Chromium that visits the page as an uploader does."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from selenium.webdriver import Chrome, ChromeOptions, ChromeService

_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1400,900",
    "--force-device-scale-factor=1",
)
SCRIPT_SECONDS = 60


@contextmanager
def chromium() -> Iterator[Chrome]:
    """Start a browser and close it at the end.

    Raises
    ------
    RuntimeError
        Chromium or its driver is not installed.
    """
    browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if browser is None or driver is None:
        raise RuntimeError("Chromium and chromedriver are needed: install the packages chromium and chromium-driver.")
    options = ChromeOptions()
    options.binary_location = browser
    for argument in _ARGUMENTS:
        options.add_argument(argument)
    chrome = Chrome(options, ChromeService(driver))
    try:
        chrome.set_script_timeout(SCRIPT_SECONDS)
        yield chrome
    finally:
        chrome.quit()


def visit(chrome: Chrome, url: str, cookie: str, query: str) -> None:
    """Open a page with the cookie of a visitor who has been here before.

    Parameters
    ----------
    cookie : str
        ``name=value``.
    query : str
        With its leading ``?``.
    """
    name, _, value = cookie.partition("=")
    chrome.execute_cdp_cmd(
        "Network.setCookie",
        {"name": name, "value": value, "url": url, "path": "/", "secure": name.startswith("__"), "httpOnly": True},
    )
    chrome.get(f"{url}/{query}")


def ask(chrome: Chrome, script: str, *arguments: Any) -> Any:
    """What an asynchronous script of the page answers.

    Raises
    ------
    RuntimeError
        It answered with an error.
    """
    answer = chrome.execute_async_script(script, *arguments)
    if "error" in answer:
        raise RuntimeError(answer["error"])
    return answer["value"]
