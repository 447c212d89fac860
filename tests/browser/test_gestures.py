"""Every gesture and key on a real series: what moves, by how much, and that nothing else does."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.action_chains import ScrollOrigin
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.interaction import POINTER_TOUCH
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.conftest import Server, upload
from webapp.config import ROOT

pytestmark = pytest.mark.browser

SERIES = ROOT.parent / "shared" / "data" / "mr_siemens_sag_prone.zip"
PLANES = ("axial", "coronal", "sagittal")

_LOOK = """
const planes = ["axial", "coronal", "sagittal"];
const { trueslice } = window;
if (!trueslice || !trueslice.scene || !trueslice.window) return null;
const graph = plane => document.querySelector(`#pane-${plane} .js-plotly-plot`);
const shown = planes.filter(plane => document.getElementById(`pane-${plane}`).offsetWidth);
if (!shown.length || !shown.every(plane => (graph(plane)?.layout || {}).meta)) return null;
const text = id => document.getElementById(id).textContent.replaceAll("\\u2009", " ").replaceAll("\\u2212", "-");
return {
  shown, cursor: trueslice.cursor, readOut: text("read-out"),
  window: [trueslice.window.center, trueslice.window.width], inverted: Boolean(trueslice.window.invert),
  planes: Object.fromEntries(shown.map(plane => {
    const { data: [trace], layout, _fullLayout: { xaxis, yaxis } } = graph(plane);
    const box = graph(plane).getBoundingClientRect();
    const middle = [(xaxis.range[0] + xaxis.range[1]) / 2, (yaxis.range[0] + yaxis.range[1]) / 2];
    const index = Number(layout.meta.split("/")[2]);
    return [plane, {
      index, count: trueslice.scene.planes[plane].count, box: [box.left, box.top, box.width, box.height],
      mm_per_px: (xaxis.range[1] - xaxis.range[0]) / xaxis._length,
      middle: trueslice.patient.pointAt(trueslice.scene, plane, index, ...middle),
      lines: (layout.shapes || []).filter(({ visible, name }) => visible !== false && planes.includes(name)).length,
      label: text(`label-${plane}`), name: text(`name-${plane}`), low: trace.zmin, high: trace.zmax,
    }];
  })),
};
"""


class Page:
    """The open page, touched as a person would."""

    def __init__(self, driver: Chrome, wait: WebDriverWait[Chrome]) -> None:
        self.driver = driver
        self.wait = wait

    def look(self) -> dict[str, Any]:
        """What is on screen, once it is."""
        found: dict[str, Any] = self.wait.until(lambda page: page.execute_script(_LOOK))
        return found

    def until(self, done: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """What is on screen as soon as it is as it should be."""
        self.wait.until(lambda _: done(self.look()))
        return self.look()

    def at(self, plane: str, across: float = 0, down: float = 0) -> ActionChains:
        """The pointer so many pixels from the middle of a plane."""
        left, top, width, height = self.look()["planes"][plane]["box"]
        actions = ActionChains(self.driver, duration=20)
        pointer: Any = actions.w3c_actions.pointer_action
        pointer.move_to_location(round(left + width / 2 + across), round(top + height / 2 + down))
        return actions

    def keys(self, *keys: str) -> None:
        ActionChains(self.driver).send_keys(*keys).perform()


@pytest.fixture(scope="module")
def address() -> list[str]:
    """Where the series was opened, once it has been."""
    return []


@pytest.fixture
def page(browser: Chrome, wait: WebDriverWait[Chrome], server: Server, address: list[str]) -> Page:
    """A real sagittal series, sent once by hand, open."""
    if not SERIES.exists():
        pytest.skip(f"{SERIES} is not there")
    if not address:
        address.append(upload(browser, wait, server, SERIES))
    browser.get(address[0])
    opened = Page(browser, wait)
    opened.until(lambda now: len(now["shown"]) == 3)
    return opened


def scales(now: dict[str, Any]) -> list[float]:
    """Millimetres per pixel of every plane."""
    return [now["planes"][plane]["mm_per_px"] for plane in PLANES]


def is_joined(now: dict[str, Any]) -> bool:
    """Whether a millimetre is as long in every plane."""
    return max(scales(now)) < 1.01 * min(scales(now))


def test_zoom_and_place_are_one_for_all_planes_in_millimetres(page: Page) -> None:
    first = page.look()
    page.at("sagittal").key_down(Keys.CONTROL).perform()
    left, top, width, height = first["planes"]["sagittal"]["box"]
    x, y = round(left + width / 2 + 40), round(top + height / 2 - 30)
    ActionChains(page.driver).scroll_from_origin(ScrollOrigin.from_viewport(x, y), 0, -400).perform()
    ActionChains(page.driver).key_up(Keys.CONTROL).perform()
    near = page.until(
        lambda now: (
            is_joined(now) and now["planes"]["sagittal"]["mm_per_px"] < first["planes"]["sagittal"]["mm_per_px"] / 2
        )
    )
    was, now = first["planes"]["sagittal"], near["planes"]["sagittal"]
    assert now["mm_per_px"] == pytest.approx(was["mm_per_px"] / 2.718, rel=0.01)
    # What was under the pointer still is: the middle has gone towards it.
    shift = [40 * (was["mm_per_px"] - now["mm_per_px"]), 30 * (was["mm_per_px"] - now["mm_per_px"])]
    assert abs(now["middle"][1] - was["middle"][1]) == pytest.approx(shift[0], abs=1.5)
    assert abs(now["middle"][2] - was["middle"][2]) == pytest.approx(shift[1], abs=1.5)
    assert near["planes"]["axial"]["middle"][1] == pytest.approx(now["middle"][1], abs=1)
    assert near["planes"]["coronal"]["middle"][2] == pytest.approx(now["middle"][2], abs=1)


def test_the_cursor_follows_the_pointer_with_shift_and_a_key_hides_its_lines(page: Page) -> None:
    first = page.look()
    page.at("sagittal", 30, 20).perform()
    assert page.look()["cursor"] == first["cursor"]
    page.at("sagittal", 30, 20).key_down(Keys.SHIFT).perform()
    page.at("sagittal", 50, -40).perform()
    mm = first["planes"]["sagittal"]["mm_per_px"]
    middle = first["planes"]["sagittal"]["middle"]
    moved = page.until(lambda now: abs(abs(now["cursor"][1] - middle[1]) - 50 * mm) < 2 * mm)
    ActionChains(page.driver).key_up(Keys.SHIFT).perform()
    assert abs(moved["cursor"][2] - middle[2]) == pytest.approx(40 * mm, abs=2 * mm)
    assert moved["planes"]["axial"]["index"] != first["planes"]["axial"]["index"]
    assert moved["planes"]["sagittal"]["index"] == first["planes"]["sagittal"]["index"]
    assert [moved["planes"][plane]["lines"] for plane in PLANES] == [2, 2, 2]
    page.keys("x")
    page.until(lambda now: [now["planes"][plane]["lines"] for plane in PLANES] == [0, 0, 0])
    page.wait.until(lambda one: "lines=0" in one.current_url)
    page.keys("x")
    page.until(lambda now: [now["planes"][plane]["lines"] for plane in PLANES] == [2, 2, 2])


def test_buttons_and_wheel_window_move_zoom_and_scroll(page: Page) -> None:
    first = page.look()
    page.at("axial").click_and_hold().move_by_offset(50, 25).release().perform()
    windowed = page.until(lambda now: now["window"][1] > first["window"][1])
    assert windowed["window"][0] > first["window"][0]
    assert (
        windowed["planes"]["coronal"]["high"] == windowed["planes"]["axial"]["high"] > first["planes"]["axial"]["high"]
    )
    mm = first["planes"]["coronal"]["mm_per_px"]
    drag(page, "coronal", 1, (30, 20))
    panned = page.until(lambda now: now["planes"]["coronal"]["middle"] != first["planes"]["coronal"]["middle"])
    assert scales(panned) == pytest.approx(scales(first), rel=0.01)
    shift = [panned["planes"]["coronal"]["middle"][at] - first["planes"]["coronal"]["middle"][at] for at in (0, 2)]
    assert [abs(one) for one in shift] == pytest.approx([30 * mm, 20 * mm], abs=mm)
    assert panned["planes"]["sagittal"]["middle"][2] == pytest.approx(panned["planes"]["coronal"]["middle"][2], abs=1)
    drag(page, "axial", 2, (0, -60))
    smaller = first["planes"]["axial"]["mm_per_px"] * 0.67
    near = page.until(lambda now: is_joined(now) and scales(now)[0] == pytest.approx(smaller, rel=0.02))
    page.wait.until(lambda one: re.search(r"zoom=[1-9]", one.current_url))
    link = page.driver.current_url
    page.keys(" ")
    page.until(lambda now: scales(now) == pytest.approx(scales(first), rel=0.01) and now["window"] == first["window"])
    page.driver.get("about:blank")
    page.driver.get(link)
    back = page.until(lambda now: len(now["shown"]) == 3 and scales(now) == pytest.approx(scales(near), rel=0.01))
    assert back["planes"]["axial"]["middle"] == pytest.approx(near["planes"]["axial"]["middle"], abs=0.1)
    assert back["window"] == windowed["window"]


def drag(page: Page, plane: str, button: int, by: tuple[int, int]) -> None:
    """A button held and moved from the middle of a plane."""
    left, top, width, height = page.look()["planes"][plane]["box"]
    x, y = round(left + width / 2), round(top + height / 2)
    actions = ActionBuilder(page.driver, duration=20)
    pointer = actions.pointer_action
    pointer.move_to_location(x, y)
    pointer.pointer_down(button)
    pointer.move_to_location(x + by[0] // 2, y + by[1] // 2)
    pointer.move_to_location(x + by[0], y + by[1])
    pointer.pause(0.1)
    pointer.pointer_up(button)
    actions.perform()


def test_every_key_does_what_the_list_says(page: Page) -> None:
    first = page.look()
    middle, last = first["planes"]["axial"]["index"], first["planes"]["axial"]["count"] - 1
    for held, key, index in (
        ("", Keys.ARROW_DOWN, middle + 1),
        ("", Keys.ARROW_UP, middle),
        (Keys.SHIFT, Keys.ARROW_DOWN, middle + 10),
        ("", Keys.PAGE_UP, middle),
        ("", Keys.PAGE_DOWN, middle + 10),
        ("", Keys.END, last),
        ("", Keys.HOME, 0),
    ):
        actions = ActionChains(page.driver)
        (actions.key_down(held).send_keys(key).key_up(held) if held else actions.send_keys(key)).perform()
        page.until(lambda now, index=index: now["planes"]["axial"]["index"] == index)
        assert f"{index + 1}/{last + 1}" in page.look()["planes"]["axial"]["label"]
    page.keys(Keys.ARROW_RIGHT, Keys.ARROW_DOWN)
    page.until(lambda now: now["planes"]["coronal"]["index"] == first["planes"]["coronal"]["index"] + 1)
    page.keys(Keys.ARROW_LEFT, "i")
    page.until(lambda now: now["inverted"] and "inverted" in now["planes"]["axial"]["name"])
    page.keys("m")
    page.until(lambda now: now["shown"] == ["axial"])
    page.keys(Keys.ARROW_RIGHT)
    page.until(lambda now: now["shown"] == ["coronal"])
    page.keys("m")
    page.until(lambda now: len(now["shown"]) == 3)
    page.keys("c")
    page.until(lambda now: now["planes"]["coronal"]["index"] > first["planes"]["coronal"]["index"] + 2)
    page.keys("c", "[")
    page.wait.until(lambda one: "panel-closed" in one.find_element(By.ID, "page").get_attribute("class"))
    page.keys("]")
    page.wait.until(lambda one: "panel-open" in one.find_element(By.ID, "page").get_attribute("class"))
    page.keys("?")
    page.wait.until(lambda one: "Keys and pointer" in one.find_element(By.TAG_NAME, "body").text)


def test_the_panes_are_divided_by_hand_and_by_keys_and_one_stands_alone(page: Page) -> None:
    first = page.look()["planes"]["axial"]["box"]
    across = page.driver.find_element(By.CSS_SELECTOR, ".divides-across")
    ActionChains(page.driver).move_to_element_with_offset(across, 0, 100).click_and_hold().move_by_offset(
        120, 0
    ).release().perform()
    wide = page.until(lambda now: now["planes"]["axial"]["box"][2] > first[2] + 110)["planes"]
    assert wide["axial"]["box"][2] == pytest.approx(first[2] + 120, abs=3)
    assert wide["coronal"]["box"][2] == pytest.approx(first[2] - 120, abs=3)
    page.driver.find_element(By.CSS_SELECTOR, ".divides-down").send_keys(Keys.ARROW_DOWN, Keys.SHIFT, Keys.ARROW_DOWN)
    page.until(lambda now: now["planes"]["axial"]["box"][3] == pytest.approx(first[3] * 1.24, rel=0.01))
    page.wait.until(lambda one: ",0.62" in one.current_url)
    page.driver.get(page.driver.current_url)
    again = page.until(lambda now: len(now["shown"]) == 3 and now["planes"]["axial"]["box"][3] > first[3] * 1.2)
    assert again["planes"]["axial"]["box"][2] == pytest.approx(first[2] + 120, abs=3)
    page.driver.find_element(By.CSS_SELECTOR, ".divides-across").send_keys(Keys.HOME)
    page.until(lambda now: now["planes"]["axial"]["box"] == pytest.approx(first, abs=1))
    page.at("coronal", 5, 5).double_click().perform()
    page.until(lambda now: now["shown"] == ["coronal"] and now["planes"]["coronal"]["box"][2] > 1.9 * first[2])
    page.at("coronal", 5, 5).double_click().perform()
    page.until(lambda now: len(now["shown"]) == 3)


def finger(name: str, path: list[tuple[int, int]], still: float = 0) -> PointerInput:
    """One finger that goes down, along a path, and up."""
    one = PointerInput(POINTER_TOUCH, name)
    one.create_pointer_move(duration=0, x=path[0][0], y=path[0][1])
    one.create_pointer_down(button=0)
    one.create_pause(still)
    for x, y in path[1:]:
        one.create_pointer_move(duration=60, x=x, y=y)
    return one


def touched(page: Page, *fingers: PointerInput, up: bool = True) -> None:
    """Fingers as they move together."""
    actions = ActionBuilder(page.driver, mouse=fingers[0], duration=30)
    actions.devices.extend(fingers[1:])
    for one in fingers if up else ():
        one.create_pointer_up(button=0)
    actions.perform()


def test_fingers_scroll_pinch_and_probe_on_a_phone(page: Page) -> None:
    page.driver.set_window_size(500, 844)
    first = page.until(lambda now: now["shown"] == ["axial"] and now["planes"]["axial"]["box"][2] > 380)
    left, top, width, height = first["planes"]["axial"]["box"]
    x, y = round(left + width / 2), round(top + height / 2)
    touched(page, finger("one", [(x, y - 40), (x, y), (x, y + 40)]))
    scrolled = page.until(lambda now: now["planes"]["axial"]["index"] > first["planes"]["axial"]["index"])
    assert scrolled["cursor"][:2] == pytest.approx(first["cursor"][:2], abs=1e-6)
    touched(page, finger("one", [(x - 30, y), (x - 60, y)]), finger("two", [(x + 30, y), (x + 60, y)]))
    pinched = page.until(lambda now: now["planes"]["axial"]["mm_per_px"] < 0.7 * first["planes"]["axial"]["mm_per_px"])
    assert pinched["planes"]["axial"]["mm_per_px"] == pytest.approx(first["planes"]["axial"]["mm_per_px"] / 2, rel=0.05)
    assert pinched["planes"]["axial"]["index"] == scrolled["planes"]["axial"]["index"]
    touched(page, finger("one", [(x, y)], still=0.8), up=False)
    words = page.driver.find_element(By.CSS_SELECTOR, ".probe")
    page.wait.until(lambda _: words.is_displayed() and "·" in words.text)
    assert page.look()["cursor"] == pinched["cursor"]
    ActionBuilder(page.driver).clear_actions()
    page.wait.until(lambda _: not words.is_displayed())


_MERGED = """
const [plane, low, high, mode, done] = arguments;
const { cache, scene } = window.trueslice;
const wanted = Array.from({ length: high - low + 1 }, (_, at) => cache.read(scene.key, plane, low + at));
Promise.all(wanted).then((slices) => {
  const values = slices.map(({ z }) => z.map(row => Array.from(row)));
  const mean = (...all) => all.reduce((sum, one) => sum + one, 0) / all.length;
  const merge = { mip: Math.max, minip: Math.min, mean }[mode];
  done(values[0].map((row, r) => row.map((_, c) => merge(...values.map(one => one[r][c])))));
});
"""
_PIXELS = "return document.querySelector('#pane-sagittal .js-plotly-plot').data[0].z.map(row => Array.from(row))"


def test_slabs_hold_what_their_slices_hold_and_say_so_and_planes_follow_the_patient(page: Page) -> None:
    first = page.look()
    plane = first["planes"]["sagittal"]
    for mode, said in (("mean", "mean"), ("mip", "MIP"), ("minip", "MinIP")):
        page.keys("t")
        now = page.until(lambda now, said=said: f"· {said} 10 mm of " in f"· {now['planes']['sagittal']['name']}")
        count = int(now["planes"]["sagittal"]["name"].split(" of ")[1].split()[0])
        assert count % 2 == 1
        assert now["planes"]["sagittal"]["index"] == plane["index"]
        shown = page.driver.execute_script(_PIXELS)
        reach = count // 2
        page.driver.set_script_timeout(30)
        wanted = page.driver.execute_async_script(
            _MERGED, "sagittal", plane["index"] - reach, plane["index"] + reach, mode
        )
        assert np.allclose(np.array(shown, float), np.array(wanted, float), atol=0.01)
    page.wait.until(lambda one: "slab=10,minip" in one.current_url)
    page.keys("l")
    drag(page, "sagittal", 0, (40, 40))
    assert page.driver.execute_script("return window.trueslice.measuring.list().length") == 0
    page.keys("l", "t")
    page.until(lambda now: "10 mm of" not in now["planes"]["sagittal"]["name"])
    page.keys("p")
    turned = page.until(lambda now: all("patient axes" in now["planes"][plane]["name"] for plane in PLANES))
    assert all("interpolated" in turned["planes"][plane]["name"] for plane in PLANES)
    assert turned["cursor"] == pytest.approx(first["cursor"], abs=1e-6)
    for plane, axis, ends in (("axial", 2, "SI"), ("coronal", 1, "PA"), ("sagittal", 0, "LR")):
        letter, mm = turned["planes"][plane]["label"].split(" · ")[0].split()
        assert float(mm) * (1 if letter == ends[0] else -1) == pytest.approx(turned["cursor"][axis], abs=2)
    page.wait.until(lambda one: "axes=patient" in one.current_url)
    page.keys("p")
    again = page.until(lambda now: not any("patient axes" in now["planes"][plane]["name"] for plane in PLANES))
    assert [again["planes"][plane]["index"] for plane in PLANES] == [
        first["planes"][plane]["index"] for plane in PLANES
    ]
