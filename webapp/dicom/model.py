"""The words of DICOM as values: Instance, Series and what was set aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from webapp.findings import Finding

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from webapp.dicom.archive import Member


#: Photometric Interpretations (0028,0004) that keep one pair of chrominances for two pixels beside each other.
HALVED: Final = ("YBR_FULL_422", "YBR_PARTIAL_422")


@dataclass(frozen=True, slots=True)
class SetAside:
    """A file that is not shown, and why.

    Parameters
    ----------
    name : str
        As the sender wrote it; shown as text only.
    code, reason : str
    """

    name: str
    code: str
    reason: str


def stopped_by(name: str) -> SetAside:
    """A file on which the reader itself stopped.

    Parameters
    ----------
    name : str
        As the sender wrote it.
    """
    return SetAside(name, "stopped_reading", "Reading this file stopped the reader; it is left out.")


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """How the numbers of a picture are stored (PS3.3 C.7.6.3).

    Parameters
    ----------
    rows, columns, samples : int
    photometric : str
        Photometric Interpretation (0028,0004).
    bits_allocated, bits_stored, high_bit : int
    signed : bool
        Pixel Representation (0028,0103) is 1.
    by_plane : bool
        Planar Configuration (0028,0006) is 1: all of one colour before the next.
    floating : bool
        Float (7FE0,0008) or Double Float Pixel Data (7FE0,0009): no bits are stored apart, values are as they are.
    """

    rows: int
    columns: int
    samples: int
    photometric: str
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    by_plane: bool = False
    floating: bool = False

    @property
    def frame_bits(self) -> int:
        """Bits of one uncompressed frame; frames of single bits do not start at whole bytes (PS3.5 8.1.1)."""
        return self.rows * self.columns * self.cells_a_pixel * self.bits_allocated

    @property
    def cells_a_pixel(self) -> int:
        """Stored numbers for each pixel: with halved chrominance two stand for three (PS3.3 C.7.6.3.1.2)."""
        return 2 if self.samples > 1 and self.photometric in HALVED else self.samples


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """Where a picture lies in the patient, from its three geometry tags alone.

    Parameters
    ----------
    position_mm : (3,) ndarray
        Image Position (Patient) (0020,0032): centre of the first pixel, LPS, mm.
    row, column : (3,) ndarray
        Image Orientation (Patient) (0020,0037) as stored: the direction along a row, then down a column.
    spacing_mm : tuple of 2 float
        Pixel Spacing (0028,0030): between rows, then between columns, mm.
    """

    position_mm: NDArray[np.float64]
    row: NDArray[np.float64]
    column: NDArray[np.float64]
    spacing_mm: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """Geometry tags that are never used to place a slice, only held against what was measured.

    All in mm or degrees; None where absent or not a number.
    """

    spacing_between_slices: float | None
    thickness: float | None
    slice_location: float | None
    gantry_tilt: float | None
    spacing_tag_present: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """The modality stage of one picture: value = stored × slope + intercept (PS3.3 C.11.1).

    Parameters
    ----------
    slope, intercept : float
        1 and 0 where absent.
    kind : str
        Rescale Type (0028,1054) in capitals, empty where absent.
    present : bool
        Both numbers are there.
    """

    slope: float
    intercept: float
    kind: str
    present: bool


@dataclass(frozen=True, slots=True)
class Tile:
    """Where a picture lies inside a larger stored one.

    Parameters
    ----------
    top, left : int
        Its first row and column there.
    whole : PixelFormat
        How the large picture is stored.
    """

    top: int
    left: int
    whole: PixelFormat

    @property
    def place(self) -> tuple[int, int]:
        """First row and column: tiles are counted by these."""
        return self.top, self.left


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """One picture: a single-frame SOP Instance, one frame of a multi-frame one, or one tile of a mosaic.

    Its header is typed at the door.

    Parameters
    ----------
    member : Member
        Where its bytes are.
    frame : int
        Zero-based frame in the file.
    pixel_offset : int
        Place of the pixel element in those bytes; -1 when that is not known.
    dataset : Dataset
        Every element before the pixels; of a frame, with its functional groups laid flat over them.
    image_type : tuple of str
        Image Type (0008,0008), of a frame its own Frame Type (0008,9007), in capitals.
    frames : int
        Frames of its file.
    format : PixelFormat
        Of this picture.
    tile : Tile or None
        Where it is cut from a larger stored picture.
    stack_id : str
        Stack ID (0020,9056), empty where there is none.
    concatenation : str
        Concatenation UID (0020,9161): files that are parts of one object.
    ordinals : tuple of (str, int)
        Numbers of a frame along dimensions other than space, by the dimension's name (PS3.3 C.8.4.8).
    findings : tuple of Finding
        What reading its file told.
    placed_by : str
        Where its position comes from: ``"measured"`` when it is recorded for this picture, else what it was computed
        from, in words.
    whole_dataset : Dataset or None
        Every element of its file before the pixels, where `dataset` is not that.
    announced : int
        Frames that the header of its file announces; more than `frames` where the file cannot hold them.
    """

    member: Member
    frame: int
    pixel_offset: int
    dataset: Dataset
    transfer_syntax: str
    sop_class: str
    sop_uid: str
    series_uid: str
    study_uid: str
    patient_id: str
    frame_of_reference: str
    modality: str
    manufacturer: str
    description: str
    image_type: tuple[str, ...]
    number: int | None
    frames: int
    format: PixelFormat
    placement: Placement | None
    recorded: Recorded
    scale: Scale
    tile: Tile | None = None
    stack_id: str = ""
    concatenation: str = ""
    ordinals: tuple[tuple[str, int], ...] = ()
    findings: tuple[Finding, ...] = ()
    placed_by: str = "measured"
    announced: int = 1
    whole_dataset: Dataset | None = None

    @property
    def name(self) -> str:
        """The member's name."""
        return self.member.name

    @property
    def file_dataset(self) -> Dataset:
        """Every element of its file before the pixels."""
        return self.dataset if self.whole_dataset is None else self.whole_dataset


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """The instances of one series of one patient, in the order they came."""

    series_uid: str
    study_uid: str
    patient_id: str
    instances: tuple[Instance, ...]
    guessed: bool

    @property
    def first(self) -> Instance:
        """An instance to ask what all have in common."""
        return self.instances[0]
