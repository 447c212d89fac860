"""The tags beside a volume: every element of every instance, as they were gathered when it was opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from webapp import stackfiles
from webapp.dicom.tag_row import TagRow
from webapp.dicom.tag_table import TagTable
from webapp.dicom.tag_variation import column_of
from webapp.errors import ResultMissing, VolumeDamaged
from webapp.store.files import read_json
from webapp.store.proof import TAGS_BYTES


def read_table(folder: Path) -> TagTable:
    """All tags of a stack.

    Parameters
    ----------
    folder : Path
        The stack's folder, from `Volumes.folder`.

    Raises
    ------
    VolumeDamaged
        The stored tags cannot be read.
    """
    try:
        document = read_json(folder / stackfiles.TAGS, TAGS_BYTES)
        if document["schema"] == stackfiles.TAGS_SCHEMA:
            return TagTable.from_json(document)
        return _of_first_schema(document)
    except (ResultMissing, KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise VolumeDamaged from error


def read_rows(folder: Path) -> list[TagRow]:
    """Every element of a stack's first instance.

    Parameters
    ----------
    folder : Path
        The stack's folder, from `Volumes.folder`.

    Raises
    ------
    VolumeDamaged
        The stored tags cannot be read.
    """
    table = read_table(folder)
    return table.rows_of(table.places[0][0])


def _of_first_schema(document: Mapping[str, Any]) -> TagTable:
    """Tags stored by version 0.1: the rows of the first instance, and the elements outside sequences that vary."""
    varying: dict[str, list[str | None]] = {path: list(values) for path, values in document["varying"].items()}
    count = max(1, int(document["instances"]))
    places = (tuple(range(count)),)
    rows = []
    for record in document["rows"]:
        row = TagRow(**record)
        values = varying.get(row.path)
        rows.append(row if values is None else _with_column(row, values, places))
    table = TagTable(tuple(rows), places, (None,) * count)
    table.prove()
    return table


def _with_column(row: TagRow, values: list[str | None], places: tuple[tuple[int, ...], ...]) -> TagRow:
    """A row with the values it has in every instance."""
    column = column_of([None if value is None else (value, row.vm) for value in values], places, row.vr)
    return replace(row, value=column.words, column=column)
