"""Compressed files that other programs wrote, as pydicom brings them along."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest

from tests.dicom.encoding import Picture
from tests.dicom.members import Bytes
from webapp.config import Limits
from webapp.dicom.colour import rgb_values
from webapp.dicom.pixel_data import Pixels
from webapp.dicom.read import read_instances
from webapp.errors import CodestreamMismatch

FILES = Path(pydicom.__file__).parent / "data" / "test_files"

#: Files that hold the same picture as another, and by how much they may differ.
ALIKE = [
    ("MR_small_RLE", "MR_small", 0),
    ("MR_small_jp2klossless", "MR_small", 0),
    ("MR_small_jpeg_ls_lossless", "MR_small", 0),
    ("JPEG-lossy", "JPGExtended", 1),
    ("rtdose_rle_1frame", "rtdose_rle", 0),
    ("SC_rgb_rle_2frame", "SC_rgb_rle", 0),
    ("SC_rgb_rle_16bit_2frame", "SC_rgb_rle_16bit", 0),
    ("SC_rgb_rle_32bit_2frame", "SC_rgb_rle_32bit", 0),
    ("SC_rgb_rle_16bit", "SC_rgb_rle", 0),
    ("SC_rgb_rle_32bit", "SC_rgb_rle", 0),
    ("SC_rgb_jpeg_gdcm", "SC_rgb_rle", 1),
    ("SC_rgb_gdcm_KY", "SC_rgb_rle", 1),
    ("SC_rgb_jls_lossy_line", "SC_rgb_rle", 3),
    ("SC_rgb_jls_lossy_sample", "SC_rgb_rle", 3),
    ("SC_rgb_dcmtk_+eb+cr", "SC_rgb_rle", 4),
    ("SC_rgb_dcmtk_+eb+cy+s4", "SC_rgb_rle", 6),
    ("SC_rgb_jpeg_dcmtk", "SC_rgb_rle", 6),
    ("SC_jpeg_no_color_transform", "SC_rgb_jpeg", 0),
    ("SC_jpeg_no_color_transform_2", "SC_rgb_jpeg_app14_dcmd", 0),
]

#: Smallest and largest stored value, as other programs find them.
RANGES = {"J2K_pixelrep_mismatch": (-2000, 1896), "693_J2KI": (-2971, 2836), "JPEG2000": (-30, 245)}


def shown(name: str) -> Picture:
    """The first picture of a file: its stored values, or its colours."""
    whole = (FILES / f"{name}.dcm").read_bytes()
    first = read_instances(Bytes(whole), Limits())[0]
    samples, photometric = Pixels(first, whole).samples(first)
    return rgb_values(first, samples, photometric) if samples.ndim == 3 else samples


@pytest.mark.filterwarnings("ignore:Expected explicit VR:UserWarning")
@pytest.mark.parametrize(("one", "other", "most"), ALIKE)
def test_one_picture_packed_in_several_ways_is_the_same(one: str, other: str, most: int) -> None:
    difference = shown(one).astype(np.int64) - shown(other)
    assert np.abs(difference).max() <= most


@pytest.mark.parametrize("name", RANGES)
def test_stored_values_are_those_of_other_programs(name: str) -> None:
    values = shown(name)
    assert (values.min(), values.max()) == RANGES[name]


@pytest.mark.parametrize("sampling", ["n1", "n2", "np", "s2"])
def test_thinned_out_chrominance_differs_at_the_edges_of_colours_only(sampling: str) -> None:
    difference = np.abs(shown(f"SC_rgb_dcmtk_+eb+cy+{sampling}").astype(int) - shown("SC_rgb_rle")).max(axis=-1)
    assert np.median(difference) <= 6


@pytest.mark.filterwarnings("ignore:Expected explicit VR:UserWarning")
def test_white_is_white_in_a_jpeg_that_says_nothing_of_its_colours() -> None:
    assert shown("SC_jpeg_no_color_transform")[0, 0].tolist() == [244, 244, 244]


def test_a_damaged_size_is_refused_though_the_rest_could_be_decoded() -> None:
    with pytest.raises(CodestreamMismatch, match="3722445056 columns, its header says 1024 and 256"):
        shown("JPEG2000-embedded-sequence-delimiter")
