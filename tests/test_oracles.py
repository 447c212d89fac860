"""Voxels and places held against dcm2niix, on real series where it is known to be right.

The peer lives in an environment of its own (``make bench`` makes it); without it these tests are skipped, saying so.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import nibabel
import numpy as np
import pytest

from webapp import stackfiles
from webapp.config import ROOT

DCM2NIIX = ROOT / ".venv-peers" / "bin" / "dcm2niix"

#: From RAS, in which NIfTI counts, to LPS.
TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])

#: Regular stacks of every acquisition plane, and enhanced files; the converter rounds affines to float32.
SERIES = (
    "mr_siemens_sag_prone",
    "mr_ge_sag_196",
    "mr_ge_oblique_sliceloc",
    "mr_hitachi_oblique_4sl",
    "ct_overlap_j2k_nouid",
    "mr_enh_siemens_t1sag",
)
TOLERANCE_MM = 0.02

pytestmark = pytest.mark.real_data


@pytest.fixture
def converted(tmp_path: Path) -> Callable[[Path], Any]:
    """The one image the converter makes of a zip."""
    if not DCM2NIIX.exists():
        pytest.skip("dcm2niix is not here: make bench installs the peers")

    def convert(source: Path) -> Any:
        folder, result = tmp_path / "files", tmp_path / "nifti"
        result.mkdir()
        with ZipFile(source) as archive:
            for number, entry in enumerate(one for one in archive.infolist() if not one.is_dir()):
                target = folder / f"{number:05d}.dcm"
                target.parent.mkdir(exist_ok=True)
                target.write_bytes(archive.read(entry))
        subprocess.run([DCM2NIIX, "-z", "n", "-b", "n", "-o", result, folder], check=True, capture_output=True)
        (image,) = result.glob("*.nii")
        return nibabel.load(image)

    return convert


@pytest.mark.parametrize("name", SERIES)
def test_every_voxel_lies_where_the_converter_puts_it(
    name: str,
    real_data: Callable[[str], Path],
    open_path: Callable[..., dict[str, Any]],
    converted: Callable[[Path], Any],
) -> None:
    source = real_data(name)
    image = converted(source)
    (stack,) = open_path(source)["stacks"]
    volume = stackfiles.load_volume(stack["folder"])
    places_kji = np.stack(np.meshgrid(*map(np.arange, volume.shape_kji), indexing="ij"), axis=-1).reshape(-1, 3)
    theirs = np.linalg.inv(TO_LPS @ image.affine)
    ijk = volume.affine.apply(places_kji) @ theirs[:3, :3].T + theirs[:3, 3]
    nearest = np.rint(ijk).astype(int)
    steps_mm = np.linalg.norm(image.affine[:3, :3], axis=0)
    assert float((np.abs(ijk - nearest) * steps_mm).max()) < TOLERANCE_MM
    assert np.array_equal(np.asarray(image.dataobj)[tuple(nearest.T)], volume.voxels[0].reshape(-1))
