"""A stack's pictures decoded into one array on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.conftest import Silence
from tests.dicom.members import Bytes, read_one, stack_from
from tests.factories import Scan, as_bytes, make_series, pixels_of
from webapp.config import Limits
from webapp.dicom.decoded import Decoded
from webapp.dicom.model import Instance
from webapp.dicom.voxels import LARGE_FILE_BYTES, in_hand, write_voxels
from webapp.errors import ExpandedTooBig


def written(
    scan: Scan, folder: Path, report: Silence | None = None, cores: int = 2
) -> tuple[Decoded, np.ndarray[Any, Any]]:
    path = folder / "volume.npy"
    decoded = write_voxels(stack_from(scan).volumes, path, Limits(), report or Silence(), cores)
    return decoded, np.load(path)


@pytest.mark.parametrize("cores", [1, 4])
def test_every_slice_lands_in_its_own_place(tmp_path: Path, cores: int) -> None:
    scan = Scan("oblique", slices=10)
    _, voxels = written(scan, tmp_path, cores=cores)
    assert voxels.shape == (1, 10, 16, 12)
    for k in range(10):
        assert np.array_equal(voxels[0, k], pixels_of(scan, k).astype(int) - 1024)


def test_whole_values_are_kept_as_int16_with_their_range(tmp_path: Path) -> None:
    decoded, voxels = written(Scan(), tmp_path)
    assert (decoded.dtype, voxels.dtype) == ("int16", np.int16)
    assert (decoded.low, decoded.high) == (-1024, 6 * 400 + 15 * 20 + 11 - 1024)


@pytest.mark.parametrize(
    ("tags", "k", "wanted"),
    [
        pytest.param({"RescaleSlope": 0.5, "RescaleIntercept": 0}, 2, (2 * 400 + 3 * 20 + 1) / 2, id="half a slope"),
        pytest.param({"RescaleIntercept": 0.25}, 0, 3 * 20 + 1 + 0.25, id="a fraction as intercept"),
        pytest.param({"RescaleIntercept": 60_000}, 0, 60_061, id="beyond int16"),
    ],
)
def test_values_that_int16_cannot_hold_are_kept_as_float32(
    tmp_path: Path, tags: dict[str, Any], k: int, wanted: float
) -> None:
    decoded, voxels = written(Scan(tags=tags), tmp_path)
    assert (decoded.dtype, float(voxels[0, k, 3, 1])) == ("float32", wanted)


def test_one_slice_that_needs_it_makes_the_whole_volume_float32(tmp_path: Path) -> None:
    """Slopes 1, 0.5, 0.5 …: where other programs cut 50.5 to 50."""

    def each(dataset: Dataset, k: int) -> None:
        dataset.RescaleSlope, dataset.RescaleIntercept = (1 if k == 0 else 0.5), 0

    decoded, voxels = written(Scan(each=each), tmp_path)
    assert decoded.dtype == "float32"
    assert [float(voxels[0, k, 5, 1]) for k in (0, 1)] == [101.0, 250.5]


def test_each_slice_has_its_own_intercept(tmp_path: Path) -> None:
    def each(dataset: Dataset, k: int) -> None:
        dataset.RescaleIntercept = 1000 * k

    _, voxels = written(Scan(each=each), tmp_path)
    assert [int(voxels[0, k, 0, 0]) for k in range(7)] == [1400 * k for k in range(7)]


def test_inverted_brightness_changes_no_value(tmp_path: Path) -> None:
    _, inverted = written(Scan(tags={"PhotometricInterpretation": "MONOCHROME1"}), tmp_path)
    _, plain = written(Scan(), tmp_path)
    assert np.array_equal(inverted, plain)


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        pytest.param({"RescaleSlope": 0}, "rescale slope", id="a slope of zero"),
        pytest.param({"RescaleIntercept": "1e300"}, "intercept", id="an impossible intercept"),
        pytest.param({"ModalityLUTSequence": [Dataset()]}, "look-up table", id="a modality look-up table"),
    ],
)
def test_pictures_whose_values_cannot_be_known_are_named(tmp_path: Path, tags: dict[str, Any], words: str) -> None:
    decoded, _ = written(Scan(slices=2, tags=tags), tmp_path)
    assert sorted(decoded.failed) == [0, 1]
    assert all(words in one.reason for one in decoded.failed.values())


def test_a_picture_cut_short_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    bodies = [as_bytes(dataset) for dataset in make_series(Scan(slices=3))]
    members = [Bytes(bodies[0], 0, "a"), Bytes(bodies[1][:-50], 1, "b"), Bytes(bodies[2], 2, "c")]
    instances: tuple[Instance, ...] = tuple(read_one(member) for member in members)
    decoded = write_voxels((instances,), tmp_path / "volume.npy", Limits(), Silence(), 2)
    assert {place: one.name for place, one in decoded.failed.items()} == {1: "b"}


def test_more_voxels_than_the_limit_are_refused_before_any_is_written(tmp_path: Path) -> None:
    with pytest.raises(ExpandedTooBig, match="1,343 voxels"):
        write_voxels(stack_from().volumes, tmp_path / "volume.npy", Limits(voxels=1343), Silence(), 2)
    assert not list(tmp_path.iterdir())


def test_progress_counts_the_pictures_to_the_last(tmp_path: Path) -> None:
    report = Silence()
    written(Scan(), tmp_path, report)
    assert report.stages == [("decoding", done, 7) for done in range(1, 8)]


def test_no_file_is_left_in_hand_at_the_end(tmp_path: Path) -> None:
    report = Silence()
    written(Scan(tags={"RescaleSlope": 0}), tmp_path, report)
    assert report.in_hand == []


def test_a_file_is_in_hand_while_it_is_worked_on() -> None:
    report = Silence()
    with in_hand(report, Bytes(b"", 5)):
        assert report.in_hand == [5]
    assert report.in_hand == []


@pytest.mark.parametrize(("size", "told"), [(LARGE_FILE_BYTES - 1, 0), (LARGE_FILE_BYTES, LARGE_FILE_BYTES)])
def test_a_large_file_says_its_size_since_it_takes_longer(size: int, told: int) -> None:
    class Sizes(Silence):
        def touch(self, number: int, size: int = 0) -> None:
            super().touch(number)
            sizes.append(size)

    sizes: list[int] = []
    with in_hand(Sizes(), Bytes(bytes(size), 5)):
        assert sizes == [told]
