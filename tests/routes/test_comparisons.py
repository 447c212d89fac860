"""Tables of tags to take away, and who may take them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.views.tag_library import ONE, TWO, a_shelf, services_of
from webapp import services
from webapp.compare.protocol_reference import read_reference
from webapp.routes import comparisons, refusals

THREE = "3" * 32


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    """A browser of the owner of two series."""
    monkeypatch.setattr(services, "read_table", lambda folder: folder.table)
    server = Flask(__name__)
    refusals.register(server)
    comparisons.register(server, services_of(a_shelf()))
    with server.test_client() as browser:
        yield browser


def test_two_series_are_a_table_with_a_column_each(client: FlaskClient) -> None:
    answer = client.get(f"/volumes/{ONE}/comparison.csv?with={TWO}").get_data(as_text=True)
    (line,) = (one for one in csv.DictReader(io.StringIO(answer, newline="")) if one["tag"] == "0018,0088")
    assert [*line.values()][-3:] == ["different", "4.8", "0.8"]


def test_the_same_is_had_for_programs(client: FlaskClient) -> None:
    told = client.get(f"/volumes/{ONE}/comparison.json?with={TWO}").get_json()
    assert told["columns"] == ["MR · GE · Ax · 6 slices", "MR · SIEMENS · t1 · 6 slices"]
    assert len(told["rows"]) == 12


def test_the_same_is_had_to_be_read_without_a_script(client: FlaskClient) -> None:
    page = client.get(f"/volumes/{ONE}/comparison.html?with={TWO}").get_data(as_text=True)
    assert "SpacingBetweenSlices" in page
    assert "<script" not in page


def test_two_slices_of_one_series_are_a_table_with_a_column_each(client: FlaskClient) -> None:
    answer = client.get(f"/volumes/{ONE}/comparison.csv?slices=1,4").get_data(as_text=True)
    (line,) = (one for one in csv.DictReader(io.StringIO(answer, newline="")) if one["keyword"] == "SliceLocation")
    assert (line["state"], line["Slice 1 of 6"], line["Slice 4 of 6"]) == ("different", "0", "9")


@pytest.mark.parametrize("slices", ["1", "1,7", "0,2", "1,2,2", "1,2,1,1", "a,b", "1,-2"])
def test_slices_that_are_not_there_are_refused(client: FlaskClient, slices: str) -> None:
    answer = client.get(f"/volumes/{ONE}/comparison.json?slices={slices}")
    assert answer.status_code == 422
    assert "between 1 and 6" in answer.get_data(as_text=True)


def test_a_protocol_can_be_held_against_others(client: FlaskClient) -> None:
    reference = read_reference(client.get(f"/volumes/{ONE}/protocol.json").get_data(as_text=True))
    assert reference.modality == "MR"
    assert reference.checks


@pytest.mark.parametrize("form", ["csv", "json", "html"])
def test_the_name_of_a_file_tells_nothing_and_nobody_keeps_it(client: FlaskClient, form: str) -> None:
    headers = client.get(f"/volumes/{ONE}/comparison.{form}").headers
    assert headers["Content-Disposition"] == f'attachment; filename="trueslice-comparison.{form}"'
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "address",
    [
        f"{THREE}/comparison.csv",
        f"{ONE}/comparison.html?with={THREE}",
        f"{ONE}/comparison.json?with=../x",
        f"{THREE}/protocol.json",
    ],
)
def test_a_series_of_somebody_else_is_as_if_it_were_not_there(client: FlaskClient, address: str) -> None:
    assert client.get(f"/volumes/{address}").status_code == 404


def test_no_more_series_than_stand_side_by_side_are_compared(client: FlaskClient) -> None:
    answer = client.get(f"/volumes/{ONE}/comparison.csv?with={','.join([TWO] * 6)}")
    assert answer.status_code == 422
