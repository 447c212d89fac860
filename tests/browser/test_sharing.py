"""Sharing with somebody who has no account: from the button to the guest's browser, and back to nothing."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.conftest import Server, patience, press, pytest_setup_options
from tests.factories import Scan, make_series, zip_series

WORKERS_ASKED = 24
DEAD_SECONDS = 5.0


@pytest.fixture
def opened(browser: Chrome, server: Server, wait: WebDriverWait[Chrome], tmp_path: Path) -> str:
    """A series of my own, open; its key."""
    path = zip_series(tmp_path / "mine.zip", make_series(Scan(tags={"SeriesDescription": "DOE^JANE THORAX"})))
    browser.get(server.url)
    wait.until(lambda page: page.find_element(By.ID, "file-input")).send_keys(str(path))
    wait.until(lambda page: page.find_elements(By.CSS_SELECTOR, ".card .quiet-button"))
    press(wait, ".card .card-open")
    wait.until(lambda page: "stack=" in page.current_url)
    wait.until(lambda page: "/" in page.find_element(By.ID, "label-axial").text)
    return browser.current_url.split("stack=")[1].split("&")[0]


@pytest.fixture
def link(browser: Chrome, wait: WebDriverWait[Chrome], opened: str) -> str:
    """A link to it, made by the button."""
    browser.find_element(By.ID, "share-button").click()
    wait.until(lambda page: "of its" in page.find_element(By.ID, "share-words").text)
    browser.find_element(By.ID, "share-make").click()
    wait.until(lambda page: "/shared#" in page.find_element(By.ID, "share-address").get_attribute("value"))
    assert opened
    return str(browser.find_element(By.ID, "share-address").get_attribute("value"))


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[Chrome]:
    """Another browser, clean."""
    options = pytest_setup_options()
    options.add_argument("--headless=new")
    options.add_argument("--window-size=1400,900")
    options.add_argument(f"--user-data-dir={tmp_path / 'profile'}")
    driver = Chrome(options=options)
    yield driver
    driver.quit()


def status(url: str, cookie: str = "", method: str = "GET") -> int:
    asked = urllib.request.Request(url, method=method, headers={"Cookie": cookie} if cookie else {})
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def cookie_of(driver: Chrome) -> str:
    return "; ".join(f"{one['name']}={one['value']}" for one in driver.get_cookies())


def test_a_link_opens_the_view_in_a_clean_browser_and_dies_on_every_worker(
    browser: Chrome, server: Server, wait: WebDriverWait[Chrome], link: str, opened: str, stranger: Chrome
) -> None:
    label = browser.find_element(By.ID, "label-axial").text
    stranger.get(link)
    theirs = patience(stranger)
    theirs.until(lambda page: page.find_element(By.ID, "label-axial").text == label)
    assert "#" not in stranger.current_url
    shown = stranger.find_element(By.TAG_NAME, "body").text
    assert "DOE" not in stranger.page_source
    parts = {
        name: stranger.find_element(By.CSS_SELECTOR, f"#tag-part input[value={name}]")
        for name in ("look-up", "protocol")
    }
    assert parts["look-up"].is_enabled()
    assert not parts["protocol"].is_enabled()
    assert "shared with you until" in shown
    assert not stranger.find_element(By.ID, "share-button").is_displayed()

    cookie, volume = cookie_of(stranger), f"{server.url}/volumes/{opened}"
    assert "owner" not in cookie
    assert status(f"{volume}/axial/0", cookie) == 200
    assert {status(f"{volume}/{name}", cookie) for name in ("tags.csv", "volume.nii.gz", "report.html")} == {403}
    assert status(f"{server.url}/uploads/", cookie, "POST") == 403
    assert status(f"{volume}/axial/0") == 404

    wait.until(lambda page: page.find_elements(By.CSS_SELECTOR, ".share-link .quiet-button"))
    browser.find_element(By.CSS_SELECTOR, ".share-link .quiet-button").click()
    wait.until(lambda page: not page.find_elements(By.CSS_SELECTOR, ".share-link"))
    end = time.monotonic() + DEAD_SECONDS
    while time.monotonic() < end and status(f"{volume}/axial/0", cookie) != 404:
        time.sleep(0.1)
    assert {status(f"{volume}/axial/0", cookie) for _ in range(WORKERS_ASKED)} == {404}
    stranger.get(link)
    theirs.until(lambda page: "does not open anything" in page.find_element(By.TAG_NAME, "body").text)


def test_the_guests_tag_table_holds_technical_tags_alone(link: str, stranger: Chrome, server: Server) -> None:
    assert server
    stranger.get(link)
    theirs = patience(stranger)
    theirs.until(lambda page: page.find_element(By.ID, "panel-tabs"))
    theirs.until(lambda page: page.find_elements(By.XPATH, "//button[@role='tab'][contains(., 'Tags')]"))
    stranger.find_element(By.XPATH, "//button[@role='tab'][contains(., 'Tags')]").click()
    theirs.until(lambda page: "elements" in page.find_element(By.ID, "tag-count").text)
    assert "Patient's Name" not in stranger.page_source
    assert "DOE" not in stranger.page_source
    parts = {
        name: stranger.find_element(By.CSS_SELECTOR, f"#tag-part input[value={name}]")
        for name in ("look-up", "protocol")
    }
    assert parts["look-up"].is_enabled()
    assert not parts["protocol"].is_enabled()


def test_whoever_closes_the_shared_view_leaves_nothing_behind(link: str, stranger: Chrome) -> None:
    stranger.get(link)
    theirs = patience(stranger)
    theirs.until(lambda page: page.find_element(By.ID, "leave").is_displayed())
    stranger.find_element(By.ID, "leave").click()
    theirs.until(lambda page: "does not open anything" in page.find_element(By.TAG_NAME, "body").text)
    assert stranger.get_cookies() == []
