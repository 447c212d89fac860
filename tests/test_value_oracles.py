"""Values held against SimpleITK and highdicom where those are right; where they are wrong the numbers are by hand.

The peers live in an environment of their own (``make bench`` makes it) and are called as processes; without it these
tests are skipped, saying so.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from tests.factories import Scan, as_bytes, make_series, pixels_of
from webapp import stackfiles
from webapp.config import ROOT

PEERS = ROOT / ".venv-peers" / "bin" / "python"

#: One picture after the other as modality values; both programs may move the place of padding, so none has any.
SIMPLEITK = """
import sys, numpy, SimpleITK
numpy.save(sys.argv[1], [SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(one))[0] for one in sys.argv[2:]])
"""
HIGHDICOM = """
import sys, numpy, highdicom
numpy.save(sys.argv[1], [
    highdicom.imread(one).get_frame(1, apply_presentation_lut=False, apply_voi_transform=False) for one in sys.argv[2:]
])
"""

Ours = Callable[..., NDArray[Any]]


@pytest.fixture
def theirs(tmp_path: Path) -> Ours:
    """What a peer makes of a series, slice after slice as the phantom was scanned."""
    if not PEERS.exists():
        pytest.skip("SimpleITK and highdicom are not here: make bench installs them")

    def read(program: str, scan: Scan) -> NDArray[Any]:
        files = []
        series = sorted(make_series(scan), key=lambda one: float(one.ImagePositionPatient[2]))
        for k, dataset in enumerate(series):
            files.append(tmp_path / f"{k}.dcm")
            files[-1].write_bytes(as_bytes(dataset))
        result = tmp_path / "values.npy"
        subprocess.run([PEERS, "-W", "ignore", "-c", program, result, *files], check=True, capture_output=True)
        values: NDArray[Any] = np.load(result)
        return values

    return read


@pytest.fixture
def ours(open_scan: Callable[..., dict[str, Any]]) -> Ours:
    """What is kept of the same series."""

    def read(scan: Scan) -> NDArray[Any]:
        return np.asarray(stackfiles.open_voxels(open_scan(scan)["folder"])[0])

    return read


def signed(dataset: Dataset, k: int) -> None:
    """Signed 12 bits, with an overlay above them."""
    dataset.PixelRepresentation = 1
    dataset.PixelData = ((pixels_of(Scan(), k).astype(np.int32) - 2048) & 0xFFF | 0x3000).astype(np.uint16).tobytes()


def slope_of_each(dataset: Dataset, k: int) -> None:
    dataset.RescaleSlope, dataset.RescaleIntercept = (1, 0) if k == 0 else (0.5, -1.25)


def to_the_left(dataset: Dataset, k: int) -> None:
    """12 bits in the upper part of 16."""
    dataset.HighBit, dataset.PixelData = 15, (pixels_of(Scan(), k) << 4).tobytes()


RIGHT = {
    "an ordinary ct": Scan(),
    "fractions": Scan(tags={"RescaleSlope": 0.25, "RescaleIntercept": -3.5}),
    "32 bits": Scan(tags={"RescaleIntercept": 100_000}),
}


@pytest.mark.parametrize("scan", RIGHT.values(), ids=RIGHT)
@pytest.mark.parametrize("program", [SIMPLEITK, HIGHDICOM], ids=["SimpleITK", "highdicom"])
def test_values_are_those_of_other_programs(program: str, scan: Scan, ours: Ours, theirs: Ours) -> None:
    np.testing.assert_allclose(ours(scan), theirs(program, scan), rtol=1e-6)


def test_an_overlay_above_signed_bits_is_taken_away_though_highdicom_leaves_it(ours: Ours, theirs: Ours) -> None:
    """Stored 0x3800 of 12 signed bits is −2048, and −1024 of it."""
    scan = Scan(each=signed)
    values = ours(scan)
    assert int(values[0, 0, 0]) == -2048 - 1024
    np.testing.assert_array_equal(values, theirs(SIMPLEITK, scan))
    assert not np.array_equal(values, theirs(HIGHDICOM, scan))


def test_a_slope_of_each_slice_is_applied_to_it_as_highdicom_does(ours: Ours, theirs: Ours) -> None:
    """The pixel 101 of the second slice's half slope: (400 + 101) · 0.5 − 1.25 = 249.25."""
    scan = Scan(each=slope_of_each)
    values = ours(scan)
    np.testing.assert_allclose(values, theirs(HIGHDICOM, scan), rtol=1e-6)
    assert float(values[1, 5, 1]) == 249.25


def test_inverted_brightness_changes_no_value_though_simpleitk_changes_it(ours: Ours, theirs: Ours) -> None:
    """Stored 0 is −1024 either way; SimpleITK turns the numbers themselves round."""
    scan = Scan(tags={"PhotometricInterpretation": "MONOCHROME1"})
    values = ours(scan)
    assert int(values[0, 0, 0]) == -1024
    np.testing.assert_array_equal(values, theirs(HIGHDICOM, scan))
    assert not np.array_equal(values, theirs(SIMPLEITK, scan))


@pytest.mark.parametrize("program", [SIMPLEITK, HIGHDICOM], ids=["SimpleITK", "highdicom"])
def test_bits_to_the_left_are_shifted_though_other_programs_leave_them(program: str, ours: Ours, theirs: Ours) -> None:
    """Stored 461 << 4 of 12 bits with High Bit 15 is 461, and −1024 of it."""
    scan = Scan(each=to_the_left)
    values = ours(scan)
    assert int(values[1, 3, 1]) == 400 + 60 + 1 - 1024
    assert not np.array_equal(values, theirs(program, scan))
