"""Slices as bytes: the pixels on the wire are the voxels of the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from numpy.typing import NDArray
from werkzeug.test import TestResponse

from tests.conftest import Silence
from tests.factories import Scan, make_series, value_at, zip_series
from tests.routes.shelf import FOREIGN, MINE, PICTURES, SCAN, Shelf
from webapp import stackfiles
from webapp.config import Limits
from webapp.imaging import filters
from webapp.imaging.plane import Plane
from webapp.imaging.volume import Volume
from webapp.reconstruct import STACKS, Opening, open_input
from webapp.routes import refusals, slices
from webapp.services import Services


@pytest.fixture
def shelf(open_scan: Callable[..., dict[str, Any]]) -> Shelf:
    meta = open_scan(SCAN)
    return Shelf(meta["folder"], stackfiles.load_volume(meta["folder"]), meta)


@pytest.fixture
def client(shelf: Shelf) -> FlaskClient:
    """A browser of mine."""
    server = Flask("test")
    services = SimpleNamespace(owner=lambda: "me", tokens=tuple, catalogue=shelf, volumes=shelf)
    slices.register(server, cast(Services, services))
    refusals.register(server)
    return server.test_client()


def pixels_of(response: TestResponse) -> NDArray[np.generic]:
    """The picture as the page would decode it."""
    shape = tuple(map(int, response.headers["Slice-Shape"].split()))
    return filters.decode(response.headers["Slice-Filter"], response.data, response.headers["Slice-Dtype"], shape)


def test_an_axial_slice_holds_the_files_own_values(client: FlaskClient) -> None:
    picture = pixels_of(client.get(f"/volumes/{MINE}/axial/2"))
    assert picture[5, 3] == value_at(2, 5, 3) - 1024


def test_a_coronal_slice_has_the_head_above(client: FlaskClient) -> None:
    picture = pixels_of(client.get(f"/volumes/{MINE}/coronal/5"))
    assert picture[0, 3] == value_at(SCAN.slices - 1, 5, 3) - 1024


def test_a_sagittal_slice_runs_to_the_back(client: FlaskClient) -> None:
    picture = pixels_of(client.get(f"/volumes/{MINE}/sagittal/3"))
    assert picture[SCAN.slices - 1, 5] == value_at(0, 5, 3) - 1024


def test_whole_numbers_travel_as_sixteen_bits(client: FlaskClient) -> None:
    assert client.get(f"/volumes/{MINE}/axial/0").headers["Slice-Dtype"] == "int16"


def test_a_slice_says_which_one_it_is(client: FlaskClient) -> None:
    headers = client.get(f"/volumes/{MINE}/coronal/4?t=0").headers
    named = [headers[f"Slice-{name}"] for name in ("Key", "Plane", "Index", "Time")]
    assert named == [MINE, "coronal", "4", "0"]


def test_a_slice_says_where_its_pixels_lie(client: FlaskClient) -> None:
    x0, dx, y0, dy = map(float, client.get(f"/volumes/{MINE}/axial/0").headers["Slice-Grid"].split())
    assert (x0, y0) == pytest.approx(SCAN.origin_mm[:2])
    assert (dx, dy) == pytest.approx((SCAN.pixel_mm[1], SCAN.pixel_mm[0]))


def test_a_slice_says_which_way_the_patient_lies(client: FlaskClient) -> None:
    assert client.get(f"/volumes/{MINE}/coronal/0").headers["Slice-Edges"] == "R L S I"


def test_a_slice_says_that_nothing_was_resampled(client: FlaskClient) -> None:
    headers = client.get(f"/volumes/{MINE}/sagittal/0").headers
    assert (headers["Slice-Sampling"], headers["Slice-Scale"]) == ("acquired", "1 0")


def test_no_slice_is_kept_on_the_way(client: FlaskClient) -> None:
    assert client.get(f"/volumes/{MINE}/axial/0").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("index", [-1, SCAN.slices, 10**9])
def test_a_slice_that_is_not_there_is_refused_by_name(client: FlaskClient, index: int) -> None:
    response = client.get(f"/volumes/{MINE}/axial/{index}")
    assert (response.status_code, response.json["code"]) == (422, "no_such_slice")  # type: ignore[index]


@pytest.mark.parametrize("key", [MINE, PICTURES])
def test_a_time_that_is_not_there_is_refused_by_name(client: FlaskClient, key: str) -> None:
    response = client.get(f"/volumes/{key}/{'axial' if key == MINE else 'picture'}/0?t=1")
    assert (response.status_code, response.json["code"]) == (422, "no_such_slice")  # type: ignore[index]


def test_the_time_asked_for_is_the_one_that_is_sent(client: FlaskClient, shelf: Shelf) -> None:
    later = np.concatenate([shelf.volume.voxels, shelf.volume.voxels + 5])
    later.setflags(write=False)
    shelf.volume = Volume(later, shelf.volume.lattice)
    first, second = (client.get(f"/volumes/{MINE}/axial/2?t={time}") for time in (0, 1))
    assert second.headers["Slice-Time"] == "1"
    assert np.array_equal(pixels_of(second), pixels_of(first) + 5)


@pytest.mark.parametrize(
    ("scan", "sampling"),
    [(Scan(slide_mm=(0, 1, 0)), "straightened"), (Scan(slices=5, positions_mm=[0, 3, 6, 12, 15]), "interpolated")],
    ids=["tilted", "a slice missing"],
)
def test_a_slice_says_how_its_pixels_came_about(
    client: FlaskClient, shelf: Shelf, tmp_path: Path, scan: Scan, sampling: str
) -> None:
    path = zip_series(tmp_path / "other.zip", make_series(scan))
    (tmp_path / "other").mkdir()
    open_input(path, Opening(tmp_path / "other", Limits(), Silence()))
    shelf.volume = stackfiles.load_volume(tmp_path / "other" / STACKS / "0000-1")
    said = [client.get(f"/volumes/{MINE}/{plane}/4").headers["Slice-Sampling"] for plane in ("axial", "coronal")]
    assert said == ["acquired", sampling]


@pytest.mark.parametrize(
    "query",
    ["t=first", "t=-1", "axes=sideways", "slab=", "slab=x,mip", "slab=10,max", "slab=-1", "slab=nan", "slab=201"],
)
def test_nonsense_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/volumes/{MINE}/axial/0?{query}").status_code == 422


def test_a_slab_holds_the_slices_it_reaches(client: FlaskClient) -> None:
    thick = pixels_of(client.get(f"/volumes/{MINE}/axial/2?slab=6,mip"))
    slices = [pixels_of(client.get(f"/volumes/{MINE}/axial/{index}")) for index in (1, 2, 3)]
    assert np.array_equal(thick, np.max(slices, axis=0))


def test_the_patients_own_axes_are_the_acquired_ones_of_a_straight_stack(client: FlaskClient) -> None:
    response = client.get(f"/volumes/{MINE}/axial/0?axes=patient")
    assert response.headers["Slice-Sampling"] == "interpolated"
    assert pixels_of(response)[0, 0] == value_at(0, 0, 0) - 1024


CUT = {
    "first_mm": list(SCAN.point_mm(2, 0, 0)),
    "right": [1, 0, 0],
    "down": [0, 1, 0],
    "step_mm": [0.8, 0.5],
    "shape": [16, 12],
}


def test_a_cut_through_voxel_centres_holds_their_values(client: FlaskClient) -> None:
    response = client.post(f"/volumes/{MINE}/cut", json=CUT)
    assert response.headers["Slice-Edges"] == "R L A P"
    assert np.array_equal(pixels_of(response), pixels_of(client.get(f"/volumes/{MINE}/axial/2")))


@pytest.mark.parametrize(
    "change",
    [
        {"first_mm": [0, 0]},
        {"first_mm": [0, 0, 1e9]},
        {"right": [2, 0, 0]},
        {"down": [1, 0, 0]},
        {"step_mm": [0, 1]},
        {"step_mm": ["1", 1]},
        {"shape": [1, 5000]},
        {"shape": [1.5, 2]},
        {"shape": None},
        {"slab": "10,everything"},
    ],
)
def test_a_cut_that_cannot_be_is_refused(client: FlaskClient, change: dict[str, Any]) -> None:
    assert client.post(f"/volumes/{MINE}/cut", json={**CUT, **change}).status_code == 422


@pytest.mark.parametrize("body", [None, [], "text"])
def test_what_describes_no_cut_is_refused(client: FlaskClient, body: object) -> None:
    assert client.post(f"/volumes/{MINE}/cut", json=body).status_code == 422


@pytest.mark.parametrize("path", ["axial/0", "coronal/0", "picture/0", "axial/99999", "thumbnail.png", "axial/0?t=9"])
def test_foreign_and_unknown_stacks_answer_alike(client: FlaskClient, path: str) -> None:
    foreign, unknown = (client.get(f"/volumes/{key}/{path}") for key in (FOREIGN, "4" * 32))
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.data == unknown.data


def test_foreign_stacks_cannot_be_cut(client: FlaskClient) -> None:
    assert client.post(f"/volumes/{FOREIGN}/cut").status_code == 404


def test_pictures_are_shown_as_they_were_taken(client: FlaskClient, shelf: Shelf) -> None:
    picture = pixels_of(client.get(f"/volumes/{PICTURES}/picture/2"))
    assert np.array_equal(picture, shelf.volume.voxels[0, 2])


def test_pictures_have_no_millimetres_and_no_letters(client: FlaskClient) -> None:
    headers = client.get(f"/volumes/{PICTURES}/picture/0").headers
    assert headers["Slice-Grid"] == "0.0 1.0 0.0 1.0"
    assert headers["Slice-Edges"] == "- - - -"


@pytest.mark.parametrize("index", [-1, SCAN.slices])
def test_a_picture_that_is_not_there_is_refused(client: FlaskClient, index: int) -> None:
    assert client.get(f"/volumes/{PICTURES}/picture/{index}").status_code == 422


@pytest.mark.parametrize(("key", "plane"), [(PICTURES, "axial"), (MINE, "diagonal")])
def test_a_plane_that_is_not_there_is_refused(client: FlaskClient, key: str, plane: str) -> None:
    assert client.get(f"/volumes/{key}/{plane}/0").status_code == 422


def test_a_picture_in_colour_holds_the_files_own_colours(client: FlaskClient, shelf: Shelf) -> None:
    voxels = np.random.default_rng(3).integers(0, 256, (1, 2, 4, 5, 3), np.uint8)
    shelf.open = lambda _key: SimpleNamespace(meta=shelf.meta, volume=None, voxels=voxels)  # type: ignore[assignment,method-assign]
    response = client.get(f"/volumes/{PICTURES}/picture/1")
    assert [response.headers[f"Slice-{name}"] for name in ("Dtype", "Shape")] == ["uint8", "4 5 3"]
    assert np.array_equal(pixels_of(response), voxels[0, 1])


def test_a_coronal_view_in_colour_has_the_head_above(client: FlaskClient, shelf: Shelf) -> None:
    grey = shelf.volume
    voxels = np.stack([grey.voxels & 0xFF] * 3, axis=-1).astype(np.uint8)
    voxels.setflags(write=False)
    shelf.volume = Volume(voxels, grey.lattice)
    picture = pixels_of(client.get(f"/volumes/{MINE}/coronal/5"))
    assert picture[0, 3].tolist() == [(value_at(SCAN.slices - 1, 5, 3) - 1024) & 0xFF] * 3


@pytest.mark.parametrize(("kept", "said"), [(None, ""), ("nan", ""), (-32768, "-32768")])
def test_a_slice_says_which_number_stands_for_nothing(
    client: FlaskClient, shelf: Shelf, kept: float | str | None, said: str
) -> None:
    """NaN says so itself."""
    shelf.meta["no_data"] = kept
    assert client.get(f"/volumes/{MINE}/axial/0").headers["Slice-No-Data"] == said


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (np.array([[1.0, -2.0]], np.float32), "int16"),
        (np.array([[1.5, 2.0]], np.float32), "float32"),
        (np.array([[1.0, 70_000.0]], np.float32), "float32"),
        (np.array([[1.0, np.nan]], np.float32), "float32"),
        (np.array([[1, 2]], np.int32), "int16"),
        (np.array([[1, 40_000]], np.int32), "float32"),
        (np.array([[1, 65_535]], np.uint16), "uint16"),
        (np.array([[1, 255]], np.uint8), "uint8"),
        (np.array([[1.25, 2.5]], np.float64), "float32"),
    ],
)
def test_values_travel_in_the_smallest_kind_that_is_exact(values: NDArray[np.generic], kind: str) -> None:
    sent = slices.wire(values)
    assert sent.dtype.name == kind
    assert np.array_equal(sent.astype(np.float64), values.astype(np.float64), equal_nan=True)


def test_a_thumbnail_is_a_picture_nobody_keeps(client: FlaskClient) -> None:
    response = client.get(f"/volumes/{MINE}/thumbnail.png")
    assert response.data.startswith(b"\x89PNG")
    assert response.headers["Cache-Control"] == "no-store"
    response.close()


def test_every_plane_can_be_asked_for(client: FlaskClient) -> None:
    assert [client.get(f"/volumes/{MINE}/{plane}/0").status_code for plane in Plane] == [200, 200, 200]
