"""Slabs, patient axes and oblique cuts over the wire: every pixel is the value of its own place."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from numpy.typing import NDArray
from werkzeug.test import TestResponse

from tests.factories import value_at
from tests.routes.shelf import FOREIGN, MINE, SCAN, Shelf
from webapp import stackfiles
from webapp.errors import BadArgument
from webapp.imaging import filters
from webapp.routes import refusals, slices
from webapp.routes.cuts import cut_asked, wish_of
from webapp.services import Services


@pytest.fixture
def client(open_scan: Callable[..., dict[str, Any]]) -> FlaskClient:
    """A browser of mine."""
    meta = open_scan(SCAN)
    shelf = Shelf(meta["folder"], stackfiles.load_volume(meta["folder"]), meta)
    server = Flask("test")
    services = SimpleNamespace(owner=lambda: "me", tokens=tuple, catalogue=shelf, volumes=shelf)
    slices.register(server, cast(Services, services))
    refusals.register(server)
    return server.test_client()


def pixels_of(response: TestResponse) -> NDArray[np.generic]:
    """The picture as the page would decode it."""
    shape = tuple(map(int, response.headers["Slice-Shape"].split()))
    return filters.decode(response.headers["Slice-Filter"], response.data, response.headers["Slice-Dtype"], shape)


def asked(**changes: Any) -> dict[str, Any]:
    """A cut of one row along the acquired slice 2, from its pixel (5, 3), with some of it otherwise."""
    right, down, _ = SCAN.axes
    row_mm, column_mm = SCAN.pixel_mm
    return {
        "first_mm": SCAN.point_mm(2, 5, 3).tolist(),
        "right": right.tolist(),
        "down": down.tolist(),
        "step_mm": [row_mm, column_mm],
        "shape": [2, 4],
        **changes,
    }


def test_a_cut_along_a_slice_holds_the_values_of_the_files(client: FlaskClient) -> None:
    response = client.post(f"/volumes/{MINE}/cut", json=asked())
    wanted = [[value_at(2, 5 + row, 3 + column) - 1024 for column in range(4)] for row in range(2)]
    assert np.allclose(pixels_of(response), wanted, atol=0.01)
    named = [response.headers[f"Slice-{name}"] for name in ("Key", "Plane", "Index", "Time", "Sampling")]
    assert named == [MINE, "cut", "0", "0", "interpolated"]
    assert response.headers["Slice-Grid"] == f"0.0 {SCAN.pixel_mm[1]} 0.0 {SCAN.pixel_mm[0]}"


def test_an_oblique_cut_holds_the_value_of_every_place_it_goes_through(client: FlaskClient) -> None:
    # From one voxel to another two columns, one row and one slice on: a diagonal of no plane.
    first, last = SCAN.point_mm(2, 5, 3), SCAN.point_mm(3, 6, 5)
    length = float(np.linalg.norm(last - first))
    right = (last - first) / length
    down = np.cross(right, SCAN.axes[0])
    down /= np.linalg.norm(down)
    cut = asked(right=right.tolist(), down=down.tolist(), step_mm=[1, length], shape=[1, 2])
    picture = pixels_of(client.post(f"/volumes/{MINE}/cut", json=cut))
    assert np.allclose(picture, [[value_at(2, 5, 3) - 1024, value_at(3, 6, 5) - 1024]], atol=0.01)


def test_a_cut_beside_the_volume_holds_nothing(client: FlaskClient) -> None:
    picture = pixels_of(client.post(f"/volumes/{MINE}/cut", json=asked(first_mm=[4000, 0, 0])))
    assert np.isnan(picture.astype(float)).all()


def test_a_slab_holds_the_largest_of_the_slices_within_it(client: FlaskClient) -> None:
    slab = pixels_of(client.get(f"/volumes/{MINE}/axial/2?slab={2 * SCAN.spacing_mm},mip"))
    alone = [pixels_of(client.get(f"/volumes/{MINE}/axial/{index}")) for index in (1, 2, 3)]
    assert np.array_equal(slab, np.max(alone, axis=0))


def test_a_mean_slab_thinner_than_a_gap_is_the_slice_alone(client: FlaskClient) -> None:
    slab = pixels_of(client.get(f"/volumes/{MINE}/axial/2?slab=0.5,mean"))
    assert np.array_equal(slab, pixels_of(client.get(f"/volumes/{MINE}/axial/2")))


def test_planes_along_the_patient_are_interpolated_and_say_so(client: FlaskClient) -> None:
    response = client.get(f"/volumes/{MINE}/axial/2?axes=patient")
    assert response.headers["Slice-Sampling"] == "interpolated"
    assert response.headers["Slice-Edges"] == "R L A P"


@pytest.mark.parametrize(
    "changes",
    [
        {"right": [1, 0, 0], "down": [1, 0, 0]},
        {"right": [2, 0, 0]},
        {"first_mm": [0, 0]},
        {"first_mm": [0, 0, "1"]},
        {"first_mm": [0, 0, float("inf")]},
        {"first_mm": [0, 0, True]},
        {"step_mm": [0.01, 1]},
        {"step_mm": [1, 51]},
        {"shape": [0, 4]},
        {"shape": [2.5, 4]},
        {"shape": [1025, 4]},
        {"slab": "201,mip"},
        {"slab": "10,median"},
    ],
)
def test_a_cut_that_cannot_be_made_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadArgument):
        cut_asked(asked(**changes))


@pytest.mark.parametrize("told", [None, [], "cut", 1])
def test_what_is_no_description_of_a_cut_is_refused(told: object) -> None:
    with pytest.raises(BadArgument):
        cut_asked(told)


@pytest.mark.parametrize("told", [{"slab": "nan,mip"}, {"slab": "-1,mip"}, {"slab": "10,MIP"}, {"axes": "table"}])
def test_a_plane_that_cannot_be_shown_so_is_refused(told: dict[str, str]) -> None:
    with pytest.raises(BadArgument):
        wish_of(told)


def test_nobody_cuts_what_belongs_to_another(client: FlaskClient) -> None:
    assert client.post(f"/volumes/{FOREIGN}/cut", json=asked()).status_code == 404
