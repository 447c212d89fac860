"""What a sandboxed child's files must be before they are believed."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from webapp.errors import ResultMissing
from webapp.findings import Severity, Verdict
from webapp.store.files import read_json, require_file, require_only

#: The files of one stack as the child leaves them.
STACK_FILES = frozenset({"volume.npy", "meta.json", "tags.json", "thumbnail.png"})
MESH_FILES = ("vertices.npy", "faces.npy", "mesh.json")
#: The most a document may measure, bytes; tags.json holds every varying tag of every instance.
DOCUMENT_BYTES = 64 << 20
TAGS_BYTES = 1 << 30
THUMBNAIL_BYTES = 4 << 20
PNG = b"\x89PNG\r\n\x1a\n"

Axis = Annotated[int, Field(ge=0, le=2)]
Count = Annotated[int, Field(ge=1)]
Triple = tuple[float, float, float]
Row = tuple[float, float, float, float]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Point = tuple[Finite, Finite, Finite]
Length = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Letters = Annotated[str, Field(pattern="^[LRAPSI]{1,3}$")]
System = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]


class _Part(BaseModel):
    """A piece of a document; what a later version adds is let through."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Series(_Part):
    series_instance_uid: str | None
    study_instance_uid: str | None
    patient_key: str | None
    modality: str | None
    manufacturer: str | None
    description: str | None
    images: int


class _Acquired(_Part):
    axes: tuple[Axis, Axis, Axis]
    flips: tuple[bool, bool, bool]


class _Finding(_Part):
    id: str
    severity: Severity
    message: str
    numbers: dict[str, Any]
    tags: list[str]
    slices: list[int]


class _ChoicePicture(_Part):
    mark: str
    picture: Annotated[int, Field(ge=0)]
    number: int | None
    acquired: str | None
    acquisition: int | None


class _ChoicePlace(_Part):
    slice: Annotated[int, Field(ge=0)]
    position_mm: float
    volume: str
    pictures: list[_ChoicePicture]


class _ReadyPick(_Part):
    name: str
    words: str
    marks: list[str]


class _Choice(_Part):
    of: int
    places: list[_ChoicePlace]
    ready: list[_ReadyPick]


class _Picked(_Part):
    marks: list[str]


class _Place(_Part):
    """Where a picture lies: every number finite, pixels longer than nothing."""

    origin_mm: Point | None
    row: Point | None
    column: Point | None
    spacing_mm: tuple[Length, Length] | None
    size: Literal["patient", "region", "magnification", "detector", "unstated"] | None
    aspect: Length
    letters: tuple[Letters, Letters] | None
    system: System | None


Name = Annotated[str, Field(max_length=64)]


class _Region(_Part):
    label: Name
    number: int
    colour: Annotated[str, Field(pattern="^#[0-9a-f]{6}$")]
    layer: Annotated[int, Field(ge=0)]
    value: Annotated[int, Field(ge=1)]
    voxels: Annotated[int, Field(ge=0)]
    volume_ml: Finite
    contour_ml: Finite | None
    centre_mm: Point | None
    corners_mm: list[Point]
    points_mm: list[Point]


class _Overlay(_Part):
    """Regions that are drawn over other pictures."""

    marks: Literal["binary", "fractional", "labelmap", "contours"]
    words: str
    regions: Annotated[list[_Region], Field(min_length=1)]


class _File(_Part):
    bytes: int
    crc32: int


class _Meta(_Part):
    """The part of meta.json (schema 1) that the store relies on."""

    schema_: Literal[1] = Field(alias="schema")
    series: _Series
    id: str
    kind: Literal["volume", "pictures", "cine", "overlay"]
    shape_kji: tuple[Count, Count, Count] | None
    slice_axis: Axis | None
    spacing_mm_kji: Triple | None
    affine_kji_to_lps: tuple[Row, Row, Row, Row] | None
    origins_mm: list[Triple] | None
    system: System | None = None
    places: list[_Place] | None = None
    acquired: _Acquired
    time_points: Count
    time_unit: str | None
    time_values: list[float | str] | None
    dtype: Literal["int16", "uint16", "float32", "uint8"]
    colour: bool
    no_data: float | Literal["nan"] | None
    value_unit: str | None
    verdict: Verdict
    summary: str
    findings: list[_Finding]
    choice: _Choice | None = None
    picked: _Picked | None = None
    overlay: _Overlay | None = None
    file: _File


def read_meta(folder: Path) -> dict[str, Any]:
    """The description of a stack, proven to have every part the store relies on.

    Raises
    ------
    ResultMissing
        It is not there, or not of schema 1.
    """
    document = read_json(folder / "meta.json", DOCUMENT_BYTES)
    try:
        meta = _Meta.model_validate(document)
    except ValidationError as error:
        raise ResultMissing from error
    where = (meta.affine_kji_to_lps, meta.origins_mm, meta.slice_axis, meta.spacing_mm_kji)
    is_overlay = meta.kind == "overlay"
    whole = not (meta.kind == "volume" or is_overlay) or None not in (*where, meta.shape_kji)
    timed = meta.time_values is None or len(meta.time_values) == meta.time_points
    placed = meta.places is None or (meta.shape_kji is not None and len(meta.places) == meta.shape_kji[0])
    if is_overlay != (meta.overlay is not None) or _lacks_layers(meta):
        raise ResultMissing
    if (meta.dtype == "uint8" and not is_overlay) != meta.colour or (meta.no_data == "nan" and meta.dtype != "float32"):
        raise ResultMissing
    if not whole or not timed or not placed or sorted(meta.acquired.axes) != [0, 1, 2]:
        raise ResultMissing
    return document


def _lacks_layers(meta: _Meta) -> bool:
    """Whether a region names a layer that is not there."""
    return meta.overlay is not None and any(one.layer >= meta.time_points for one in meta.overlay.regions)


def prove_stack(folder: Path) -> dict[str, Any]:
    """The description of a stack whose files are all there, are nothing else, and fit it.

    Parameters
    ----------
    folder : Path
        As a sandboxed child left it.

    Raises
    ------
    ResultMissing
        A file is missing, one too many, a link, or contradicts ``meta.json``.
    """
    require_only(folder, STACK_FILES)
    meta = read_meta(folder)
    prove_voxels(folder / "volume.npy", meta)
    require_file(folder / "tags.json", TAGS_BYTES)
    require_file(folder / "thumbnail.png", THUMBNAIL_BYTES)
    with (folder / "thumbnail.png").open("rb") as picture:
        if picture.read(len(PNG)) != PNG:
            raise ResultMissing
    return meta


def prove_voxels(path: Path, meta: dict[str, Any]) -> None:
    """Hold a volume file's header and length against the description, without reading the voxels."""
    shape, dtype = _array(path, meta["file"]["bytes"])
    layout = (meta["time_points"], *_acquired_shape(meta, shape), *([3] if meta["colour"] else []))
    if tuple(shape) != layout or dtype != np.dtype(meta["dtype"]).newbyteorder("<"):
        raise ResultMissing


def prove_mesh(folder: Path) -> dict[str, Any]:
    """The facts of a mesh whose arrays fit each other.

    Raises
    ------
    ResultMissing
        A file is missing, a link, or contradicts the others.
    """
    facts = read_json(folder / "mesh.json", 1 << 20)
    expected = {"vertices.npy": "<f4", "faces.npy": "<i4"}
    lengths = {}
    for name, dtype in expected.items():
        shape, found = _array(folder / name)
        if found != np.dtype(dtype) or len(shape) != 2 or shape[1] != 3:
            raise ResultMissing
        lengths[name] = shape[0]
    if lengths != {"vertices.npy": facts.get("vertices"), "faces.npy": facts.get("triangles")} or not all(
        lengths.values()
    ):
        raise ResultMissing
    faces: NDArray[np.int32] = np.load(folder / "faces.npy", mmap_mode="r", allow_pickle=False)
    if faces.min() < 0 or faces.max() >= lengths["vertices.npy"]:
        raise ResultMissing
    return facts


def _acquired_shape(meta: dict[str, Any], found: tuple[int, ...]) -> tuple[int, ...]:
    """Slices, rows and columns as they lie in the file, from the shape after permuting them."""
    if meta["shape_kji"] is None:
        return found[1:4]
    shape = [0, 0, 0]
    for axis, length in zip(meta["acquired"]["axes"], meta["shape_kji"], strict=True):
        shape[axis] = length
    return tuple(shape)


def _array(path: Path, length: int | None = None) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and type of an array file that is as long as its header says."""
    found = require_file(path, 1 << 62)
    with path.open("rb") as file:
        try:
            shape, fortran, dtype = _header(file)
        except ValueError as error:
            raise ResultMissing from error
        begin = file.tell()
    whole = begin + math.prod(shape) * dtype.itemsize
    if fortran or dtype.hasobject or found != whole or length not in (None, whole):
        raise ResultMissing
    return shape, dtype


def _header(file: BinaryIO) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """The header that numpy writes before an array."""
    version = np.lib.format.read_magic(file)
    read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    if version not in read:
        raise ValueError("a newer header")
    return read[version](file)
