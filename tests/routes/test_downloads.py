"""Files to take away, and who may take them."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import nibabel as nib
import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.imaging.volumes import straight
from tests.routes.shelf import told
from webapp.dicom.tag_row import TagRow
from webapp.errors import UnknownKey
from webapp.imaging.affine import Affine
from webapp.imaging.volume import Volume
from webapp.routes import downloads, refusals
from webapp.services import Services

MINE, PICTURES, FOREIGN, UNKNOWN = ("1" * 32, "2" * 32, "3" * 32, "4" * 32)
ROWS = [
    TagRow("0010,0010", "0010,0010", "PatientName", "Patient's Name", "PN", "=cmd|' /C calc'!A0", 0, ""),
    TagRow("0018,0088", "0018,0088", "SpacingBetweenSlices", "Spacing Between Slices", "DS", "-2.5", 0, ""),
]
FORBIDDEN = ["tags.csv", "volume.nii.gz"]


@dataclass(frozen=True)
class Shelf:
    """Two stacks of mine and one of somebody else, on disk and in the catalogue."""

    root: Path
    volume: Volume
    owners: dict[str, str] = field(default_factory=lambda: {MINE: "me", PICTURES: "me", FOREIGN: "another"})

    def stack(self, owner: str, key: str) -> Any:
        if self.owners.get(key) != owner:
            raise UnknownKey
        return SimpleNamespace(mine=True)

    def folder(self, key: str) -> Path:
        return self.root / key

    def open(self, key: str) -> Any:
        return SimpleNamespace(meta={"verdict": "caution"}, volume=self.volume if key == MINE else None)


def a_volume() -> Volume:
    voxels = np.arange(60, dtype=np.int16).reshape(1, 3, 4, 5)
    voxels.setflags(write=False)
    affine = Affine.from_steps([[0, 0, 3.0], [0, 2.0, 0], [0.5, 0, 0]], [1, 2, 3])
    return Volume(voxels, straight(affine, (3, 4, 5)))


def fill(folder: Path) -> None:
    folder.mkdir(parents=True)
    rows = [asdict(row) for row in ROWS]
    (folder / "tags.json").write_text(json.dumps({"schema": 1, "instances": 1, "rows": rows, "varying": {}}))


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    shelf = Shelf(tmp_path, a_volume())
    for key in shelf.owners:
        fill(tmp_path / key)
    server = Flask(__name__)
    refusals.register(server)
    services = cast(Services, SimpleNamespace(catalogue=shelf, volumes=shelf, owner=lambda: "me", tokens=tuple))
    downloads.register(server, services)
    with server.test_client() as browser:
        yield browser


def test_tags_are_a_table_that_a_spreadsheet_cannot_run(client: FlaskClient) -> None:
    answer = client.get(f"/volumes/{MINE}/tags.csv")
    lines = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True), newline="")))
    assert [line["value"] for line in lines] == ["'=cmd|' /C calc'!A0", "-2.5"]


def test_pictures_have_tags_too(client: FlaskClient) -> None:
    assert client.get(f"/volumes/{PICTURES}/tags.csv").status_code == 200


def test_a_volume_arrives_whole_and_where_it_was(client: FlaskClient) -> None:
    content = gzip.decompress(client.get(f"/volumes/{MINE}/volume.nii.gz").data)
    image: Any = nib.Nifti1Image.from_bytes(content)
    expected = np.array([[-0.5, 0, 0, -1], [0, -2, 0, -2], [0, 0, 3, 3], [0, 0, 0, 1]])
    assert np.array_equal(np.asanyarray(image.dataobj), a_volume().voxels[0].transpose(2, 1, 0))
    assert np.allclose(image.affine, expected)


def test_a_volume_is_packed_while_it_is_sent(client: FlaskClient) -> None:
    answer = client.get(f"/volumes/{MINE}/volume.nii.gz", buffered=False)
    assert answer.is_streamed
    answer.close()


def test_pictures_are_no_volume_and_that_is_said(client: FlaskClient) -> None:
    answer = client.get(f"/volumes/{PICTURES}/volume.nii.gz")
    assert answer.status_code == 422
    assert answer.get_json()["cause"] == "These pictures do not form a volume."


@pytest.mark.parametrize(
    ("path", "kind", "name"),
    [
        ("tags.csv", "text/csv; charset=utf-8", "trueslice-tags.csv"),
        ("volume.nii.gz", "application/gzip", "trueslice-volume.nii.gz"),
    ],
)
def test_a_file_has_a_name_that_tells_nothing_and_nobody_keeps_it(
    client: FlaskClient, path: str, kind: str, name: str
) -> None:
    headers = client.get(f"/volumes/{MINE}/{path}").headers
    assert headers["Content-Type"] == kind
    assert headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", FORBIDDEN)
def test_what_is_unknown_and_what_is_somebody_elses_answer_alike(client: FlaskClient, path: str) -> None:
    unknown, foreign = (client.get(f"/volumes/{key}/{path}") for key in (UNKNOWN, FOREIGN))
    assert unknown.status_code == foreign.status_code == 404
    assert unknown.data == foreign.data
    assert told(unknown.headers) == told(foreign.headers)
