"""The tags beside a volume: the first instance whole, and what varies from instance to instance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from webapp.dicom.model import TagRow
from webapp.errors import ResultMissing, VolumeDamaged
from webapp.store.files import read_json
from webapp.store.proof import TAGS_BYTES


def read_rows(folder: Path) -> list[TagRow]:
    """Every element of a stack's first instance.

    Parameters
    ----------
    folder : Path
        The stack's folder, from `Volumes.folder`.

    Returns
    -------
    list of TagRow
        In the order of the file, sequence items below their sequence.

    Raises
    ------
    VolumeDamaged
        The stored tags cannot be read.
    """
    try:
        return [TagRow(**row) for row in _document(folder)["rows"]]
    except (KeyError, TypeError) as error:
        raise VolumeDamaged from error


def read_varying(folder: Path) -> dict[str, list[str | None]]:
    """The elements that are not the same in every instance.

    Parameters
    ----------
    folder : Path
        The stack's folder, from `Volumes.folder`.

    Returns
    -------
    dict of str to list
        Path to the value in each instance in kept order, None where it is absent.

    Raises
    ------
    VolumeDamaged
        The stored tags cannot be read.
    """
    try:
        return {str(path): list(values) for path, values in _document(folder)["varying"].items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise VolumeDamaged from error


def _document(folder: Path) -> dict[str, Any]:
    """The file ``tags.json``."""
    try:
        return read_json(folder / "tags.json", TAGS_BYTES)
    except ResultMissing as error:
        raise VolumeDamaged from error
