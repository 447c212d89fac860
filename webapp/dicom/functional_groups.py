"""The functional groups of a multi-frame object, laid flat: one data set a frame (PS3.3 C.7.6.16)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydicom.datadict import tag_for_keyword
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

from webapp.dicom.values import items
from webapp.dicom.vendors import SIEMENS_XA, private_items

_Elements = dict[BaseTag, DataElement | RawDataElement]

_SHARED = "SharedFunctionalGroupsSequence"
_PER_FRAME = "PerFrameFunctionalGroupsSequence"

#: Functional group macros whose elements describe the frame itself (PS3.3 C.7.6.16.2, C.8.13 – C.8.22). Everything else
#: in a group stays where it is: an old tag kept in an "unassigned converted attributes" item says nothing any more.
MACROS = (
    "PixelMeasuresSequence",
    "FrameContentSequence",
    "PlanePositionSequence",
    "PlaneOrientationSequence",
    "FrameAnatomySequence",
    "PixelValueTransformationSequence",
    "FrameVOILUTSequence",
    "CardiacSynchronizationSequence",
    "RespiratorySynchronizationSequence",
    "TemporalPositionSequence",
    "IrradiationEventIdentificationSequence",
    "MRImageFrameTypeSequence",
    "MRTimingAndRelatedParametersSequence",
    "MREchoSequence",
    "MRFOVGeometrySequence",
    "MRModifierSequence",
    "MRImagingModifierSequence",
    "MRReceiveCoilSequence",
    "MRTransmitCoilSequence",
    "MRDiffusionSequence",
    "MRAveragesSequence",
    "MRVelocityEncodingSequence",
    "MRArterialSpinLabelingSequence",
    "MRMetaboliteMapSequence",
    "CTImageFrameTypeSequence",
    "CTAcquisitionTypeSequence",
    "CTAcquisitionDetailsSequence",
    "CTTableDynamicsSequence",
    "CTPositionSequence",
    "CTGeometrySequence",
    "CTReconstructionSequence",
    "CTExposureSequence",
    "CTXRayDetailsSequence",
    "PETFrameTypeSequence",
    "PETFrameAcquisitionSequence",
    "PETReconstructionSequence",
    "PETFrameCorrectionFactorsSequence",
)

#: Siemens' private group of a frame, of software from XA on: group, creator, element.
_SIEMENS_FRAME = (0x0021, SIEMENS_XA, 0xFE)


#: Functional groups that are kept as they are, item by item.
_WHOLE = ("RealWorldValueMappingSequence",)

#: Sequences inside a macro that hold a single description.
INNER = ("DiffusionGradientDirectionSequence",)

#: Elements that belong to a frame's groups alone: at the root of such an object they say nothing of any frame.
_NOT_AT_ROOT = (
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "PixelSpacing",
    "SliceThickness",
    "SpacingBetweenSlices",
    "SliceLocation",
    _SHARED,
    _PER_FRAME,
)


def has_groups(dataset: Dataset) -> bool:
    """Whether the object describes its frames by functional groups.

    Parameters
    ----------
    dataset : Dataset
    """
    return bool(items(dataset, _PER_FRAME)) or bool(items(dataset, _SHARED))


def flattened(dataset: Dataset, frames: int) -> Iterator[Dataset]:
    """A data set for each frame: the root, over it the shared groups, over them the frame's own.

    Parameters
    ----------
    dataset : Dataset
        A multi-frame object with functional groups.
    frames : int
        How many frames it announces; one without groups of its own has the shared ones only.

    Yields
    ------
    Dataset
        Without the two sequences of functional groups.
    """
    left_out = {_tag(keyword) for keyword in _NOT_AT_ROOT}
    root = {tag: element for tag, element in dataset.items() if tag not in left_out}
    shared = items(dataset, _SHARED)
    common = {**root, **(_flat(shared[0]) if shared else {})}
    own = items(dataset, _PER_FRAME)
    for frame in range(frames):
        yield Dataset({**common, **(_flat(own[frame]) if frame < len(own) else {})})


def _flat(group: Dataset) -> _Elements:
    """The elements of the known macros, and of Siemens' own, in one item of functional groups."""
    found: _Elements = {}
    for item in private_items(group, *_SIEMENS_FRAME)[:1]:
        found.update({tag: element for tag, element in item.items() if tag.group == _SIEMENS_FRAME[0]})
    for keyword in MACROS:
        for item in items(group, keyword)[:1]:
            found.update(_with_inner(item))
    found.update({tag: element for tag, element in group.items() if tag in _KEPT_WHOLE})
    return found


def _with_inner(item: Dataset) -> _Elements:
    """An item's standard elements, single descriptions inside it unfolded."""
    found = {tag: element for tag, element in item.items() if not tag.is_private}
    for keyword in INNER:
        for inner in items(item, keyword)[:1]:
            found.update(inner.items())
    return found


def _tag(keyword: str) -> BaseTag:
    """The tag of a keyword of the standard."""
    number = tag_for_keyword(keyword)
    if number is None:
        raise KeyError(keyword)
    return Tag(number)


_KEPT_WHOLE = frozenset(map(_tag, _WHOLE))


def dimensions(dataset: Dataset) -> Sequence[int]:
    """The Dimension Index Pointers (0020,9165) in the order of the Dimension Index Values (PS3.3 C.7.6.17).

    Parameters
    ----------
    dataset : Dataset
    """
    pointers = [item.get("DimensionIndexPointer") for item in items(dataset, "DimensionIndexSequence")]
    return [int(pointer) if pointer is not None else 0 for pointer in pointers]
