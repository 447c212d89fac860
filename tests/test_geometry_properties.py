"""Nothing but positions, directions and pixel size decides where a voxel lies."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from tests.conftest import Silence
from tests.factories import DIRECTIONS, Scan, as_bytes, make_series, zip_of
from webapp import stackfiles
from webapp.config import Limits
from webapp.reconstruct import STACKS, Opening, open_input

SLICES = 7

#: Every tag that other programs have placed a slice by, with values that would move it.
CROSS_CHECKS: dict[str, st.SearchStrategy[Any]] = {
    "SpacingBetweenSlices": st.sampled_from([None, 0, -3, 1, 3, 5, 6, 40]),
    "SliceThickness": st.sampled_from([None, 0, 1, 3, 5, 650]),
    "SliceLocation": st.sampled_from([None, -1000, 0, 12.5]),
    "GantryDetectorTilt": st.sampled_from([None, 0, -18.5, 20]),
    "PatientPosition": st.sampled_from([None, "HFS", "FFP", "HFDL"]),
    "AcquisitionNumber": st.sampled_from([None, 1, 2]),
    "ImagesInAcquisition": st.sampled_from([None, 3, 70]),
    "AcquisitionTime": st.sampled_from([None, "101500", "230000.5"]),
    "Manufacturer": st.sampled_from(["GE MEDICAL SYSTEMS", "SIEMENS", "Philips", ""]),
}

CHANGES = st.fixed_dictionaries(
    {
        "order": st.permutations(range(SLICES)),
        "names": st.permutations([f"{letter}/{number:03d}" for number, letter in enumerate("zcayxbw")]),
        "numbers": st.permutations(range(1, SLICES + 1)),
        "tags": st.lists(st.fixed_dictionaries(CROSS_CHECKS), min_size=SLICES, max_size=SLICES),
    }
)

Result = tuple[list[list[float]], list[list[float]], NDArray[Any]]


def opened(datasets: Sequence[Dataset], names: Sequence[str]) -> Result:
    """Affine, origins and voxels of the only stack of a series."""
    with tempfile.TemporaryDirectory() as folder:
        bodies = [as_bytes(dataset) for dataset in datasets]
        path = zip_of(Path(folder) / "series.zip", zip(names, bodies, strict=True))
        staging = Path(folder) / "staging"
        staging.mkdir()
        document = open_input(path, Opening(staging, Limits(), Silence()))
        ((name,),) = [series["stacks"] for series in document["series"]]
        meta = stackfiles.read_meta(staging / STACKS / name)
        voxels = np.array(stackfiles.open_voxels(staging / STACKS / name))
        return meta["affine_kji_to_lps"], meta["origins_mm"], voxels


def changed(datasets: Sequence[Dataset], changes: dict[str, Any]) -> list[Dataset]:
    """The same pictures with other numbers and other cross-check tags, in another order."""
    for dataset, number, tags in zip(datasets, changes["numbers"], changes["tags"], strict=True):
        dataset.InstanceNumber = number
        for keyword, value in tags.items():
            setattr(dataset, keyword, value)
    return [datasets[place] for place in changes["order"]]


SCANS = {
    **{plane: Scan(plane) for plane in DIRECTIONS},
    "tilted": Scan(slide_mm=(0, 1.0, 0)),
    "uneven": Scan(positions_mm=[0, 3, 6, 9, 14, 19, 24]),
    "a hole": Scan(positions_mm=[0, 3, 6, 12, 15, 18, 21]),
}


@pytest.mark.parametrize("name", SCANS)
@given(changes=CHANGES)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_shuffling_renaming_renumbering_and_retagging_move_no_voxel(name: str, changes: dict[str, Any]) -> None:
    datasets = make_series(SCANS[name])
    affine, origins, voxels = opened(datasets, [str(number) for number in range(SLICES)])
    affine_2, origins_2, voxels_2 = opened(changed(datasets, changes), changes["names"])
    assert (affine_2, origins_2) == (affine, origins)
    assert np.array_equal(voxels_2, voxels)
