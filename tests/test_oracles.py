"""Voxels and places held against dcm2niix and highdicom, on series where each is known to be right.

The peers live in an environment of their own (``make bench`` makes it); without it these tests are skipped, saying so.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import nibabel
import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from tests.factories import Scan, as_bytes
from tests.factories_multiframe import Change, make_enhanced
from webapp import stackfiles
from webapp.config import ROOT, Limits
from webapp.imaging.mesh import VERTICES
from webapp.stackoverlays import judged
from webapp.tasks import surface_task

PEERS = ROOT / ".venv-peers"
DCM2NIIX = PEERS / "bin" / "dcm2niix"
HIGHDICOM = sorted(PEERS.glob("lib/python3*/site-packages/highdicom"))

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

#: The array of a peer, and its map from an index to patient LPS, mm.
Peer = tuple[NDArray[Any], NDArray[np.float64]]


@pytest.fixture
def converted(tmp_path: Path) -> Callable[[Path], Peer]:
    """The one image the converter makes of a zip."""
    if not DCM2NIIX.exists():
        pytest.skip("dcm2niix is not here: make bench installs the peers")

    def convert(source: Path) -> Peer:
        folder, result = tmp_path / "files", tmp_path / "nifti"
        result.mkdir()
        with ZipFile(source) as archive:
            for number, entry in enumerate(one for one in archive.infolist() if not one.is_dir()):
                target = folder / f"{number:05d}.dcm"
                target.parent.mkdir(exist_ok=True)
                target.write_bytes(archive.read(entry))
        subprocess.run([DCM2NIIX, "-z", "n", "-b", "n", "-o", result, folder], check=True, capture_output=True)
        (image,) = result.glob("*.nii")
        loaded: Any = nibabel.load(image)
        return np.asarray(loaded.dataobj), TO_LPS @ loaded.affine

    return convert


@pytest.fixture
def volume_of_file(tmp_path: Path) -> Callable[[bytes], Peer]:
    """The volume that highdicom makes of one multi-frame file."""
    if not HIGHDICOM:
        pytest.skip("highdicom is not here: make bench installs the peers")

    def read(content: bytes) -> Peer:
        source, target = tmp_path / "peer.dcm", tmp_path / "peer.npz"
        source.write_bytes(content)
        script = ROOT / "benchmarks" / "peers" / "multiframe_volume.py"
        subprocess.run([PEERS / "bin" / "python", script, source, target], check=True, capture_output=True)
        with np.load(target) as found:
            return found["array"], found["affine"]

    return read


def assert_the_same(stack: dict[str, Any], peer: Peer) -> None:
    """Every voxel lies at the centre of one of the peer's and holds the same value."""
    volume = stackfiles.load_volume(stack["folder"])
    array, affine = peer
    places_kji = np.stack(np.meshgrid(*map(np.arange, volume.shape_kji), indexing="ij"), axis=-1).reshape(-1, 3)
    theirs = np.linalg.inv(affine)
    indices = volume.affine.apply(places_kji) @ theirs[:3, :3].T + theirs[:3, 3]
    nearest = np.rint(indices).astype(int)
    steps_mm = np.linalg.norm(affine[:3, :3], axis=0)
    assert sorted(array.shape) == sorted(volume.shape_kji)
    assert float((np.abs(indices - nearest) * steps_mm).max()) < TOLERANCE_MM
    assert np.array_equal(array[tuple(nearest.T)], volume.voxels[0].reshape(-1))


@pytest.mark.real_data
@pytest.mark.parametrize("name", SERIES)
def test_every_voxel_lies_where_the_converter_puts_it(
    name: str,
    real_data: Callable[[str], Path],
    open_path: Callable[..., dict[str, Any]],
    converted: Callable[[Path], Peer],
) -> None:
    source = real_data(name)
    (stack,) = open_path(source)["stacks"]
    assert_the_same(stack, converted(source))


def own_scale(frame: Dataset, k: int, _: int) -> None:
    """A slope and an intercept for each frame."""
    scale = Dataset()
    scale.RescaleSlope, scale.RescaleIntercept, scale.RescaleType = 0.5 + 0.25 * (k % 3), k, "US"
    frame.PixelValueTransformationSequence = [scale]


FILES: dict[str, tuple[Scan, Change | None]] = {
    "axial": (Scan(), None),
    "coronal": (Scan("coronal"), None),
    "sagittal": (Scan("sagittal"), None),
    "oblique": (Scan("oblique"), None),
    "a scale for each frame": (Scan("oblique"), own_scale),
    "one millimetre steps": (Scan(spacing_mm=1.0, slices=10), None),
}


@pytest.mark.parametrize("name", FILES)
def test_every_shuffled_frame_lies_where_highdicom_puts_it(
    name: str, open_series: Callable[..., dict[str, Any]], volume_of_file: Callable[[bytes], Peer]
) -> None:
    scan, each = FILES[name]
    dataset = make_enhanced(scan, each=each)
    if each is not None:
        del dataset.SharedFunctionalGroupsSequence[0].PixelValueTransformationSequence
    (stack,) = open_series([dataset])["stacks"]
    assert_the_same(stack, volume_of_file(as_bytes(dataset)))


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["mr_enh_siemens_t1sag"])
def test_every_frame_of_a_real_enhanced_file_lies_where_highdicom_puts_it(
    name: str,
    real_data: Callable[[str], Path],
    open_path: Callable[..., dict[str, Any]],
    volume_of_file: Callable[[bytes], Peer],
) -> None:
    source = real_data(name)
    with ZipFile(source) as archive:
        (entry,) = (one for one in archive.infolist() if not one.is_dir())
        content = archive.read(entry)
    (stack,) = open_path(source)["stacks"]
    assert_the_same(stack, volume_of_file(content))


@pytest.mark.real_data
def test_the_segments_over_a_real_pet_are_those_of_highdicom_and_have_a_surface_in_their_place(
    real_data: Callable[[str], Path], open_path: Callable[..., dict[str, Any]], tmp_path: Path, report: Any
) -> None:
    source = real_data("pt_qin_299_with_seg")
    if not HIGHDICOM:
        pytest.skip("highdicom is not here: make bench installs the peers")
    with ZipFile(source) as archive:
        (entry,) = (one for one in archive.infolist() if "/SEG/" in one.filename and not one.is_dir())
        (tmp_path / "seg.dcm").write_bytes(archive.read(entry))
    script = ROOT / "benchmarks" / "peers" / "segments.py"
    run = [PEERS / "bin" / "python", script, tmp_path / "seg.dcm"]
    theirs = json.loads(subprocess.run(run, check=True, capture_output=True).stdout)
    found = open_path(source)
    (overlay,) = found["overlays"]
    assert judged(found["stacks"][0], overlay).verdict == "trusted"
    for region in overlay["overlay"]["regions"]:
        peer = theirs[str(region["value"])]
        assert region["voxels"] == peer["voxels"]
        assert region["volume_ml"] == pytest.approx(peer["voxels"] * peer["voxel_ml"], rel=1e-6)
        assert np.allclose(region["centre_mm"], peer["centre_mm"], atol=1e-3)
        assert_a_surface_round(region, overlay["folder"], tmp_path / f"surface-{region['value']}", report)


def assert_a_surface_round(region: dict[str, Any], folder: Path, staging: Path, report: Any) -> None:
    """The closed surface of a region lies round its centre and encloses nearly its volume."""
    staging.mkdir()
    options = {"level": 0.5, "closed": True, "time": region["layer"], "region": region["value"]}
    facts = surface_task({"volume": str(folder), "options": options, "cores": 1}, staging, Limits(), report)
    assert facts["solid"]["watertight"]
    assert facts["solid"]["volume_ml"] == pytest.approx(region["volume_ml"], rel=0.15)  # its corners are cut off
    vertices = np.load(staging / VERTICES)
    middle = (vertices.min(axis=0) + vertices.max(axis=0)) / 2
    box_mm = np.ptp(np.array(region["corners_mm"]), axis=0)
    assert np.abs(middle - np.mean(region["corners_mm"], axis=0)).max() < 0.01
    assert np.all(np.ptp(vertices, axis=0) <= box_mm + 0.01)
