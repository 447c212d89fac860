"""A hosted instance with two workers, and a real browser that looks at it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from dash.testing.browser import Browser
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from webapp.config import ROOT

#: How long the instance may take to answer, and to have read the samples, s.
START_SECONDS = 60
SAMPLE_SECONDS = 120

_SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--force-device-scale-factor=1",
    "--lang=en-US",
)


@dataclass(frozen=True)
class Server:
    """A running instance."""

    url: str
    data: Path
    process: subprocess.Popen[bytes]
    log: Path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=2) as answer:
            return bool(json.load(answer)["status"] == "ok")
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The instance as it is hosted: gunicorn, two workers, one data folder."""
    folder = tmp_path_factory.mktemp("instance")
    port = _free_port()
    log = folder / "log.txt"
    environment = {
        **os.environ,
        "TRUESLICE_DATA": str(folder / "data"),
        "TRUESLICE_HOST": "127.0.0.1",
        "PORT": str(port),
        "WEB_CONCURRENCY": "2",
        "TRUESLICE_SWEEP_SECONDS": "2",
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "webapp.wsgi:server"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(lambda: _answers(url), START_SECONDS, f"no answer from {url}; see {log}")
        yield Server(url, folder / "data", process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(done: Any, seconds: float, otherwise: str) -> None:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            pytest.fail(otherwise)
        time.sleep(0.1)


def chromium_options(*switches: str) -> Options:
    """The system's Chromium, quiet."""
    options = Options()
    options.binary_location = os.environ.get("CHROME_BIN") or shutil.which("chromium") or ""
    for switch in (*_SWITCHES, *switches):
        options.add_argument(switch)
    return options


def pytest_setup_options() -> Options:
    """The browser that dash[testing] starts: without WebGL, whose drawing in software takes as long as all the rest."""
    return chromium_options("--disable-3d-apis")


def _browser(folder: Path, options: Options) -> Browser:
    """One that was never anywhere, with its profile and its downloads in a folder of its own."""
    os.environ.setdefault("SE_OFFLINE", "true")
    os.environ.setdefault("SE_CHROMEDRIVER", shutil.which("chromedriver") or "")
    options.add_argument(f"--user-data-dir={folder / 'profile'}")
    # The list is what the hook pytest_setup_options gives; anything else is silently not looked at.
    one = Browser("chrome", headless=True, options=[options], percy_run=False, download_path=str(folder / "downloads"))
    one.driver.implicitly_wait(0)
    return one


@pytest.fixture(scope="session")
def _flat_browser(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The browser of most tests."""
    with _browser(tmp_path_factory.mktemp("flat"), pytest_setup_options()) as one:
        yield one


@pytest.fixture(scope="session")
def _solid_browser(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The browser of the tests marked ``webgl``: it draws the 3D pane, in software."""
    with _browser(tmp_path_factory.mktemp("solid"), chromium_options("--enable-unsafe-swiftshader")) as one:
        yield one


@pytest.fixture(scope="module")
def _flat_visitor(_flat_browser: Browser, server: Server) -> Browser:
    return _new_visitor(_flat_browser, server)


@pytest.fixture(scope="module")
def _solid_visitor(_solid_browser: Browser, server: Server) -> Browser:
    return _new_visitor(_solid_browser, server)


def _new_visitor(one: Browser, server: Server) -> Browser:
    """Each file of tests begins as somebody who was never here; /health asks for nothing and brings no cookie back."""
    one.driver.get(f"{server.url}/health")
    one.driver.delete_all_cookies()
    one.driver.execute_script("localStorage.clear()")
    return one


@pytest.fixture
def dash_viewer(request: pytest.FixtureRequest, server: Server) -> Iterator[Browser]:
    """dash[testing]'s browser on the instance, 1400 × 900; after the test the page is held to the rules."""
    is_solid = request.node.get_closest_marker("webgl") is not None
    one: Browser = request.getfixturevalue("_solid_visitor" if is_solid else "_flat_visitor")
    one.driver.get("about:blank")
    one.driver.get_log("browser")
    one.driver.set_window_size(1400, 900)
    one.server_url = server.url
    yield one
    _hold_to_rules(one.driver, server)


@pytest.fixture
def browser(dash_viewer: Browser) -> Chrome:
    """Its web driver."""
    driver: Chrome = dash_viewer.driver
    return driver


def _hold_to_rules(driver: Chrome, server: Server) -> None:
    """No error on the console, no violation of the policy (Chromium logs each as one), no request to another host."""
    bad = [entry["message"] for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]
    assert bad == [], bad
    loaded = driver.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
    elsewhere = [address for address in loaded if not address.startswith((server.url, "data:", "blob:"))]
    assert elsewhere == [], elsewhere


def patience(driver: Chrome, seconds: float = 60) -> WebDriverWait[Chrome]:
    """Wait for something on a page that may be replaced meanwhile."""
    return WebDriverWait(driver, seconds, poll_frequency=0.1, ignored_exceptions=[StaleElementReferenceException])


#: Read in one go: the row may be drawn anew between being found and being read.
_OPENED = "return document.querySelector(`#job-rows a[href*='stack=']`)?.href"


def upload(page: Chrome, wait: WebDriverWait[Chrome], server: Server, path: Path) -> str:
    """Choose a file in the library and wait until it can be opened; the address of its stack."""
    page.get(server.url)
    wait.until(lambda page: page.find_element(By.ID, "file-input")).send_keys(str(path))
    return str(wait.until(lambda page: page.execute_script(_OPENED)))


def press(wait: WebDriverWait[Chrome], css: str) -> None:
    """Click what may be replaced between being found and being clicked."""

    def pressed(page: Chrome) -> bool:
        page.find_element(By.CSS_SELECTOR, css).click()
        return True

    wait.until(pressed)


@pytest.fixture
def wait(browser: Chrome) -> WebDriverWait[Chrome]:
    """Wait for something on the page."""
    return patience(browser)


@pytest.fixture(scope="session")
def samples(server: Server) -> Server:
    """The instance once it has read its samples."""
    _wait(lambda: _sample_count(server) > 0, SAMPLE_SECONDS, "the samples were not read")
    return server


def _sample_count(server: Server) -> int:
    """Volumes that are there whole."""
    folder = server.data / "volumes"
    return len(list(folder.glob("*/meta.json"))) if folder.exists() else 0
