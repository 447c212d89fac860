"""Tags and meta of made-up series, for what is computed of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydicom.datadict import dictionary_description, dictionary_VR, tag_for_keyword
from pydicom.tag import Tag

from webapp.compare.view import Column, Comparison
from webapp.dicom.tag_row import TagRow, path_key
from webapp.dicom.tag_table import TagTable
from webapp.dicom.tag_variation import column_of
from webapp.dicom.tags import number_of


def table(slices: int = 6, **elements: Any) -> TagTable:
    """A table of elements by keyword: a text for all slices, or a list of one a slice."""
    rows = []
    places = (tuple(range(slices)),)
    for keyword, value in elements.items():
        number = tag_for_keyword(keyword)
        assert number is not None
        tag = number_of(Tag(number))
        row = TagRow(tag, tag, keyword, dictionary_description(number), dictionary_VR(number), "", 0, "")
        rows.append(_filled(row, value, places))
    return TagTable(tuple(sorted(rows, key=lambda one: path_key(one.path))), places, (None,) * slices)


def _filled(row: TagRow, value: Any, places: tuple[tuple[int, ...], ...]) -> TagRow:
    """A row with its value or values."""
    if isinstance(value, str):
        return replace(row, value=value)
    column_ = column_of([None if one is None else (one, 1) for one in value], places, row.vr)
    return replace(row, value=column_.words, column=column_)


def meta(slices: int = 6, step_mm: float = 4.8, **changes: Any) -> dict[str, Any]:
    """The meta of an even axial volume of 4 mm slices."""
    affine = [[0, 0, 0.5, 0], [0, 0.8, 0, 0], [step_mm, 0, 0, 0], [0, 0, 0, 1]]
    told: dict[str, Any] = {
        "kind": "volume",
        "series": {"modality": "MR", "manufacturer": "Maker", "description": "made up"},
        "shape_kji": [slices, 10, 12],
        "slice_axis": 0,
        "spacing_mm_kji": [step_mm, 0.8, 0.5],
        "affine_kji_to_lps": affine,
        "origins_mm": [[0, 0, step_mm * place] for place in range(slices)],
        "acquired": {"axes": [0, 1, 2], "flips": [False, False, False]},
        "grid": "REGULAR",
        "step_mm": step_mm,
        "shear": "NONE",
        "tilt_deg": 0.0,
        "thickness_mm": 4.0,
        "placed_by": "measured",
        "letters": "human",
        "summary": "Spacing",
        "findings": [],
    }
    return told | changes


def finding(name: str, *tags: str, severity: str = "OK", message: str = "Said.", **numbers: Any) -> dict[str, Any]:
    """A finding as ``meta.json`` has it."""
    return {"id": name, "severity": severity, "message": message, "numbers": numbers, "tags": list(tags), "slices": []}


def column(label: str, tags: TagTable, told: Mapping[str, Any] | None = None, instance: int | None = None) -> Column:
    """A column of a comparison."""
    return Column(label, tags, told or meta(tags.instances), instance)


def compared(*tables: TagTable) -> Comparison:
    """Tables side by side."""
    return Comparison(tuple(column(str(place), one) for place, one in enumerate(tables)))
