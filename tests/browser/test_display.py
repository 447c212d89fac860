"""What is painted, in a real browser: greys are those of the formulas, colours those of the file."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.conftest import Server
from tests.browser.test_audit import _upload
from tests.browser.test_viewer import Viewer
from tests.dicom.luts import item
from tests.factories import Scan, make_series, zip_series
from webapp.imaging.thumbnail import Look
from webapp.imaging.window import VoiFunction, WindowLevel

pytestmark = pytest.mark.browser

ROWS, COLUMNS, SLICES, PADDING = 24, 20, 5, 4000
MIDDLE = (SLICES // 2, ROWS // 2, COLUMNS // 2)

#: Columns and rows that no line, letter or text covers.
CLEAR_ROWS = [row for row in range(3, ROWS - 4) if abs(row - MIDDLE[1]) > 1]
CLEAR_COLUMNS = [column for column in range(1, COLUMNS - 1) if abs(column - MIDDLE[2]) > 2]

_PLACES = """
const [plane, rows, columns] = arguments;
const graph = document.querySelector(`#pane-${plane} .js-plotly-plot`);
const { xaxis, yaxis } = graph._fullLayout;
const { x0, dx, y0, dy } = graph.data[0];
const box = graph.getBoundingClientRect();
return [
  rows.map(row => box.y + yaxis._offset + yaxis.d2p(y0 + row * dy)),
  columns.map(column => box.x + xaxis._offset + xaxis.d2p(x0 + column * dx)),
];
"""


def values(k: int) -> NDArray[np.uint16]:
    """(rows, columns) values from 0 on: far below, inside and far above every window here; a corner is padding."""
    j, i = np.mgrid[:ROWS, :COLUMNS]
    ramp = (k * 7 + j * 40 + i * 3).astype(np.uint16)
    ramp[ROWS - 8 :, : COLUMNS // 3] = PADDING
    return ramp


def colours(k: int) -> NDArray[np.uint8]:
    """(rows, columns, 3) colours that tell their own place."""
    j, i = np.mgrid[:ROWS, :COLUMNS]
    return np.stack([j * 9 + 5, 255 - i * 11, np.full_like(i, 40 * k + 3)], axis=-1).astype(np.uint8)


def grey(dataset: Dataset, k: int) -> None:
    dataset.Modality, dataset.RescaleIntercept, dataset.BitsStored, dataset.HighBit = "MR", 0, 16, 15
    dataset.PixelPaddingValue = PADDING
    dataset.PixelData = values(k).tobytes()


def coloured(dataset: Dataset, k: int) -> None:
    dataset.Modality, dataset.SamplesPerPixel, dataset.PhotometricInterpretation = "OT", 3, "RGB"
    dataset.PlanarConfiguration, dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 0, 8, 8, 7
    del dataset.RescaleSlope, dataset.RescaleIntercept
    dataset.PixelData = colours(k).tobytes()


def scale() -> Dataset:
    """A real-world scale of all values."""
    mapping, unit = Dataset(), Dataset()
    unit.CodeValue, unit.CodingSchemeDesignator, unit.CodeMeaning = "mm2/s", "UCUM", "mm2/s"
    mapping.MeasurementUnitsCodeSequence, mapping.LUTLabel = Sequence([unit]), "ADC"
    mapping.add_new("RealWorldValueFirstValueMapped", "US", 0)
    mapping.add_new("RealWorldValueLastValueMapped", "US", 65535)
    mapping.RealWorldValueSlope, mapping.RealWorldValueIntercept = 0.5, 10.0
    return mapping


TABLE = (0, 16, 32, 40, 48, 80, 160, 250, 255)
BASE: dict[str, Any] = {"slices": SLICES, "rows": ROWS, "columns": COLUMNS, "pixel_mm": (1, 1)}
SERIES = {
    "linear": Scan(
        **BASE,
        each=grey,
        tags={
            "WindowCenter": 450,
            "WindowWidth": 400,
            "VOILUTSequence": Sequence([item([9, 500, 8], TABLE, "STEEP")]),
            "RealWorldValueMappingSequence": Sequence([scale()]),
        },
    ),
    "sigmoid": Scan(
        **BASE,
        each=grey,
        tags={
            "WindowCenter": 450,
            "WindowWidth": 400,
            "VOILUTFunction": "SIGMOID",
            "PhotometricInterpretation": "MONOCHROME1",
        },
    ),
    "colour": Scan(**BASE, each=coloured),
}


@pytest.fixture(scope="module")
def addresses() -> dict[str, str]:
    """Where each series was opened, once it has been."""
    return {}


Opens = Callable[[str], "Display"]


@pytest.fixture
def display(
    browser: Chrome,
    wait: WebDriverWait[Chrome],
    server: Server,
    tmp_path_factory: pytest.TempPathFactory,
    addresses: dict[str, str],
) -> Iterator[Opens]:
    """Open one of the series at its middle."""

    def open_(name: str) -> Display:
        if name not in addresses:
            path: Path = tmp_path_factory.mktemp("zip") / f"{name}.zip"
            addresses[name] = _upload(browser, wait, server, zip_series(path, make_series(SERIES[name])))
        browser.get(addresses[name])
        page = Display(browser, wait)
        for plane, index in zip(("axial", "coronal", "sagittal"), MIDDLE, strict=True):
            page.until_index(plane, index)
        return page

    yield open_
    browser.get("about:blank")


class Display(Viewer):
    """The open page, looked at closely."""

    def painted(self, plane: str, rows: list[int], columns: list[int]) -> NDArray[np.uint8]:
        """(rows, columns, 3) colours at the middles of some pixels, as they are on the screen."""
        ys, xs = self.driver.execute_script(_PLACES, plane, rows, columns)
        screen = np.asarray(Image.open(io.BytesIO(self.driver.get_screenshot_as_png())).convert("RGB"))
        across = np.array(xs).astype(int)
        return screen[np.array(ys).astype(int)[:, None], across[None, :]]

    def until_painted(self, look: Look) -> None:
        """Wait until the axial view shows the values of its slice as a look paints them, every grey exactly."""
        taken = values(MIDDLE[0])[np.ix_(CLEAR_ROWS, CLEAR_COLUMNS)]
        wanted = np.repeat(look.greys(taken)[..., None], 3, axis=-1)
        self.until(lambda: np.array_equal(self.painted("axial", CLEAR_ROWS, CLEAR_COLUMNS), wanted))

    def choose(self, id_: str, words: str) -> None:
        """Choose from a menu."""
        self.driver.find_element("id", id_).click()
        option = f"//*[@role='option'][contains(., '{words}')]"
        self.until(lambda: [one for one in self.driver.find_elements("xpath", option) if one.is_displayed()])
        next(one for one in self.driver.find_elements("xpath", option) if one.is_displayed()).click()

    def drag(self, across: int) -> None:
        """Drag a window wider, from a view beside the one that is looked at."""
        actions = ActionChains(self.driver).move_to_element(self.pane("coronal"))
        actions.click_and_hold().move_by_offset(across, 0).release().perform()

    def keep(self) -> tuple[float, float]:
        """Center and width as the page has them."""
        center, width = self.driver.execute_script("return [trueslice.window.center, trueslice.window.width]")
        return float(center), float(width)


def test_linear_greys_are_the_formulas_and_padding_is_black(display: Opens) -> None:
    """C 450, W 400: black up to 250, white from 649 on, every step between them as in PS3.3 C.11.2.1.2.1."""
    page = display("linear")
    page.until_painted(Look(WindowLevel(450, 400, VoiFunction.LINEAR), no_data=PADDING))


def test_a_table_is_painted_entry_by_entry_and_stretched_by_dragging(display: Opens) -> None:
    page = display("linear")
    page.keys("2")
    shown = WindowLevel(504, 8, VoiFunction.LUT, tuple(entry / 255 for entry in TABLE))
    page.until_painted(Look(shown, no_data=PADDING))
    assert "W 8.00 L 504.00 · table" in " ".join(page.text("foot-axial").split())
    page.drag(60)
    page.until(lambda: "table stretched" in page.text("foot-axial"))
    center, width = page.keep()
    page.until_painted(Look(WindowLevel(center, width, VoiFunction.LUT, shown.curve), no_data=PADDING))


@pytest.mark.parametrize("named", [True, False], ids=["with its function", "as links were before"])
def test_a_table_comes_back_with_its_link(display: Opens, named: bool) -> None:
    page = display("linear")
    page.keys("2")
    page.until(lambda: "voi=table1" in page.driver.current_url)
    link = page.driver.current_url
    page.driver.get("about:blank")
    page.driver.get(link if named else link.replace("&voi=table1", ""))
    page.until_index("axial", MIDDLE[0])
    page.until(lambda: "· table" in page.text("foot-axial"))


def test_an_inverted_sigmoid_is_the_formula_inverted_behind_it(display: Opens) -> None:
    page = display("sigmoid")
    page.until_painted(Look(WindowLevel(450, 400, VoiFunction.SIGMOID), inverted=True, no_data=PADDING))


def test_black_and_white_exchanged_again_is_the_formula_itself(display: Opens) -> None:
    page = display("sigmoid")
    page.keys("i")
    page.until_painted(Look(WindowLevel(450, 400, VoiFunction.SIGMOID), no_data=PADDING))
    assert "inverted" in page.text("name-axial").lower()


def test_a_sigmoid_stays_one_when_it_is_dragged(display: Opens) -> None:
    page = display("sigmoid")
    page.drag(60)
    page.until(lambda: page.keep()[1] > 400)
    center, width = page.keep()
    page.until_painted(Look(WindowLevel(center, width, VoiFunction.SIGMOID), inverted=True, no_data=PADDING))
    assert "sigmoid" in page.text("foot-axial")


def test_padding_reads_as_padding_and_never_as_a_number(display: Opens) -> None:
    page = display("linear")
    page.point_at("axial", 2, ROWS - 4).perform()
    page.until(lambda: page.text("read-out").endswith("· padding"))


def test_values_without_a_unit_are_called_stored_values_beside_their_scale(display: Opens) -> None:
    """2 × 7 + 7 × 40 + 5 × 3 is 309, and 309 / 2 + 10 is 164.5."""
    page = display("linear")
    page.point_at("axial", 5, 7).perform()
    page.until(lambda: page.text("read-out").endswith("· stored value 309 · ADC 164.50 mm2/s"))


def test_a_window_can_be_read_and_written_in_another_scale(display: Opens) -> None:
    """450 and 400 stored are 450 / 2 + 10 = 235 and 400 / 2 = 200 in the scale."""
    page = display("linear")
    page.choose("value-scale", "ADC")
    page.until(lambda: "W 200 L 235 mm2/s" in " ".join(page.text("foot-axial").split()))
    field = page.driver.find_element("id", "window-width")
    assert field.get_attribute("value") == "200"
    field.send_keys(Keys.CONTROL, "a", Keys.NULL, "100", Keys.ENTER)
    page.until(lambda: page.keep() == (450, 200))
    page.until_painted(Look(WindowLevel(450, 200, VoiFunction.LINEAR), no_data=PADDING))
    page.point_at("axial", 5, 7).perform()
    page.until(lambda: page.text("read-out").endswith("· ADC 164.50 mm2/s · stored value 309"))


def test_the_audit_tells_where_a_scale_comes_from(display: Opens) -> None:
    page = display("linear")
    page.until(lambda: "Stored values: the files tell no unit for them." in page.text("audit"))
    assert "ADC mm2/s" in page.text("audit")
    assert "stored value × 0.5 + 10" in page.text("audit")


def test_colours_are_painted_as_they_are(display: Opens) -> None:
    page = display("colour")
    wanted = colours(MIDDLE[0])[np.ix_(CLEAR_ROWS, CLEAR_COLUMNS)]
    page.until(lambda: np.array_equal(page.painted("axial", CLEAR_ROWS, CLEAR_COLUMNS), wanted))


def test_colours_cut_across_the_slices_have_the_head_above(display: Opens) -> None:
    page = display("colour")
    wanted = np.stack([colours(k)[MIDDLE[1], CLEAR_COLUMNS] for k in (3, 1)])
    page.until(lambda: np.array_equal(page.painted("coronal", [1, 3], CLEAR_COLUMNS), wanted))


def test_a_colour_is_read_as_red_green_and_blue(display: Opens) -> None:
    page = display("colour")
    red, green, blue = colours(MIDDLE[0])[7, 5]
    page.point_at("axial", 5, 7).perform()
    page.until(lambda: page.text("read-out").endswith(f"· R {red} G {green} B {blue}"))


def test_colours_have_letters_lines_and_no_window(display: Opens) -> None:
    page = display("colour")
    assert page.text("edges-axial") == "RLAP"
    assert page.text("foot-axial").startswith("colour")
    assert not page.driver.find_element("id", "window-width").is_displayed()
    page.point_at("axial", 3, 15).click().perform()
    page.until_index("sagittal", 3)
    page.until_index("coronal", 15)
    assert [line["visible"] for line in page.shown("axial")["shapes"]] == [True, True]
    assert "a colour has no level" in page.text("surface-why")
