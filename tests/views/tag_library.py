"""A library of two made-up makers' series as the tag panel is given it, and the words of a component."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, cast

from tests.compare.stacks import meta, table
from webapp.compare.view import Column
from webapp.config import Limits
from webapp.dicom.tag_row import TagRow
from webapp.dicom.tag_table import TagTable
from webapp.errors import UnknownKey
from webapp.findings import Verdict
from webapp.services import Services
from webapp.store.model import Card

ONE, TWO = "1" * 32, "2" * 32
PLACES = [str(3 * place) for place in range(6)]
TIMES = ["10", "12", "11", "30", "20", "15"]

NESTED = TagRow("0008,1140[0].0008,1155", "0008,1155", "ReferencedSOPInstanceUID", "Referenced UID", "UI", "1.2", 1, "")
PRIVATE = TagRow("0019,100C", "0019,100C", "", "B_value", "IS", "1000", 0, "SIEMENS MR HEADER")


def in_mm(found: TagTable) -> TagTable:
    """A table whose distances have their unit."""
    distances = ("SliceThickness", "SpacingBetweenSlices", "SliceLocation")
    return replace(
        found, rows=tuple(replace(row, unit="mm") if row.keyword in distances else row for row in found.rows)
    )


def with_rows(found: TagTable, *rows: TagRow) -> TagTable:
    """A table with further rows, in tag order."""
    return replace(found, rows=tuple(sorted((*found.rows, *rows), key=lambda row: row.path)))


def first_table() -> TagTable:
    """A maker that keeps the distance in (0018,0088)."""
    found = table(
        Modality="MR",
        Manufacturer="GE MEDICAL SYSTEMS",
        SeriesDescription="Ax LAVA",
        PatientName="Doe^Jane",
        SliceThickness="4",
        SpacingBetweenSlices="4.8",
        PixelBandwidth="244",
        PixelSpacing="0.5\\0.5",
        NumberOfAverages="2",
        SliceLocation=PLACES,
        TriggerTime=TIMES,
    )
    return in_mm(found)


def second_table() -> TagTable:
    """A maker that keeps the gap in (0018,0088), and writes the same thickness otherwise."""
    other = table(
        Modality="MR",
        Manufacturer="SIEMENS",
        SeriesDescription="t1_vibe",
        PatientName="Doe^Jane",
        SliceThickness="4.0",
        SpacingBetweenSlices="0.8",
        PixelSpacing="1\\1",
        SliceLocation=[*PLACES[:3], "90", *PLACES[4:]],
    )
    return with_rows(in_mm(other), PRIVATE)


@dataclass(frozen=True)
class Shelf:
    """A catalogue of what one owner may see, and the tables beside it."""

    columns: Mapping[str, Column]

    def stack(self, owner: str, key: str) -> Card:
        if owner != "me" or key not in self.columns:
            raise UnknownKey
        return a_card(key)

    def library(self, owner: str) -> list[Card]:
        return [a_card(key) for key in self.columns if owner == "me"]

    def open(self, key: str) -> SimpleNamespace:
        return SimpleNamespace(meta=self.columns[key].meta)

    def folder(self, key: str) -> Column:
        return self.columns[key]


def a_shelf(**changed: Column) -> Shelf:
    """Two series of mine."""
    one = Column("one", first_table(), meta(series={"modality": "MR", "manufacturer": "GE", "description": "Ax"}))
    two = Column("two", second_table(), meta(series={"modality": "MR", "manufacturer": "SIEMENS", "description": "t1"}))
    return Shelf({ONE: one, TWO: two, **changed})


def services_of(shelf: Shelf) -> Services:
    """What the page is given."""
    found = SimpleNamespace(
        catalogue=shelf, volumes=shelf, owner=lambda: "me", tokens=tuple, config=SimpleNamespace(limits=Limits())
    )
    return cast(Services, found)


def a_card(key: str, **facts: Any) -> Card:
    """A series in the catalogue."""
    card = Card(
        key=key,
        owner="me",
        kind="volume",
        modality="MR",
        manufacturer="ACME",
        description=f"series {key[:1]}",
        images=3,
        shape_kji=(3, 4, 5),
        spacing_mm_kji=(7.0, 1.0, 1.0),
        verdict=Verdict.TRUSTED,
        summary="",
        created=0.0,
        mine=True,
        series_id="1",
        study_uid="1.2",
        series_uid="1.2.3",
    )
    return replace(card, **facts)


def words(component: Any) -> Iterator[str]:
    """Every text of a component, in order."""
    if isinstance(component, str):
        yield component
    inside = component if isinstance(component, list | tuple) else getattr(component, "children", None)
    for child in inside if isinstance(inside, list | tuple) else [] if inside is None else [inside]:
        yield from words(child)


def parts(component: Any, kind: str) -> Iterator[Any]:
    """Every component of a kind, in order."""
    if type(component).__name__ == kind:
        yield component
    inside = component if isinstance(component, list | tuple) else getattr(component, "children", None)
    for child in inside if isinstance(inside, list | tuple) else [] if inside is None else [inside]:
        yield from parts(child, kind)
