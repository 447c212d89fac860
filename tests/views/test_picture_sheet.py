"""Colour maps: what they are called, and that their colours are the standard's."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray

from webapp.config import ROOT
from webapp.views.link_fields import MAPS
from webapp.views.picture_sheet import MAP_NAMES

PALETTES = Path(pydicom.__file__).parent / "data" / "palettes"
STANDARD = {"hot-iron": "hotiron", "hot-metal-blue": "hotmetalblue", "pet": "pet", "pet-20-step": "pet20step"}


@pytest.fixture(scope="module")
def corners() -> dict[str, list[list[float]]]:
    """The page's maps as they are written down."""
    text = (ROOT / "assets" / "colour_maps.js").read_text()
    found = re.search(r"const CORNERS = (\{.*?\n  \});", text, re.DOTALL)
    assert found
    read: dict[str, list[list[float]]] = json.loads(found[1])
    return read


def test_every_map_of_the_page_can_be_chosen_and_linked_to(corners: dict[str, list[list[float]]]) -> None:
    assert list(corners) == list(MAPS) == list(MAP_NAMES)


@pytest.mark.parametrize("name", STANDARD)
def test_a_palette_of_the_standard_has_its_colours(name: str, corners: dict[str, list[list[float]]]) -> None:
    places, *channels = np.transpose(corners[name])
    ours = np.transpose([np.interp(np.arange(256), places, channel) for channel in channels])
    assert np.abs(ours - _palette(STANDARD[name])).max() <= 1.5


def test_maps_run_over_every_grey(corners: dict[str, list[list[float]]]) -> None:
    for name, rows in corners.items():
        assert (rows[0][0], rows[-1][0]) == (0, 255), name
        assert np.all(np.diff([row[0] for row in rows]) > 0), name


def test_the_map_of_even_steps_grows_lighter_all_the_way(corners: dict[str, list[list[float]]]) -> None:
    lightness = np.asarray(corners["cividis"])[:, 1:] @ (0.2126, 0.7152, 0.0722)
    assert np.all(np.diff(lightness) > 0)


def _palette(file: str) -> NDArray[np.float64]:
    """Red, green and blue of each of 256 greys, as pydicom brings them."""
    palette = pydicom.dcmread(PALETTES / f"{file}.dcm")
    tables = [getattr(palette, f"{name}PaletteColorLookupTableData") for name in ("Red", "Green", "Blue")]
    return np.transpose([np.frombuffer(table, np.uint8) for table in tables]).astype(float)
