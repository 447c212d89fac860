"""Uploads as a person makes them: drop, choose, pause, reload, cancel, and what the page says meanwhile."""

from __future__ import annotations

import hashlib
import os
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from selenium.common.exceptions import TimeoutException
from selenium.webdriver import Chrome

from tests import factories
from tests.browser.conftest import Server, patience, press

MEGA = 1_000_000
ROWS = "return Array.from(document.querySelectorAll('.upload-row'), row => row.innerText)"
CARDS = "return Array.from(document.querySelectorAll('#library-cards .card:has(button)'), card => card.innerText)"
KEPT = "return JSON.stringify({...localStorage})"

pytestmark = pytest.mark.browser


class Door:
    """The first page as a new visitor sees it."""

    def __init__(self, browser: Chrome, server: Server) -> None:
        self.browser = browser
        self.server = server
        browser.get(f"{server.url}/health")  # a page that asks for nothing, and so does not bring the old cookie back
        browser.delete_all_cookies()
        browser.execute_script("localStorage.clear()")
        browser.get_log("browser")  # that page has no icon, which the console complains about
        self.open()

    def open(self) -> None:
        self.browser.get(self.server.url)
        self.until(lambda: self.browser.execute_script("return Boolean(document.getElementById('library-cards'))"))

    def until(self, done: Callable[[], object], seconds: float = 60) -> None:
        patience(self.browser, seconds).until(lambda _: done())

    def choose(self, *paths: Path, into: str = "file-input") -> None:
        self.browser.find_element("id", into).send_keys("\n".join(map(str, paths)))

    def rows(self) -> str:
        return "\n".join(self.browser.execute_script(ROWS))

    def cards(self) -> list[str]:
        return list(self.browser.execute_script(CARDS))

    def says(self, *words: str) -> None:
        self.until(lambda: all(word in self.rows() for word in words))

    def press(self, name: str) -> None:
        script = "const all = [...document.querySelectorAll('.door button, [role=dialog] button')];"
        found = self.browser.execute_script(f"{script} return all.find(one => one.textContent === arguments[0])", name)
        found.click()

    def slow_down(self, bytes_per_second: float) -> None:
        conditions = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_per_second}
        self.browser.execute_cdp_cmd("Network.enable", {})
        self.browser.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)

    def received(self) -> dict[str, Path]:
        return {path.name: path for path in (self.server.data / "uploads").iterdir() if len(path.name) == 36}


@pytest.fixture
def door(browser: Chrome, server: Server) -> Door:
    return Door(browser, server)


@pytest.fixture
def series_zip(tmp_path: Path) -> Path:
    return factories.zip_series(tmp_path / "DOE^JANE.zip", factories.make_series())


@pytest.fixture
def series_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "CD of DOE^JANE" / "IMAGES"
    folder.mkdir(parents=True)
    for number, instance in enumerate(factories.make_series()):
        (folder / f"IM{number:04}").write_bytes(factories.as_bytes(instance))
    (folder.parent / "readme.txt").write_text("not a picture")
    return folder.parent


@pytest.fixture
def large_zip(tmp_path: Path, series_zip: Path) -> Path:
    """A series and 40 MB of something else that is set aside."""
    with zipfile.ZipFile(series_zip, "a") as archive:
        archive.writestr("filler.bin", os.urandom(40 * MEGA))
    return series_zip


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_zip_becomes_a_card(door: Door, series_zip: Path) -> None:
    door.choose(series_zip)
    door.until(lambda: len(door.cards()) == 1)
    assert "trusted" in door.cards()[0]
    door.says("Ready", "Open")


def test_several_files_are_sent_as_one_series(door: Door, series_folder: Path) -> None:
    door.choose(*sorted((series_folder / "IMAGES").iterdir()))
    door.until(lambda: len(door.cards()) == 1)


def test_a_folder_is_sent_with_everything_in_it(door: Door, series_folder: Path) -> None:
    before = door.received()
    door.choose(series_folder, into="folder-input")
    door.until(lambda: len(door.cards()) == 1)
    door.says("1 file set aside")
    (new,) = door.received().keys() - before.keys()
    with zipfile.ZipFile(door.received()[new]) as archive:
        assert archive.testzip() is None
        sent = {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}
    assert sent == {str(path.relative_to(series_folder)): path.read_bytes() for path in series_folder.rglob("*.*")} | {
        f"IMAGES/{path.name}": path.read_bytes() for path in (series_folder / "IMAGES").iterdir()
    }


def test_a_folder_can_be_dropped(door: Door, series_folder: Path) -> None:
    data = {"items": [], "files": [str(series_folder)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        point = {"type": kind, "x": 300, "y": 300, "data": data}
        door.browser.execute_cdp_cmd("Input.dispatchDragEvent", point)
    door.until(lambda: len(door.cards()) == 1)


def test_what_is_no_zip_is_refused_with_cause_and_cure(door: Door, tmp_path: Path) -> None:
    path = tmp_path / "holiday.zip"
    path.write_bytes(b"%PDF-1.7" * 1000)
    door.choose(path)
    door.says("not a zip file.", "Pack the DICOM files")
    door.press("Dismiss")
    door.until(lambda: door.rows() == "")
    door.open()
    time.sleep(1)
    assert door.rows() == ""


def test_an_empty_file_is_refused_without_asking_the_server(door: Door, tmp_path: Path) -> None:
    path = tmp_path / "empty.zip"
    path.touch()
    door.choose(path)
    door.says("it is empty")


def test_progress_is_said_with_speed_and_time_left(door: Door, large_zip: Path) -> None:
    door.slow_down(10 * MEGA)
    door.choose(large_zip)
    door.says("received", "MB/s", "left")
    door.press("Cancel")
    door.slow_down(-1)


def test_a_paused_upload_stands_still_and_goes_on(door: Door, large_zip: Path) -> None:
    before = door.received()
    door.slow_down(10 * MEGA)
    door.choose(large_zip)
    door.says("MB/s")
    door.press("Pause")
    door.says("paused at")
    still = door.rows()
    time.sleep(1)
    assert door.rows() == still
    door.slow_down(-1)
    door.press("Continue")
    door.until(lambda: len(door.cards()) == 1)
    (new,) = door.received().keys() - before.keys()
    assert digest(door.received()[new]) == digest(large_zip)


def test_a_reload_goes_on_where_it_stopped_and_remembers_no_name(door: Door, large_zip: Path) -> None:
    before = door.received()
    door.slow_down(10 * MEGA)
    door.choose(large_zip)
    door.until(
        lambda: any(path.stat().st_size > 8 * MEGA for name, path in door.received().items() if name not in before)
    )
    door.open()
    door.says("An upload is unfinished", "received")
    kept = door.browser.execute_script(KEPT)
    assert "/uploads/" in kept
    assert "DOE" not in kept
    door.slow_down(-1)
    door.choose(large_zip)
    door.until(lambda: len(door.cards()) == 1)
    assert "An upload is unfinished" not in door.rows()
    (new,) = door.received().keys() - before.keys()
    assert digest(door.received()[new]) == digest(large_zip)
    assert "/uploads/" not in door.browser.execute_script(KEPT)


def test_an_unfinished_upload_can_be_discarded(door: Door, large_zip: Path) -> None:
    before = door.received()
    door.slow_down(4 * MEGA)
    door.choose(large_zip)
    door.says("MB/s")
    door.open()
    door.slow_down(-1)
    door.says("An upload is unfinished")
    door.press("Discard")
    door.until(lambda: door.rows() == "")
    door.until(lambda: door.received().keys() == before.keys())


def test_a_cancelled_upload_leaves_nothing(door: Door, large_zip: Path) -> None:
    before = door.received()
    door.slow_down(4 * MEGA)
    door.choose(large_zip)
    door.says("MB/s")
    door.press("Cancel")
    door.slow_down(-1)
    door.until(lambda: door.rows() == "")
    door.until(lambda: door.received().keys() == before.keys())
    assert "/uploads/" not in door.browser.execute_script(KEPT)


def test_an_upload_outlives_a_lost_connection(door: Door, large_zip: Path) -> None:
    before = door.received()
    door.slow_down(10 * MEGA)
    door.choose(large_zip)
    door.says("MB/s")
    offline = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    door.browser.execute_cdp_cmd("Network.emulateNetworkConditions", offline)
    door.says("The connection is lost", "trying again")
    door.slow_down(-1)
    door.until(lambda: len(door.cards()) == 1)
    (new,) = door.received().keys() - before.keys()
    assert digest(door.received()[new]) == digest(large_zip)
    door.browser.get_log("browser")  # the console names every lost request; that is what this test makes


def _ask_to_delete(door: Door) -> None:
    """Press Delete until it is asked back: a card that is drawn anew at that moment loses a click."""

    def is_asked() -> bool:
        dialogs = door.browser.find_elements("css selector", "[role=dialog]")
        return any("cannot be undone" in one.text for one in dialogs)

    def asked() -> bool:
        press(patience(door.browser), ".card button")
        with suppress(TimeoutException):
            patience(door.browser, 5).until(lambda _: is_asked())
        return is_asked()

    door.until(asked)


def test_a_deletion_asks_first(door: Door, series_zip: Path) -> None:
    door.choose(series_zip)
    door.until(lambda: len(door.cards()) == 1)
    _ask_to_delete(door)
    door.press("Keep it")
    time.sleep(0.5)
    assert len(door.cards()) == 1
    _ask_to_delete(door)
    door.browser.find_element("id", "delete-confirm").click()
    door.until(lambda: door.cards() == [])


def test_500_megabytes_pass_and_the_workers_stay_as_small_as_they_were(
    door: Door, samples: Server, tmp_path: Path
) -> None:
    path = tmp_path / "large.zip"
    block = os.urandom(MEGA)
    with path.open("wb") as file:
        for _ in range(500):
            file.write(block)
    workers = psutil.Process(samples.process.pid).children()
    before = [worker.memory_info().rss for worker in workers]
    largest = before
    door.choose(path)
    door.says("received")
    while "not a zip file." not in door.rows():
        largest = [max(pair) for pair in zip(largest, (worker.memory_info().rss for worker in workers), strict=True)]
        time.sleep(0.02)
    grown = [(after - first) / MEGA for first, after in zip(before, largest, strict=True)]
    assert len(grown) == 2
    assert max(grown) < 64
