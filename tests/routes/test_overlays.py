"""What lies over a stack, asked for over the wire: regions, a second stack on a grid of its own, and who may see it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydicom.dataset import FileDataset
from pydicom.uid import generate_uid

from tests.factories import Scan, make_instance, zip_series
from tests.factories_overlays import box, make_seg, make_structures, ring, series_of
from webapp.config import Config
from webapp.imaging.filters import decode
from webapp.imaging.plane import Plane
from webapp.imaging.slicing import place_of
from webapp.jobs import Jobs
from webapp.routes import guests, overlays, owners, security, shares, slices
from webapp.sandbox import Sandbox
from webapp.services import Services
from webapp.store.catalogue import Catalogue
from webapp.store.model import JobState
from webapp.store.originals import Originals
from webapp.store.share_rows import Wish
from webapp.store.volumes import Volumes

HOME = "https://localhost"
FIRST = Scan("oblique", slices=9, rows=20, columns=18)
#: Another direction, other steps, another origin.
SECOND = Scan(
    ((0, 1, 0), (0, 0, -1)),
    slices=24,
    rows=30,
    columns=26,
    spacing_mm=1.3,
    pixel_mm=(1.1, 0.9),
    origin_mm=(-82, -128, 62),
)
MASK = box(FIRST, (2, 5), (4, 11), (6, 9))


def coordinate(uids: tuple[str, str, str], axis: int) -> list[FileDataset]:
    """A series on the second grid whose values are the patient's x, y or z, mm."""
    mine = (uids[0], generate_uid(), uids[2])
    series = []
    for k in range(SECOND.slices):
        dataset = make_instance(SECOND, k, mine)
        points = np.array([[SECOND.point_mm(k, j, i) for i in range(SECOND.columns)] for j in range(SECOND.rows)])
        middle = float(round(SECOND.point_mm(12, 15, 13)[axis]))
        dataset.Modality, dataset.SeriesDescription = "PT", "xyz"[axis]
        dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 15, 1
        dataset.RescaleSlope, dataset.RescaleIntercept = 0.001, middle
        dataset.PixelData = np.rint((points[..., axis] - middle) * 1000).astype("<i2").tobytes()
        series.append(dataset)
    return series


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """An instance where Ann has uploaded a CT, three PETs, a stranger's frame, a SEG and an RTSTRUCT of one study."""
    folder = tmp_path_factory.mktemp("overlays")
    pictures, uids = series_of(FIRST)
    apart = [make_instance(FIRST, k, (uids[0], "1.2.77", "1.2.78")) for k in range(FIRST.slices)]
    seg = make_seg(FIRST, uids, {"Mine": MASK, "Doe^Jane": box(FIRST, (4, 4), (1, 2), (1, 2))})
    rings = [("CLOSED_PLANAR", ring(FIRST, k, (3.5, 5.5), (11.5, 9.5))) for k in range(2, 6)]
    contours = make_structures(FIRST, uids, {"Ring": rings})
    stranger = make_seg(FIRST, (uids[0], uids[1], "1.2.3"), {"Elsewhere": MASK})
    xyz = [coordinate(uids, axis) for axis in range(3)]
    path = zip_series(folder / "study.zip", pictures, *xyz, apart, [seg], [contours], [stranger])
    config = Config(data=folder / "data", samples=folder)
    catalogue, originals = Catalogue(config.catalogue), Originals(config.data / "uploads")
    volumes, sandbox = Volumes(config.data / "volumes"), Sandbox(config.limits, keep_warm=False)
    jobs = Jobs(config, catalogue, originals, volumes, sandbox)
    opened = Services(config, catalogue, originals, volumes, jobs, owners.current_owner, guests.current_tokens)
    opened.catalogue.begin_upload("ann", "a" * 32, path.stat().st_size)
    opened.originals.add("a" * 32, path)
    opened.catalogue.received("a" * 32)
    job = opened.jobs.ingest("ann", "a" * 32)
    opened.jobs.run_now(job)
    assert opened.catalogue.job("ann", job).state == JobState.DONE
    yield opened
    opened.jobs.stop()
    opened.catalogue.close()


@pytest.fixture(scope="module")
def first(services: Services) -> str:
    """The key of the CT."""
    return next(
        card.key
        for card in services.catalogue.library("ann")
        if card.series_uid not in ("1.2.77",) and card.modality == "CT"
    )


@pytest.fixture
def ann(services: Services) -> Iterator[FlaskClient]:
    """Ann's own browser."""
    server = Flask("test")
    for room in (slices, overlays, shares):
        room.register(server, services)
    security.register(server, services.config, list)
    object.__setattr__(services, "owner", lambda: "ann")
    yield server.test_client()
    object.__setattr__(services, "owner", owners.current_owner)


def listed(client: FlaskClient, key: str) -> dict[str, Any]:
    with client.get(f"/volumes/{key}/overlays", base_url=HOME) as answer:
        assert answer.status_code == 200
        return dict(answer.get_json())


def plane_of(services: Services, key: str, plane: Plane, index: int) -> tuple[dict[str, Any], Any]:
    """What a page asks for over one shown slice, and the patient points of its pixels."""
    volume = services.volumes.open(key).volume
    assert volume is not None
    rectangle, grid = place_of(plane, volume.lattice, index)
    right, down = rectangle.right[0], rectangle.down[0]
    start = rectangle.corners_mm[0] + grid.dx / 2 * right + grid.dy / 2 * down
    columns, rows = (round(size / step) for size, step in zip(rectangle.sizes_mm[0], (grid.dx, grid.dy), strict=True))
    asked = {
        "first_mm": start.tolist(),
        "right": right.tolist(),
        "down": down.tolist(),
        "step_mm": [grid.dy, grid.dx],
        "shape": [rows, columns],
    }
    lines, across = np.arange(rows)[:, None, None], np.arange(columns)[None, :, None]
    return asked, start + lines * grid.dy * down + across * grid.dx * right


def labels(client: FlaskClient, key: str, other: str, asked: dict[str, Any]) -> Any:
    """(L, rows, columns) labels as the page unpacks them."""
    with client.post(f"/volumes/{key}/over/{other}", json=asked, base_url=HOME) as answer:
        assert answer.status_code == 200
        count = int(answer.headers["Over-Layers"])
        top, left, rows, columns = map(int, answer.headers["Over-Box"].split())
        whole = np.zeros((count, *asked["shape"]), int)
        part = np.frombuffer(answer.data, answer.headers["Over-Dtype"]).reshape(count, rows, columns)
        whole[:, top : top + rows, left : left + columns] = part
        return whole


def test_the_list_tells_volumes_colours_and_what_is_refused(ann: FlaskClient, first: str) -> None:
    by_words = {one["regions"][0]["label"]: one for one in listed(ann, first)["overlays"]}
    assert by_words["Mine"]["regions"][0]["volume_ml"] == pytest.approx(MASK.sum() * 0.8 * 0.5 * 3 / 1000, rel=1e-5)
    assert by_words["Ring"]["regions"][0]["contour_ml"] == pytest.approx(4 * 32 * 0.8 * 0.5 * 3 / 1000, rel=1e-5)
    assert (by_words["Mine"]["verdict"], by_words["Ring"]["verdict"]) == ("trusted", "trusted")
    assert by_words["Elsewhere"]["verdict"] == "refused"
    assert by_words["Elsewhere"]["reasons"] == ["It names another coordinate system (0020,0052) than these pictures."]


@pytest.mark.parametrize("plane", list(Plane))
def test_over_every_plane_each_pixel_shows_the_label_of_its_own_voxel(
    plane: Plane, ann: FlaskClient, first: str, services: Services
) -> None:
    over = next(one for one in listed(ann, first)["overlays"] if one["regions"][0]["label"] == "Mine")
    volume = services.volumes.open(first).volume
    assert volume is not None
    whole = np.zeros(volume.shape_kji, int)
    for place in np.argwhere(MASK):
        whole[tuple(np.rint(volume.affine.index(FIRST.point_mm(*place))).astype(int))] = 1
    for index in range(volume.shape_kji[plane.axis]):
        asked, points = plane_of(services, first, plane, index)
        places = np.rint(volume.affine.index(points)).astype(int)
        shown = labels(ann, first, over["key"], asked)[0] == 1
        assert np.array_equal(shown, whole[tuple(np.moveaxis(places, -1, 0))] == 1), index


@pytest.mark.parametrize("plane", list(Plane))
def test_a_second_stack_on_another_grid_has_every_point_at_its_place(
    plane: Plane, ann: FlaskClient, first: str, services: Services
) -> None:
    stacks = {one["name"]: one["key"] for one in listed(ann, first)["stacks"] if one["why_not"] is None}
    asked, points = plane_of(services, first, plane, 4)
    worst, seen = 0.0, 0
    for axis, name in enumerate("xyz"):
        with ann.post(f"/volumes/{first}/over/{stacks[f'PT {name}']}", json=asked, base_url=HOME) as answer:
            assert answer.status_code == 200
            shape = tuple(map(int, answer.headers["Slice-Shape"].split()))
            values = decode(answer.headers["Slice-Filter"], answer.data, np.dtype(answer.headers["Slice-Dtype"]), shape)
        known = np.isfinite(values)
        worst = max(worst, float(np.abs(values - points[..., axis])[known].max()))
        seen += int(known.sum())
    assert seen > 100
    assert worst < 0.01


def test_without_a_common_coordinate_system_a_stack_is_not_laid_over_and_why_is_said(
    ann: FlaskClient, first: str
) -> None:
    stacks = listed(ann, first)["stacks"]
    assert [one["volumes"] for one in stacks] == [1] * 4
    (apart,) = [one for one in stacks if one["why_not"] is not None]
    assert apart["why_not"] == "lies in another coordinate system: look at both side by side"
    with ann.post(f"/volumes/{first}/over/{apart['key']}", json={}, base_url=HOME) as answer:
        assert answer.status_code == 404


def test_a_refused_overlay_is_not_sent(ann: FlaskClient, first: str, services: Services) -> None:
    refused = next(one for one in listed(ann, first)["overlays"] if one["verdict"] == "refused")
    asked, _ = plane_of(services, first, Plane.AXIAL, 4)
    with ann.post(f"/volumes/{first}/over/{refused['key']}", json=asked, base_url=HOME) as answer:
        assert answer.status_code == 404


@pytest.mark.parametrize(
    "spoil", [{"shape": [1e9, 2]}, {"first_mm": ["a", 0, 0]}, {"step_mm": [0, 0]}, {"slab": "wide"}]
)
def test_a_plane_that_is_none_is_refused(
    spoil: dict[str, Any], ann: FlaskClient, first: str, services: Services
) -> None:
    over = next(one for one in listed(ann, first)["overlays"] if one["verdict"] == "trusted")
    asked, _ = plane_of(services, first, Plane.AXIAL, 4)
    with ann.post(f"/volumes/{first}/over/{over['key']}", json={**asked, **spoil}, base_url=HOME) as answer:
        assert answer.status_code == 422


def test_a_guest_sees_regions_without_names_and_no_other_stack(first: str, services: Services, tmp_path: Path) -> None:
    token = services.catalogue.add_share(Wish("ann", first, f"?stack={first}", 72.0), 20)[1]
    server = Flask("test")
    for room in (overlays, shares):
        room.register(server, services)
    server.add_url_rule("/_dash-layout", "layout", view_func=owners.current_owner)
    security.register(server, services.config, list)
    guest = server.test_client()
    with guest.post("/shares/enter", json={"token": token}, base_url=HOME) as answer:
        assert answer.status_code == 200
    found = listed(guest, first)
    assert found["stacks"] == []
    assert {region["label"] for one in found["overlays"] for region in one["regions"]} == {"Region 1", "Region 2"}
    assert {one["name"] for one in found["overlays"]} == {""}
    xyz = next(card.key for card in services.catalogue.library("ann") if card.modality == "PT")
    asked, _ = plane_of(services, first, Plane.AXIAL, 4)
    with guest.post(f"/volumes/{first}/over/{xyz}", json=asked, base_url=HOME) as answer:
        assert answer.status_code == 403


def test_a_stranger_gets_nothing(first: str, services: Services) -> None:
    server = Flask("test")
    overlays.register(server, services)
    security.register(server, services.config, list)
    with server.test_client().get(f"/volumes/{first}/overlays", base_url=HOME) as answer:
        assert answer.status_code == 404


def test_regions_are_in_the_library_of_their_owner_and_not_among_stacks_to_compare(services: Services) -> None:
    kinds = [card.kind for card in services.catalogue.library("ann", overlays=True)]
    assert kinds.count("overlay") == 3
    assert "overlay" not in [card.kind for card in services.catalogue.library("ann")]


def test_with_the_last_pictures_of_a_study_what_is_drawn_over_them_goes(services: Services) -> None:
    for series in {card.series_id: card.key for card in services.catalogue.library("ann")}.values():
        assert services.catalogue.library("ann", overlays=True)
        services.jobs.delete_series("ann", series)
    assert services.catalogue.library("ann", overlays=True) == []
    assert [entry.name for entry in services.volumes.root.iterdir() if not entry.name.startswith(".")] == []
