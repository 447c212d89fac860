"""Colour pictures as red, green and blue of 8 bits, whatever they are stored in (PS3.3 C.7.6.3.1.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydicom.pixels.processing import convert_color_space

from webapp.dicom.model import Instance
from webapp.dicom.palette import Palette, is_supplemental, palette_of
from webapp.dicom.windows import windows_of
from webapp.errors import DecodeFailed
from webapp.findings import Finding, Severity

#: Photometric Interpretations (0028,0004) of one sample a pixel.
PALETTE: Final = "PALETTE COLOR"
GREYS: Final = ("MONOCHROME1", "MONOCHROME2")

#: Ways in which three samples are colours. Of the last two a decoder makes red, green and blue itself.
_FULL: Final = ("YBR_FULL", "YBR_FULL_422")
_PARTIAL: Final = ("YBR_PARTIAL_422", "YBR_PARTIAL_420")
_OF_DECODERS: Final = ("YBR_ICT", "YBR_RCT")
COLOURS: Final = frozenset(("RGB", *_FULL, *_PARTIAL, *_OF_DECODERS))

#: Red, green, blue of luminance from 16 to 235 and chrominances around 128 (PS3.3 C.7.6.3.1.2, ITU-R BT.601).
_FROM_PARTIAL: Final = np.array(((1.1644, 0.0, 1.5960), (1.1644, -0.3917, -0.8129), (1.1644, 2.0173, 0.0)))
_PARTIAL_ZERO: Final = np.array((16.0, 128.0, 128.0))


def is_coloured(instance: Instance) -> bool:
    """Whether the picture is to be seen in colours and not in greys.

    Parameters
    ----------
    instance : Instance
    """
    form = instance.format
    return form.samples > 1 or form.photometric == PALETTE or is_supplemental(instance)


def rgb_values(instance: Instance, samples: NDArray[np.generic], photometric: str) -> NDArray[np.uint8]:
    """A picture's colours.

    Parameters
    ----------
    instance : Instance
    samples : (rows, columns) or (rows, columns, 3) ndarray
        Stored values.
    photometric : str
        The Photometric Interpretation in which they came out of the file.

    Returns
    -------
    (rows, columns, 3) ndarray of uint8
        Red, green, blue.

    Raises
    ------
    BadDimensions, DecodeFailed
    """
    if samples.ndim == 2:
        palette = palette_of(instance)
        if is_supplemental(instance):
            return _greys_and_colours(instance, samples, palette)
        return palette.paint(samples)
    eight = _eight_bits(samples, instance.format.bits_stored)
    if photometric in _FULL:
        return np.asarray(convert_color_space(eight, photometric, "RGB"), np.uint8)
    if photometric in _PARTIAL:
        return _rounded((eight - _PARTIAL_ZERO) @ _FROM_PARTIAL.T)
    if photometric != "RGB":
        raise DecodeFailed
    return eight


def _eight_bits(samples: NDArray[np.generic], bits: int) -> NDArray[np.uint8]:
    """Samples by the upper 8 of their stored bits; of fewer bits, stretched to the same range."""
    if bits == 8:
        return samples.astype(np.uint8)
    if bits > 8:
        return (samples.astype(np.int64) >> (bits - 8)).astype(np.uint8)
    return _rounded(samples.astype(np.float64) * (255 / ((1 << bits) - 1)))


def _rounded(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The nearest numbers from 0 to 255."""
    return np.clip(np.floor(values + 0.5), 0, 255).astype(np.uint8)


def _greys_and_colours(instance: Instance, stored: NDArray[np.generic], palette: Palette) -> NDArray[np.uint8]:
    """Values below the palette as greys in the file's first window, the others in the palette's colours.

    Without a window black is the lowest value that can be stored, white the last below the palette.
    """
    values = stored.astype(np.float64) * instance.scale.slope + instance.scale.intercept
    windows = [one for one in windows_of(instance) if one.curve is None]
    if windows:
        low, width = windows[0].center - windows[0].width / 2, windows[0].width
    else:
        lowest = -(1 << (instance.format.bits_stored - 1)) if instance.format.signed else 0
        low = lowest * instance.scale.slope + instance.scale.intercept
        width = max(palette.first - 1 - lowest, 1) * instance.scale.slope
    greys = _rounded((values - low) / width * 255)
    return np.where((stored >= palette.first)[..., None], palette.paint(stored), greys[..., None])  # type: ignore[operator]


def colour_findings(instances: Sequence[Instance]) -> list[Finding]:
    """G66: colours that are shown with fewer bits than were stored, and greys that were fixed with them.

    Parameters
    ----------
    instances : sequence of at least 1 Instance
        All in colour, or none.
    """
    first, found = instances[0], []
    if first.format.samples > 1 and first.format.bits_stored > 8:
        message = f"Colours of {first.format.bits_stored} bits a sample are shown with the upper 8."
        found.append(Finding("G66", Severity.NOTE, message, {"bits": first.format.bits_stored}, ("0028,0101",)))
    if is_supplemental(first):
        message = (
            "The pictures colour some of their values with a palette of their own: they are shown as the file says, "
            "greys by its window, and no values are given."
        )
        found.append(Finding("G66", Severity.NOTE, message, {}, ("0008,9205", "0028,1101")))
    return found
