"""Single pictures say where they lie, and where other stacks cut them; foreign stacks are never told of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import Scan, make_series
from webapp.errors import UnknownKey
from webapp.routes import pictures, refusals, slices
from webapp.services import Services
from webapp.store.stored_stack import load_stack

SLICES, PICTURE, FOREIGN, ELSEWHERE, UNKNOWN = ("1" * 32, "2" * 32, "3" * 32, "4" * 32, "5" * 32)

#: Axial slices 3 mm apart from z = 35.5, and a coronal picture of 1 mm pixels through them.
AXIAL = Scan(tags={"FrameOfReferenceUID": "1.2.3"})
CORONAL = Scan(
    "coronal",
    slices=1,
    rows=60,
    columns=40,
    pixel_mm=(1, 1),
    origin_mm=(-110, -118, 70),
    tags={"FrameOfReferenceUID": "1.2.3", "BitsStored": 16, "HighBit": 15},
)


class Shelf:
    """Stacks by their keys, mine but for one."""

    def __init__(self, folders: dict[str, Path]) -> None:
        self.folders = folders

    def stack(self, owner: str, key: str) -> Any:
        if key not in self.folders or key == FOREIGN:
            raise UnknownKey
        return SimpleNamespace(mine=True)

    def meta(self, key: str) -> dict[str, Any]:
        return self.open(key).meta

    def open(self, key: str) -> Any:
        return load_stack(self.folders[key], "boot")


@pytest.fixture
def browser(open_series: Callable[..., dict[str, Any]]) -> Callable[..., FlaskClient]:
    """A browser of mine, and the stacks it may ask for."""

    def of(**scans: Scan) -> FlaskClient:
        keys = {"slices": SLICES, "picture": PICTURE, "foreign": FOREIGN, "elsewhere": ELSEWHERE}
        found = {keys[name]: open_series(make_series(scan))["stacks"][0]["folder"] for name, scan in scans.items()}
        server, shelf = Flask("test"), Shelf(found)
        services = SimpleNamespace(owner=lambda: "me", tokens=tuple, catalogue=shelf, volumes=shelf)
        for room in (slices, pictures):
            room.register(server, cast(Services, services))
        refusals.register(server)
        return server.test_client()

    return of


@pytest.fixture
def client(browser: Callable[..., FlaskClient]) -> Iterator[FlaskClient]:
    other = Scan(tags={"FrameOfReferenceUID": "9.9"})
    with browser(slices=AXIAL, picture=CORONAL, foreign=AXIAL, elsewhere=other) as one:
        yield one


def test_each_slice_cuts_the_picture_where_it_lies(client: FlaskClient) -> None:
    """The picture's first pixel is at x = −110, z = 70; slice k at z = 35.5 + 3 k, x from −98.45 to −92.45."""
    answer = client.get(f"/volumes/{PICTURE}/picture/0/lines/{SLICES}").get_json()
    wanted = [[11.55, 34.5 - 3 * k, 17.55, 34.5 - 3 * k] for k in range(7)]
    assert answer["lines"] == [pytest.approx(line) for line in wanted]
    assert answer["normal"] == pytest.approx([0, 0, 1])
    assert answer["depths"] == pytest.approx([35.5 + 3 * k for k in range(7)])


def test_a_picture_cuts_the_slices_where_it_lies(client: FlaskClient) -> None:
    """y = −118 on an axial slice; x from the slice's own left edge to its right one, in patient mm."""
    answer = client.get(f"/volumes/{SLICES}/axial/3/lines/{PICTURE}").get_json()
    assert answer["lines"] == [pytest.approx([-98.45, -118, -92.45, -118])]
    assert (answer["normal"], answer["depths"]) == (None, None)


def test_parallel_slices_cut_nothing(client: FlaskClient) -> None:
    answer = client.get(f"/volumes/{SLICES}/axial/0/lines/{SLICES}").get_json()
    assert answer["lines"] == [None] * 7


def test_slices_of_another_coordinate_system_cut_nothing(client: FlaskClient) -> None:
    answer = client.get(f"/volumes/{PICTURE}/picture/0/lines/{ELSEWHERE}").get_json()
    assert answer["lines"] == [None] * 7


def test_lines_are_kept_by_nobody_on_the_way(client: FlaskClient) -> None:
    answer = client.get(f"/volumes/{PICTURE}/picture/0/lines/{SLICES}")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("key", [FOREIGN, UNKNOWN])
def test_lines_of_foreign_and_unknown_stacks_are_refused_alike(client: FlaskClient, key: str) -> None:
    unknown = client.get(f"/volumes/{UNKNOWN}/picture/0/lines/{SLICES}")
    for address in (f"{PICTURE}/picture/0/lines/{key}", f"{key}/picture/0/lines/{SLICES}"):
        answer = client.get(f"/volumes/{address}")
        assert (answer.status_code, answer.data) == (404, unknown.data)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"{PICTURE}/picture/1", 422),
        (f"{SLICES}/axial/7", 422),
        (f"{PICTURE}/axial/0", 422),
        (f"{SLICES}/picture/0", 422),
        (f"{SLICES}/sideways/0", 422),
    ],
)
def test_lines_on_what_is_not_there_are_refused(client: FlaskClient, address: str, status: int) -> None:
    assert client.get(f"/volumes/{address}/lines/{SLICES}").status_code == status


def test_a_picture_without_a_coordinate_system_has_no_lines(browser: Callable[..., FlaskClient]) -> None:
    client = browser(slices=AXIAL, picture=Scan(slices=1, tags={"FrameOfReferenceUID": ""}))
    answer = client.get(f"/volumes/{PICTURE}/picture/0/lines/{SLICES}")
    assert answer.status_code == 422
    assert b"No coordinate system is named" in answer.data


def test_a_placed_picture_says_where_it_lies_and_which_way_it_faces(client: FlaskClient) -> None:
    headers = client.get(f"/volumes/{PICTURE}/picture/0").headers
    assert [float(part) for part in headers["Slice-Place"].split()] == [-110, -118, 70, 1, 0, 0, 0, 0, -1]
    assert headers["Slice-Facing"] == "coronal 0.0 -118.0"
    assert headers["Slice-Edges"] == "R L S I"
    assert (headers["Slice-Grid"], headers["Slice-Size"]) == ("0.0 1.0 0.0 1.0", "patient")


def test_a_picture_of_oblong_pixels_is_sent_in_true_proportion(browser: Callable[..., FlaskClient]) -> None:
    client = browser(picture=Scan(slices=1))
    assert client.get(f"/volumes/{PICTURE}/picture/0").headers["Slice-Grid"] == "0.0 0.5 0.0 0.8"


NOWHERE = {"ImagePositionPatient": None, "ImageOrientationPatient": None}


def test_a_shadow_has_the_letters_of_its_own_words_and_an_estimated_size(browser: Callable[..., FlaskClient]) -> None:
    tags = {
        **NOWHERE,
        "Modality": "DX",
        "PixelSpacing": None,
        "ImagerPixelSpacing": [0.2, 0.1],
        "PatientOrientation": ["P", "F"],
    }
    headers = browser(picture=Scan(slices=1, tags=tags)).get(f"/volumes/{PICTURE}/picture/0").headers
    assert headers["Slice-Edges"] == "A P S I"
    assert (headers["Slice-Place"], headers["Slice-Facing"], headers["Slice-Size"]) == ("", "", "detector")
    assert headers["Slice-Grid"] == "0.0 0.1 0.0 0.2"


def test_a_picture_of_which_nothing_is_known_has_no_millimetres_and_no_letters(
    browser: Callable[..., FlaskClient],
) -> None:
    client = browser(picture=Scan(slices=1, tags={**NOWHERE, "PixelSpacing": None}))
    headers = client.get(f"/volumes/{PICTURE}/picture/0").headers
    assert (headers["Slice-Edges"], headers["Slice-Size"], headers["Slice-Grid"]) == ("- - - -", "", "0.0 1.0 0.0 1.0")


def test_a_picture_whose_size_is_not_known_is_lettered_but_cannot_be_pointed_at(
    browser: Callable[..., FlaskClient],
) -> None:
    headers = browser(picture=Scan(slices=1, tags={"PixelSpacing": None})).get(f"/volumes/{PICTURE}/picture/0").headers
    assert (headers["Slice-Edges"], headers["Slice-Place"], headers["Slice-Size"]) == ("R L A P", "", "")
